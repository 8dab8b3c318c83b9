/** What a system is made from, and the checks at the door. */
import type { Bodies } from "../bodies/bodies.ts";
import { COLLISION_RULES, type CollisionRule } from "../collisions/rule.ts";
import { integrators, type IntegratorName } from "../integrators/registry.ts";
import type { IntegratorSettings } from "../integrators/settings.ts";
import type { Forces, Units } from "../kernels/forces.ts";
import type { ForceThreads } from "../threads/force-threads.ts";

export interface SystemOptions {
  /** Owned by the system until close(): it writes them on every step. */
  readonly bodies: Bodies;
  readonly units: Units;
  readonly integrator: IntegratorName;
  /** Length of a step in the units' time; negative runs backwards. */
  readonly dt: number;
  /** Steps already done, when resuming. */
  readonly stepsDone?: number;
  /** Time at step 0. */
  readonly startTime?: number;
  /** Threads for the direct sum; default: the calling one alone. The results are the same bytes. */
  readonly threads?: ForceThreads;
  /** Replaces the default force solver. */
  readonly forces?: Forces;
  /** Knobs of the integrator; see IntegratorSettings for the defaults. */
  readonly settings?: Partial<IntegratorSettings>;
  /** What happens when two bodies touch, by `bodies.radius`. Default "none". */
  readonly collisions?: CollisionRule;
  /** Share of the approach speed that is left after a bounce, 0 … 1. Default 1: elastic. */
  readonly restitution?: number;
  /**
   * Steps between two looks at the whole: the last good state is copied, for the checkpoint that an
   * error carries, and the energy is checked if it has a limit. 0: no copies. Default 64.
   */
  readonly checkpointEvery?: number;
  /**
   * Stops the run with NbodyError "energy-error" when the energy differs by more than this share from
   * what it was at the start, collisions apart. Costs a sum over all pairs at every look. Default: no limit.
   */
  readonly energyLimit?: number;
}

export function checkOptions(options: SystemOptions): void {
  const { units, dt, startTime = 0, stepsDone = 0 } = options;
  requireFinite("units.G", units.G);
  requireFinite("dt", dt);
  requireFinite("startTime", startTime);
  if (dt === 0) throw new RangeError("dt must not be 0");
  if (!(units.softening >= 0 && units.softening < Infinity)) {
    throw new RangeError(`units.softening must be ≥ 0 and finite, not ${units.softening}`);
  }
  if (!Number.isSafeInteger(stepsDone) || stepsDone < 0) {
    throw new RangeError(`stepsDone must be an integer ≥ 0, not ${stepsDone}`);
  }
  if (!Object.hasOwn(integrators, options.integrator)) {
    throw new TypeError(`no integrator is called ${options.integrator as string}`);
  }
  checkGuards(options);
}

function checkGuards(options: SystemOptions): void {
  const { bodies, collisions = "none", restitution = 1, checkpointEvery = 64 } = options;
  if (!COLLISION_RULES.includes(collisions)) {
    throw new TypeError(`no rule for collisions is called ${collisions as string}`);
  }
  if (!(restitution >= 0 && restitution <= 1)) {
    throw new RangeError(`restitution must be in 0 … 1, not ${restitution}`);
  }
  if (!Number.isSafeInteger(checkpointEvery) || checkpointEvery < 0) {
    throw new RangeError(`checkpointEvery must be an integer ≥ 0, not ${checkpointEvery}`);
  }
  const { energyLimit } = options;
  if (energyLimit !== undefined && !(energyLimit > 0 && energyLimit < Infinity)) {
    throw new RangeError(`energyLimit must be above 0 and finite, not ${energyLimit}`);
  }
  const wrong = bodies.radius.findIndex((r) => !(r >= 0 && r < Infinity));
  if (wrong >= 0) {
    throw new RangeError(
      `radius of body ${wrong} must be ≥ 0 and finite, not ${bodies.radius[wrong]}`,
    );
  }
}

function requireFinite(what: string, value: number): void {
  if (!Number.isFinite(value)) throw new RangeError(`${what} must be finite, not ${value}`);
}
