/**
 * Plays the contest's preview against a running forwarder: users that pay and rest a second, stages that
 * change the processors, audits every 10 s, and the count at the end.
 */
import { HttpPool, RequestError } from "@hotpath/http";
import { group, monotonic, sleep, wallClock, type Group } from "@hotpath/runtime";
import type { Stage } from "../router/policy-simulator.ts";
import { percentile, type Result } from "./score.ts";

export interface LoadOptions {
  readonly forwarderUrl: string;
  readonly processorUrls: readonly [string, string];
  readonly feeRates: readonly [number, number];
  readonly stages: readonly [readonly Stage[], readonly Stage[]];
  readonly users: number;
  readonly durationMs: number;
  readonly amountMinor: number;
  readonly progress: (text: string) => void;
}

export interface LoadReport extends Result {
  readonly acknowledged: number;
  /** Requests that were not answered 2xx. */
  readonly failed: number;
  readonly audits: number;
  /** Audits in which forwarder and processors said the same. */
  readonly agreeing: number;
  /** Payments at each processor in the end. */
  readonly counts: readonly [number, number];
  readonly p50Ms: number;
}

interface ProcessorTotals {
  readonly totalRequests: number;
  readonly totalAmount: number;
}

/** k6 gives up after that. */
const TIMEOUT_MS = 1500;
const AUDIT_EVERY_MS = 10_000;
/** The audits' window: what is older than 15 s or younger than 1.5 s is not asked for. */
const AUDIT_FROM_MS = 15_000;
const AUDIT_TO_MS = 1500;
const TOKEN = { "x-rinha-token": "123" } as const;

export class Load {
  readonly #options: LoadOptions;
  readonly #forwarder: HttpPool;
  readonly #processors: readonly [HttpPool, HttpPool];
  readonly #latenciesMs: number[] = [];
  #acknowledged = 0;
  #failed = 0;
  #audits = 0;
  #agreeing = 0;
  #inconsistencies = 0;

