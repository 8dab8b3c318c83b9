/** From what the client asked to particles in shared memory, with the units that go with them. */
import { invalid } from "@hotpath/http";
import { Bodies, fasterSolver, generate, integrators, presetOf, type Units } from "@hotpath/nbody";
import { LIMITS } from "../limits.ts";
import type { Initial } from "../store/simulation.ts";
import type { CreateRequest } from "./schema.ts";

/** The original service's constants: SI gravity, softening² = 1e-9. */
export const ORIGINAL_UNITS: Units = { G: 6.6743e-11, softening: Math.sqrt(1e-9) };

export interface Prepared {
  readonly bodies: Bodies;
  readonly initial: Initial;
  readonly units: Units;
}

/**
 * Throws 422 for a count that the preset does not take. Units that the request leaves out are the
 * preset's, or for particles of the client's own the original service's.
 */
export function prepare(request: CreateRequest): Prepared {
  if ("particles" in request.initial) {
    const bodies = given(request.initial.particles);
    const initial: Initial = { kind: "particles", n: bodies.n };
    return { bodies, initial, units: request.units ?? ORIGINAL_UNITS };
  }
  const { kind, n, seed = 1, radius = 0 } = request.initial;
  const bodies = generated(kind, n, seed);
  bodies.radius.fill(radius);
  const initial: Initial = { kind, n: bodies.n, seed };
  return { bodies, initial, units: request.units ?? presetOf(kind).units };
}

function generated(
  kind: Initial["kind"] & Parameters<typeof generate>[0],
  n: number | undefined,
  seed: number,
): Bodies {
  try {
    return generate(kind, n === undefined ? { seed } : { n, seed });
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw invalid([{ path: "initial.n", message: error.message }]);
  }
}

function given(
  particles: Extract<CreateRequest["initial"], { particles: unknown }>["particles"],
): Bodies {
  const bodies = Bodies.allocate(particles.length);
  particles.forEach(({ mass, position, velocity, softening = 0, radius = 0 }, i) => {
    bodies.mass[i] = mass;
    [bodies.x[i], bodies.y[i], bodies.z[i]] = position;
    [bodies.vx[i], bodies.vy[i], bodies.vz[i]] = velocity;
    bodies.softening[i] = softening;
    bodies.radius[i] = radius;
  });
  return bodies;
}

/**
 * The solver that a request means: what it names; left out or "auto", whichever is the faster for so many
 * particles at that accuracy. The request's combination has been checked.
 */
export function solverFor(request: CreateRequest, n: number): "direct" | "tree" {
  const { solver = "auto", integrator, errorTarget, theta } = request;
  if (solver !== "auto") return solver;
  if (integrators[integrator].needs !== undefined) return "direct";
  return fasterSolver(n, {
    ...(errorTarget === undefined ? {} : { errorTarget }),
    ...(theta === undefined ? {} : { theta }),
  });
}

/** Refuses work that would not end, and frames that would fill the disk. */
export function requireAffordable(
  request: CreateRequest,
  n: number,
  solver: "direct" | "tree",
): void {
  const pairs = solver === "tree" ? Math.min(n * n, n * LIMITS.treePairs) : n * n;
  if (pairs * request.steps > LIMITS.jobPairs) {
    const most = Math.max(1, Math.floor(LIMITS.jobPairs / pairs));
    throw invalid([
      { path: "steps", message: `with ${n} particles at most ${most} steps may be asked for` },
    ]);
  }
  const frames = 2 + Math.floor(request.steps / request.snapshotEvery);
  const most = Math.min(LIMITS.frames, Math.floor(LIMITS.frameFileBytes / (32 + n * 12)));
  if (frames > most) {
    const least = Math.ceil(request.steps / Math.max(1, most - 2));
    throw invalid([
      {
        path: "snapshotEvery",
        message: `${frames} frames of ${n} particles are too many; at least ${least} here`,
      },
    ]);
  }
}
