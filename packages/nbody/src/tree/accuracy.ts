/**
 * How accurate a tree is wanted to be, and what that means for the walk.
 *
 * All errors are root mean squares over the bodies of |a − a_direct| / |a_direct|. The figures behind
 * the formulas, and how to measure them again, are in docs/decisions/ and `bench -- tree`.
 */

/** One of: a relative error that is wanted, or an opening angle. */
export interface Accuracy {
  /**
   * RMS relative error of the accelerations, 2e-5 … 0.05, that is not exceeded. Default 2e-3. Cells are
   * opened by the error that each would cause, beside the pull on the bodies that would suffer it.
   */
  readonly errorTarget?: number;
  /**
   * Opening angle, 0.2 … 1: cells are far when their radii together are less than θ times their
   * distance, and the error that goes with θ is kept. Costs more than errorTarget for the same error.
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
  /** Pairs closer than this share of the extent of their list are summed in float64. */
  readonly close: number;
  /** Bodies pulled less than this share of what is around them are summed in float64. */
  readonly exact: number;
  readonly expectedError: number;
}

/** What a float32 sum may be off by, relative to its largest terms. */
const FLOAT32_ROUNDING = 1.2e-7;

/** Throws RangeError for values out of range, TypeError for both at once. */
export function openingFor(accuracy: Accuracy): Opening {
  const { errorTarget, theta } = accuracy;
  if (theta !== undefined) {
    if (errorTarget !== undefined) throw new TypeError("give a theta or an errorTarget, not both");
    if (!(theta >= 0.2 && theta <= 1)) {
      throw new RangeError(`theta must be in 0.2 … 1, not ${theta}`);
    }
    const expectedError = thetaError(theta);
    return { ...openingOf(expectedError), angle: theta, expectedError };
  }
  const target = errorTarget ?? DEFAULT_ERROR_TARGET;
  if (!(target >= 2e-5 && target <= 0.05)) {
    throw new RangeError(`errorTarget must be in 2e-5 … 0.05, not ${target}`);
  }
  return { ...openingOf(target), expectedError: target };
}

/**
 * What keeps the RMS error below the target in all the systems of the tests, by 1.1 in lattices, 1.3 on
 * spherical shells and 2 or more in clusters and disks. Errors of many cells add up, the more cells the
 * smaller each has to be: hence the power 0.4.
 */
function openingOf(target: number): Omit<Opening, "expectedError"> {
  const relative = target / DEFAULT_ERROR_TARGET;
  return {
    angle: Math.min(1, relative ** 0.125),
    tolerance: 0.5 * target * Math.min(1, relative ** 0.4),
    wide: 0.12 * relative ** 0.25,
    close: Math.max(2 ** -12, FLOAT32_ROUNDING / target),
    exact: FLOAT32_ROUNDING / target,
  };
}

/**
 * Fourth-order expansions: the error goes with θ⁴, and faster where they hardly converge; float32 sums
 * leave a few 1e-7.
 */
function thetaError(theta: number): number {
  return 0.06 * theta ** 4 * (1 + 0.3 * theta ** 8) + 1e-6;
}
