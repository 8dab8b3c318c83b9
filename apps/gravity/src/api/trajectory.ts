/** Routes that read what a simulation has produced: its state, its frames, its events. */
import { encodeNpyState } from "@hotpath/nbody";
import { invalid, unavailable } from "../http/problem.ts";
import { json, route, type Request, type Response, type Route } from "../http/route.ts";
import { LIMITS } from "../limits.ts";
import { framePath, readFrames } from "../trajectory/frame-file.ts";
import type { Simulation } from "../store/simulation.ts";
import type { ApiContext } from "./context.ts";
import { integerQuery } from "./query.ts";
import { percent, resourceOf } from "./resource.ts";
import type { Progress } from "../jobs/order.ts";

export function trajectoryRoutes(context: ApiContext): Route[] {
  let streams = 0;
  context.metrics.gauge("hotpath_event_streams", "Open event streams", () => streams);
  return [
    route(
      "GET",
      "/api/v1/simulations/:id/state",
      {
        summary: "The particles as last written: initial, final, or where the run was stopped",
        query: { format: "json (default) or npy: float64 [n, 7] mass, x, y, z, vx, vy, vz" },
        responses: { 200: "The state" },
      },
      async (request) => state(context, await context.find(request.params.id), request),
    ),
    route(
      "GET",
      "/api/v1/simulations/:id/frames",
      {
        summary: "Recorded frames [from, to), positions as float32; see FRAMES in the README",
        query: {
          from: "first index, default 0",
          to: "index after the last, default all; the answer may have fewer",
        },
        responses: { 200: "Frames; x-hotpath-frames says how many are recorded so far" },
      },
      async (request) => {
        const { id, n } = await context.find(request.params.id);
        const from = integerQuery(request.query, "from", 0, 0, LIMITS.frames);
        const to = integerQuery(request.query, "to", LIMITS.frames, 0, LIMITS.frames);
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
        responses: { 200: "text/event-stream: progress …, end" },
      },
      async (request) => {
        const simulation = await context.find(request.params.id);
        if (streams >= LIMITS.eventStreams) throw unavailable("too many event streams are open");
        return {
          status: 200,
          headers: {
            "content-type": "text/event-stream",
            "cache-control": "no-store",
            "x-accel-buffering": "no",
          },
          body: counted(events(context, simulation, request), (by) => (streams += by)),
        };
      },
    ),
  ];
}

async function* counted(
  source: AsyncIterable<string>,
  count: (by: 1 | -1) => void,
): AsyncGenerator<string> {
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
  request: Request,
): AsyncGenerator<string> {
  const { id, steps } = simulation;
  yield "retry: 1000\n\n";
  let lastId = Number(request.header("last-event-id") ?? 0);
  if (!Number.isSafeInteger(lastId) || lastId < 0) lastId = 0;
  // Between this look and the subscription nothing can happen: both are in one turn.
  if (context.runner.isActive(id)) {
    const live = context.runner.live(id);
    if (live !== undefined && lastId === 0) yield event("progress", progressOf(live, steps));
    for await (const { id: eventId, name, data } of context.hub.subscribe(
      id,
      lastId,
      request.signal,
    )) {
      if (name === "end") {
        lastId = eventId;
        break;
      }
      yield event(name, progressOf(data as Progress, steps), eventId);
    }
    if (request.signal.aborted) return;
  }
  yield event("end", resourceOf(await context.find(id), undefined), lastId + 1);
}

function progressOf(progress: Progress, steps: number): unknown {
  const { kind: _kind, initialEnergy: _initial, ...rest } = progress;
  return { status: "running", progress: percent(progress.step, steps), steps, ...rest };
}

function event(name: string, data: unknown, id?: number): string {
  return `${id === undefined ? "" : `id: ${id}\n`}event: ${name}\ndata: ${JSON.stringify(data)}\n\n`;
}

async function state(
  context: ApiContext,
  simulation: Simulation,
  request: Request,
): Promise<Response> {
  const format = request.query.get("format") ?? accepted(request.header("accept"));
  if (format !== "json" && format !== "npy") {
    throw invalid([{ path: "format", message: "must be json or npy" }]);
  }
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
  const { mass, x, y, z, vx, vy, vz } = bodies;
  const particles = Array.from({ length: bodies.n }, (_, i) => ({
    mass: mass[i],
    position: [x[i], y[i], z[i]],
    velocity: [vx[i], vy[i], vz[i]],
  }));
  return json(200, { step: simulation.step, time: simulation.time, particles });
}

function accepted(accept: string | undefined): "json" | "npy" {
  return accept?.includes("application/x-npy") === true ? "npy" : "json";
}
