/** Routes of /api/v1/simulations: create, list, read, cancel. */
import { randomUUID } from "node:crypto";
import { json, route, type Response, type Route } from "@hotpath/http";
import { z } from "zod";
import { LIMITS } from "../limits.ts";
import { isTerminal, STATUSES, type Simulation } from "../store/simulation.ts";
import { removeFrames, framePath } from "../trajectory/frame-file.ts";
import { checkpointPath, removeCheckpoint } from "../trajectory/checkpoint-file.ts";
import type { ApiContext } from "./context.ts";
import { requireCombination } from "./combinations.ts";
import { prepare, requireAffordable, solverFor } from "./initial.ts";
import { resourceOf } from "./resource.ts";
import { createSchema, idParams, wholeNumber, type CreateRequest } from "./schema.ts";

const listQuery = z.object({
  limit: wholeNumber(1, LIMITS.listed, 50, "How many"),
  status: z.enum(STATUSES).optional(),
});

export function simulationRoutes(context: ApiContext): Route[] {
  return [
    route(
      "POST",
      "/api/v1/simulations",
      {
        summary: "Create a simulation and start it",
        body: createSchema,
        answers: { 202: "Accepted; the Location header names the simulation" },
      },
      async (_request, { body }) => create(context, body),
    ),
    route(
      "GET",
      "/api/v1/simulations",
      {
        summary: "The newest simulations",
        query: listQuery,
        answers: { 200: "Simulations, newest first" },
      },
      async (_request, { query }) => {
        const found = await context.store.list(query.limit, query.status);
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
        params: idParams,
        answers: { 200: "The simulation", 404: "No such simulation" },
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
        params: idParams,
        answers: { 200: "Cancelled, as it is now", 204: "Deleted" },
      },
      async (request) => remove(context, await context.find(request.params.id)),
    ),
  ];
}

async function create(context: ApiContext, request: CreateRequest): Promise<Response> {
  context.runner.admit();
  const { bodies, initial, units } = prepare(request);
  requireCombination(request, bodies);
  const solver = solverFor(request, bodies.n);
  requireAffordable(request, bodies.n, solver);
  const { name, integrator, errorTarget = null, theta = null, dt, steps, snapshotEvery } = request;
  const { collisions = "none", restitution = 1 } = request;
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
      theta,
      collisions,
      restitution,
      perParticle: [bodies.softening, bodies.radius].some((own) => own.some((value) => value > 0)),
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

async function remove(context: ApiContext, simulation: Simulation): Promise<Response> {
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
