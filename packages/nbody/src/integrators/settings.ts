/** The few knobs of the integrators; every one has a default that is right for most systems. */

export interface IntegratorSettings {
  /**
   * ias15: the relative size of the last term of a step's series that is accepted. The default, 1e-9,
   * is at the limit of float64 for smooth motion; larger is faster and less accurate.
   */
  readonly epsilon: number;
  /** hermite4: η of Aarseth's criterion for the step of each body. Errors grow as η⁴. */
  readonly eta: number;
  /** whfast: order of the symplectic corrector, 0 for none. */
  readonly corrector: CorrectorOrder;
}

export type CorrectorOrder = 0 | 3 | 5 | 7 | 11 | 17;

export const DEFAULT_SETTINGS: IntegratorSettings = { epsilon: 1e-9, eta: 0.02, corrector: 11 };

const CORRECTORS: readonly number[] = [0, 3, 5, 7, 11, 17];

/** Fills in the defaults. Throws RangeError for a setting out of range. */
export function settingsFrom(given: Partial<IntegratorSettings> = {}): IntegratorSettings {
  const settings = { ...DEFAULT_SETTINGS, ...given };
  const { epsilon, eta, corrector } = settings;
  if (!(epsilon > 0 && epsilon <= 1e-2)) {
    throw new RangeError(`settings.epsilon must be above 0 and at most 0.01, not ${epsilon}`);
  }
  if (!(eta > 0 && eta <= 1)) {
    throw new RangeError(`settings.eta must be above 0 and at most 1, not ${eta}`);
  }
  if (!CORRECTORS.includes(corrector)) {
    throw new RangeError(
      `settings.corrector must be one of ${CORRECTORS.join()}, not ${corrector}`,
    );
  }
  return settings;
}
