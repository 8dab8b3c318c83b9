/** Routes that read what a simulation has produced: its state, its frames, its events. */
import {
  eventStream,
  json,
  lastEventId,
  notFound,
  route,
  unavailable,
  type Request,
  type Response,
  type Route,
  type ServerSentEvent,
} from "@hotpath/http";
import { encodeNpyState } from "@hotpath/nbody";
import { z } from "zod";
import { LIMITS } from "../limits.ts";
import { checkpointPath, readCheckpoint } from "../trajectory/checkpoint-file.ts";
import { framePath, readFrames } from "../trajectory/frame-file.ts";
import type { Simulation } from "../store/simulation.ts";
import type { ApiContext } from "./context.ts";
import { percent, resourceOf } from "./resource.ts";
import { idParams, wholeNumber } from "./schema.ts";
import type { Progress } from "../jobs/order.ts";

const stateQuery = z.object({
  format: z
    .enum(["json", "npy"])
    .optional()
    .meta({ description: "json (default) or npy: float64 [n, 7] mass, x, y, z, vx, vy, vz" }),
});

const framesQuery = z.object({
  from: wholeNumber(0, LIMITS.frames, 0, "First index"),
  to: wholeNumber(0, LIMITS.frames, LIMITS.frames, "Index after the last; fewer may come"),
});

export function trajectoryRoutes(context: ApiContext): Route[] {
  let streams = 0;
  context.metrics.gauge("hotpath_event_streams", "Open event streams", () => streams);
  return [
    route(
      "GET",
      "/api/v1/simulations/:id/state",
      {
        summary: "The particles as last written: initial, final, or where the run was stopped",
        params: idParams,
        query: stateQuery,
        answers: { 200: "The state" },
      },
      async (request, { query }) =>
        state(context, await context.find(request.params.id), query.format ?? accepted(request)),
    ),
    route(
      "GET",
      "/api/v1/simulations/:id/checkpoint",
      {
        summary:
          "The last good checkpoint of a run that failed, for restoreSystem() of @hotpath/nbody",
        params: idParams,
        answers: {
          200: { description: "The checkpoint", contentType: "application/octet-stream" },
          404: "No such simulation, or it did not fail with a checkpoint",
        },
      },
      async (request) => {
        const { id, status } = await context.find(request.params.id);
        const saved =
          status === "failed" ? readCheckpoint(checkpointPath(context.framesDir, id)) : undefined;
        if (saved === undefined)
          throw notFound(`simulation ${id} has no checkpoint of a failed run`);
        return {
          status: 200,
          headers: { "content-type": "application/octet-stream" },
          body: saved.system,
        };
      },
    ),
    route(
      "GET",
      "/api/v1/simulations/:id/frames",
      {
        summary: "Recorded frames [from, to), positions as float32; see FRAMES in the README",
        params: idParams,
        query: framesQuery,
        answers: { 200: "Frames; x-hotpath-frames says how many are recorded so far" },
      },
      async (request, { query: { from, to } }) => {
        const { id, n } = await context.find(request.params.id);
        const { recorded, bytes } = await readFrames(framePath(context.framesDir, id), n, from, to);
        return {
          status: 200,
          headers: {
            "content-type": "application/octet-stream",
            "x-hotpath-frames": String(recorded),
          },
          body: bytes,
        };
      },
    ),
    route(
      "GET",
      "/api/v1/simulations/:id/events",
      {
        summary: "Progress and diagnostics as server-sent events; honours Last-Event-ID",
        params: idParams,
        answers: { 200: { description: "progress …, end", contentType: "text/event-stream" } },
      },
      async (request) => {
        const simulation = await context.find(request.params.id);
        if (streams >= LIMITS.eventStreams) throw unavailable("too many event streams are open");
        const source = events(context, simulation, lastEventId(request));
        return eventStream(
          request,
          counted(source, (by) => (streams += by)),
          { retry: "1s" },
        );
      },
    ),
  ];
}

async function* counted(
  source: AsyncIterable<ServerSentEvent>,
  count: (by: 1 | -1) => void,
): AsyncGenerator<ServerSentEvent> {
  count(1);
  try {
    yield* source;
  } finally {
    count(-1);
  }
}

async function* events(
  context: ApiContext,
  simulation: Simulation,
  seen: string | undefined,
): AsyncGenerator<ServerSentEvent> {
  const { id, steps } = simulation;
  let lastId = Number(seen ?? 0);
  if (!Number.isSafeInteger(lastId) || lastId < 0) lastId = 0;
  // Between this look and the subscription nothing can happen: both are in one turn.
  if (context.runner.isActive(id)) {
    const live = context.runner.live(id);
    if (live !== undefined && lastId === 0) {
      yield { event: "progress", data: progressOf(live, steps) };
    }
    for await (const { id: eventId, name, data } of context.hub.subscribe(id, lastId)) {
      lastId = eventId;
      if (name === "end") break;
      yield { event: name, data: progressOf(data as Progress, steps), id: eventId };
    }
  }
  yield { event: "end", data: resourceOf(await context.find(id), undefined), id: lastId + 1 };
}

function progressOf(progress: Progress, steps: number): unknown {
  const { kind: _kind, initialEnergy: _initial, ...rest } = progress;
  return { status: "running", progress: percent(progress.step, steps), steps, ...rest };
}

async function state(
  context: ApiContext,
  simulation: Simulation,
  format: "json" | "npy",
): Promise<Response> {
  const { bodies } = await context.store.loadBodies(simulation);
  if (format === "npy") {
    return {
      status: 200,
      headers: {
        "content-type": "application/x-npy",
        "content-disposition": `attachment; filename="${simulation.id}.npy"`,
      },
      body: encodeNpyState(bodies),
    };
  }
  const { mass, x, y, z, vx, vy, vz, softening, radius, id } = bodies;
  const particles = Array.from({ length: bodies.n }, (_, i) => ({
    mass: mass[i],
    position: [x[i], y[i], z[i]],
    velocity: [vx[i], vy[i], vz[i]],
    ...(simulation.perParticle
      ? { softening: softening[i], radius: radius[i], number: id[i] }
      : {}),
  }));
  return json(200, { step: simulation.step, time: simulation.time, particles });
}

function accepted(request: Request): "json" | "npy" {
  const accept = request.headers.get("accept");
  return accept?.includes("application/x-npy") === true ? "npy" : "json";
}