  constructor(options: LoadOptions) {
    this.#options = options;
    const timeouts = { total: TIMEOUT_MS };
    const { forwarderUrl, processorUrls, users } = options;
    this.#forwarder = new HttpPool(forwarderUrl, { connections: users + 1, timeouts });
    this.#processors = [
      new HttpPool(processorUrls[0], { timeouts: { total: 10_000 } }),
      new HttpPool(processorUrls[1], { timeouts: { total: 10_000 } }),
    ];
  }

  async run(): Promise<LoadReport> {
    const { durationMs, progress } = this.#options;
    await this.#reset();
    const startMs = wallClock();
    await group(async (tasks: Group) => {
      const scene = [tasks.spawn(() => this.#changeStages()), tasks.spawn(() => this.#audit())];
      await this.#users(tasks);
      progress("the last users come home");
      for (const task of scene) await task.cancel("the time is up");
    });
    // The contest asks at once; a payment that is on its way then counts as lag.
    const report = await this.#report(startMs, startMs + durationMs + 60_000);
    for (const pool of [this.#forwarder, ...this.#processors]) await pool[Symbol.asyncDispose]();
    return report;
  }

  async #reset(): Promise<void> {
    for (const processor of this.#processors) {
      await this.#admin(processor, "POST", "/admin/purge-payments");
    }
    await this.#admin(this.#forwarder, "POST", "/purge-payments");
  }

  /** One user more whenever its share of the time has gone; all stop when it is up. */
  async #users(tasks: Group): Promise<void> {
    const { users, durationMs, progress } = this.#options;
    const endMs = monotonic() + durationMs;
    const startMs = monotonic();
    const homes = [];
    for (let user = 0; user < users; user++) {
      const dueMs = startMs + (user / users) * durationMs;
      await sleep(Math.max(0, dueMs - monotonic()));
      if (user % 50 === 0) progress(`${user} users, ${this.#acknowledged} payments`);
      homes.push(tasks.spawn(() => this.#user(endMs)));
    }
    for (const home of homes) await home;
  }

  async #user(endMs: number): Promise<void> {
    while (monotonic() < endMs) {
      await this.#pay();
      await sleep(1000);
    }
  }

  async #pay(): Promise<void> {
    const amount = (this.#options.amountMinor / 100).toFixed(2);
    const body = `{"correlationId":"${crypto.randomUUID()}","amount":${amount}}`;
    const startMs = monotonic();
    try {
      using response = await this.#forwarder.request({
        method: "POST",
        path: "/payments",
        headers: { "content-type": "application/json" },
        body,
      });
      await response.body.bytes();
      if (response.ok) {
        this.#acknowledged++;
        this.#latenciesMs.push(monotonic() - startMs);
      } else this.#failed++;
    } catch (error) {
      if (!(error instanceof RequestError)) throw error;
      this.#failed++;
    }
  }

  async #changeStages(): Promise<void> {
    const startMs = monotonic();
    const changes = this.#options.stages.flatMap((stages, at) =>
      stages.map((stage) => ({ ...stage, processor: this.#processors[at]! })),
    );
    for (const { atMs, delayMs, failing, processor } of changes.sort((a, b) => a.atMs - b.atMs)) {
      await sleep(Math.max(0, startMs + atMs - monotonic()));
      const set = (name: string, value: unknown): Promise<void> =>
        this.#admin(processor, "PUT", `/admin/configurations/${name}`, JSON.stringify(value));
      await set("delay", { delay: delayMs });
      await set("failure", { failure: failing });
    }
  }

  async #audit(): Promise<void> {
    for (;;) {
      await sleep(AUDIT_EVERY_MS);
      const nowMs = wallClock();
      const query = windowOf(nowMs - AUDIT_FROM_MS, nowMs - AUDIT_TO_MS);
      const [summary, first, second] = await Promise.all([
        this.#summary(query),
        this.#totals(0, query),
        this.#totals(1, query),
      ]);
      this.#audits++;
      const differences =
        Math.abs(summary.default.totalRequests - first.totalRequests) +
        Math.abs(summary.fallback.totalRequests - second.totalRequests);
      this.#inconsistencies += differences;
      if (differences === 0) this.#agreeing++;
    }
  }

  async #report(fromMs: number, toMs: number): Promise<LoadReport> {
    const query = windowOf(fromMs - 10_000, toMs);
    const totals = [await this.#totals(0, query), await this.#totals(1, query)] as const;
    const counts = [totals[0].totalRequests, totals[1].totalRequests] as const;
    const minor = (at: 0 | 1): number => Math.round(totals[at].totalAmount * 100);
    const sorted = Float64Array.from(this.#latenciesMs).sort();
    return {
      acknowledged: this.#acknowledged,
      failed: this.#failed,
      audits: this.#audits,
      agreeing: this.#agreeing,
      counts,
      amountsMinor: [minor(0), minor(1)],
      feeRates: this.#options.feeRates,
      p50Ms: percentile(sorted, 0.5),
      p99Ms: percentile(sorted, 0.99),
      inconsistencies: this.#inconsistencies,
      lag: this.#acknowledged - counts[0] - counts[1],
    };
  }

  async #admin(pool: HttpPool, method: string, path: string, body = ""): Promise<void> {
    using response = await pool.request({ method, path, headers: TOKEN, body });
    if (!response.ok) throw new Error(`${method} ${path} was answered ${response.status}`);
    await response.body.bytes();
  }

  async #summary(query: string): Promise<Record<"default" | "fallback", ProcessorTotals>> {
    using response = await this.#forwarder.request({ path: `/payments-summary?${query}` });
    return (await response.json()) as Record<"default" | "fallback", ProcessorTotals>;
  }

  async #totals(at: 0 | 1, query: string): Promise<ProcessorTotals> {
    const path = `/admin/payments-summary?${query}`;
    using response = await this.#processors[at].request({ path, headers: TOKEN });
    return (await response.json()) as ProcessorTotals;
  }
}

function windowOf(fromMs: number, toMs: number): string {
  return `from=${new Date(fromMs).toISOString()}&to=${new Date(toMs).toISOString()}`;
}
