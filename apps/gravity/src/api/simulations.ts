/** Routes of /api/v1/simulations: create, list, read, cancel. */
import { randomUUID } from "node:crypto";
import { json, route, type Route } from "../http/route.ts";
import { LIMITS } from "../limits.ts";
import { isTerminal, STATUSES, type Simulation, type Status } from "../store/simulation.ts";
import { removeFrames, framePath } from "../trajectory/frame-file.ts";
import { checkpointPath, removeCheckpoint } from "../trajectory/checkpoint-file.ts";
import type { ApiContext } from "./context.ts";
import { prepare, requireAffordable, solverFor } from "./initial.ts";
import { resourceOf } from "./resource.ts";
import { createSchema, parse } from "./schema.ts";
import { integerQuery } from "./query.ts";
import { invalid } from "../http/problem.ts";

export function simulationRoutes(context: ApiContext): Route[] {
  return [
    route(
      "POST",
      "/api/v1/simulations",
      {
        summary: "Create a simulation and start it",
        body: createSchema,
        responses: { 202: "Accepted; the Location header names the simulation" },
      },
      async (request) => create(context, await request.json()),
    ),
    route(
      "GET",
      "/api/v1/simulations",
      {
        summary: "The newest simulations",
        query: { limit: `1 to ${LIMITS.listed}, default 50`, status: STATUSES.join(" | ") },
        responses: { 200: "Simulations, newest first" },
      },
      async (request) => {
        const limit = integerQuery(request.query, "limit", 50, 1, LIMITS.listed);
        const found = await context.store.list(limit, statusQuery(request.query));
        return json(200, {
          simulations: found.map((row) => resourceOf(row, context.runner.live(row.id))),
        });
      },
    ),
    route(
      "GET",
      "/api/v1/simulations/:id",
      {
        summary: "One simulation",
        responses: { 200: "The simulation", 404: "No such simulation" },
      },
      async (request) => {
        const simulation = await context.find(request.params.id);
        return json(200, resourceOf(simulation, context.runner.live(simulation.id)));
      },
    ),
    route(
      "DELETE",
      "/api/v1/simulations/:id",
      {
        summary: "Cancel a simulation; delete it when it has ended already",
        responses: { 200: "Cancelled, as it is now", 204: "Deleted" },
      },
      async (request) => remove(context, await context.find(request.params.id)),
    ),
  ];
}

async function create(context: ApiContext, body: unknown): Promise<ReturnType<typeof json>> {
  const request = parse(createSchema, body);
  context.runner.admit();
  const { bodies, initial, units } = prepare(request);
  const solver = solverFor(request, bodies.n);
  requireAffordable(request, bodies.n, solver);
  const { name, integrator, errorTarget = null, dt, steps, snapshotEvery } = request;
  const id = randomUUID();
  const simulation = await context.store.insert(
    {
      id,
      name,
      initial,
      units,
      integrator,
      solver,
      errorTarget,
      dt,
      steps,
      snapshotEvery,
      n: bodies.n,
    },
    bodies,
  );
  context.runner.submit(simulation);
  const statusUrl = `/api/v1/simulations/${id}`;
  return json(
    202,
    { simulation_id: id, status_url: statusUrl, analysis_url: `/results/${id}` },
    { location: statusUrl },
  );
}

async function remove(
  context: ApiContext,
  simulation: Simulation,
): Promise<ReturnType<typeof json> | { status: number }> {
  const { id } = simulation;
  if (isTerminal(simulation.status) && !context.runner.isActive(id)) {
    await context.store.remove(id);
    await removeFrames(framePath(context.framesDir, id));
    removeCheckpoint(checkpointPath(context.framesDir, id));
    return { status: 204 };
  }
  await context.runner.dismiss(simulation);
  return json(200, resourceOf(await context.find(id), undefined));
}

function statusQuery(query: URLSearchParams): Status | undefined {
  const text = query.get("status");
  if (text === null) return undefined;
  const status = STATUSES.find((candidate) => candidate === text);
  if (status === undefined) {
    throw invalid([{ path: "status", message: `must be one of ${STATUSES.join(", ")}` }]);
  }
  return status;
}
