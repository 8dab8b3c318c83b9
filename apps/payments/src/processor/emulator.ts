/**
 * A payment processor as the contest's behaves, for tests and the demo; `emulator-routes.ts` puts it on HTTP.
 * Source: zanfranceschi/rinha-de-backend-2025-payment-processor (Endpoints.cs, Filters.cs).
 *
 *     pay:  concurrency limiter ──> delay ──> failing? ──> insert: recorded, or duplicate for a known id
 *
 * A client that goes away while it waits for a permit has done nothing; behind that, its payment is recorded
 * although nobody hears of it. The flag is read after the delay.
 */
import { shield, sleep } from "@hotpath/runtime";
import { ConcurrencyLimiter, FixedWindowLimiter } from "./rate-limits.ts";

export interface EmulatorOptions {
  /** Of an amount: 0.05. */
  readonly feeRate: number;
  /** Payments and lookups at work at the same time. Default: 800. */
  readonly permits?: number;
  /** Those that wait for a permit; one more is refused. Default: 500. */
  readonly queueLimit?: number;
  /** One health answer per window, two more hang until theirs. Default: 5000. */
  readonly healthWindowMs?: number;
}

export interface Recorded {
  readonly amountMinor: number;
  /** Microseconds since 1970, as the processor's column keeps it. */
  readonly requestedAtMicros: number;
}

export interface Health {
  readonly failing: boolean;
  readonly minResponseMs: number;
}

export class Emulator {
  readonly feeRate: number;
  delayMs = 0;
  failing = false;
  readonly #payments = new Map<string, Recorded>();
  readonly #limiter: ConcurrencyLimiter;
  readonly #health: FixedWindowLimiter;

  /** Inside a runtime: its limits follow the clock there. */
  constructor(options: EmulatorOptions) {
    this.feeRate = options.feeRate;
    this.#limiter = new ConcurrencyLimiter(options.permits ?? 800, options.queueLimit ?? 500);
    this.#health = new FixedWindowLimiter(options.healthWindowMs ?? 5000, 2);
  }

  async pay(id: string, payment: Recorded): Promise<"recorded" | "duplicate" | "failure" | "busy"> {
    using permit = await this.#limiter.acquire();
    if (permit === undefined) return "busy";
    return await shield(async () => {
      if (this.delayMs > 0) await sleep(this.delayMs);
      if (this.failing) return "failure";
      if (this.#payments.has(id)) return "duplicate";
      this.#payments.set(id, payment);
      return "recorded";
    });
  }

  async lookUp(id: string): Promise<Recorded | undefined | "busy"> {
    using permit = await this.#limiter.acquire();
    return permit === undefined ? "busy" : this.#payments.get(id);
  }

  async health(): Promise<Health | "busy"> {
    const turn = await this.#health.acquire();
    return turn ? { failing: this.failing, minResponseMs: this.delayMs } : "busy";
  }

  /** Payments recorded with fromMicros <= requestedAt <= toMicros; all of them when either is missing. */
  totals(fromMicros?: number, toMicros?: number): { count: number; amountMinor: number } {
    let count = 0;
    let amountMinor = 0;
    const all = fromMicros === undefined || toMicros === undefined;
    for (const recorded of this.#payments.values()) {
      const at = recorded.requestedAtMicros;
      if (!all && (at < fromMicros || at > toMicros)) continue;
      count++;
      amountMinor += recorded.amountMinor;
    }
    return { count, amountMinor };
  }

  get payments(): ReadonlyMap<string, Recorded> {
    return this.#payments;
  }

  purge(): void {
    this.#payments.clear();
  }
}
