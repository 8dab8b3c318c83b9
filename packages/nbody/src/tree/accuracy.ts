/**
 * How accurate a tree is wanted to be, and what that means for the walk.
 *
 * All errors are root mean squares over the bodies of |a − a_direct| / |a_direct|. The figures behind
 * the formulas, and how to measure them again, are in docs/decisions/ and `bench -- tree`.
 */

/** One of: a relative error that is wanted, or an opening angle. */
export interface Accuracy {
  /**
   * RMS relative error of the accelerations, 2e-5 … 0.05. Default 2e-3. Cells are opened by the error
   * that each would cause, beside the pull on the bodies that would suffer it.
   */
  readonly errorTarget?: number;
  /**
   * Opening angle, 0.2 … 1: cells are far when their radii together are less than θ times their
   * distance, whatever they weigh. Costs more than errorTarget for the same error.
   */
  readonly theta?: number;
}

export const DEFAULT_ERROR_TARGET = 2e-3;

/** What the walk is told. */
export interface Opening {
  /** Radii over distance below which a cell may be far. */
  readonly angle: number;
  /** Largest error of one cell as a share of the pull. */
  readonly tolerance: number;
  /** Targets wider than this share of the distance to what pulls at them are treated body by body. */
  readonly wide: number;
  readonly expectedError: number;
}

/** Throws RangeError for values out of range, TypeError for both at once. */
export function openingFor(accuracy: Accuracy): Opening {
  const { errorTarget, theta } = accuracy;
  if (theta !== undefined) {
    if (errorTarget !== undefined) throw new TypeError("give a theta or an errorTarget, not both");
    if (!(theta >= 0.2 && theta <= 1)) {
      throw new RangeError(`theta must be in 0.2 … 1, not ${theta}`);
    }
    return { angle: theta, tolerance: 1e6, wide: 1e6, expectedError: thetaError(theta) };
  }
  const target = errorTarget ?? DEFAULT_ERROR_TARGET;
  if (!(target >= 2e-5 && target <= 0.05)) {
    throw new RangeError(`errorTarget must be in 2e-5 … 0.05, not ${target}`);
  }
  const relative = target / DEFAULT_ERROR_TARGET;
  return {
    angle: Math.min(0.9, 0.9 * relative ** 0.125),
    tolerance: (target / 2) * Math.min(1, relative ** 0.4),
    wide: 0.3 * relative ** 0.25,
    expectedError: target,
  };
}

/** Fourth-order expansions: the error goes with θ⁴; float32 sums leave a few 1e-7. */
function thetaError(theta: number): number {
  return 0.06 * theta ** 4 + 1e-6;
}
