/**
 * The contest's score (rinha-test/rinha.js, handleSummary): profit less fees, a bonus for a quick 99th
 * percentile, a fine for any inconsistency.
 */

/** Linear interpolation between the two nearest ranks, as k6's percentiles. `sorted`: ascending, not empty. */
export function percentile(sorted: ArrayLike<number>, share: number): number {
  const rank = share * (sorted.length - 1);
  const below = Math.floor(rank);
  const low = sorted[below]!;
  const high = sorted[Math.min(below + 1, sorted.length - 1)]!;
  return low + (high - low) * (rank - below);
}

export interface Result {
  /** In minor units, by processor. */
  readonly amountsMinor: readonly [number, number];
  readonly feeRates: readonly [number, number];
  readonly p99Ms: number;
  /** Audits in which the forwarder's counts and a processor's differ, summed. */
  readonly inconsistencies: number;
  /** Payments acknowledged and not settled at the end. */
  readonly lag: number;
}

export interface ContestScore {
  readonly profitMinor: number;
  /** Share of the profit that is added: 2 % per millisecond below 11 ms, in steps of 1 %. */
  readonly bonus: number;
  /** Share of the profit that is taken away. */
  readonly fine: number;
  readonly scoreMinor: number;
}

const FINE = 0.35;
const BONUS_BELOW_MS = 11;
const BONUS_PER_MS = 0.02;

export function contestScore(result: Result): ContestScore {
  const { amountsMinor, feeRates, inconsistencies } = result;
  const p99Ms = Math.round(result.p99Ms * 100) / 100;
  const profitMinor = amountsMinor[0] * (1 - feeRates[0]) + amountsMinor[1] * (1 - feeRates[1]);
  const bonus = Math.max(0, Math.round((BONUS_BELOW_MS - p99Ms) * BONUS_PER_MS * 100) / 100);
  const fine = inconsistencies > 0 ? FINE : 0;
  return { profitMinor, bonus, fine, scoreMinor: profitMinor * (1 + bonus - fine) };
}
