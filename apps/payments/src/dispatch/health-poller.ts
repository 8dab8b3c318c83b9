/**
 * One health poller for all instances: the processors answer one call in 5 s and let the others hang.
 *
 * The first of a pair asks and tells the second. The second asks only when it has been told nothing for
 * a while: then the first is gone, or cannot reach the processors.
 */
import { group, monotonic, sleep } from "@hotpath/runtime";
import type { HealthAnswer } from "../processor/processor-link.ts";
import type { Processor } from "./dispatcher.ts";

export interface HealthReport {
  readonly processor: 0 | 1;
  readonly failing: boolean;
  readonly minResponseMs: number;
}

export interface HealthPollerOptions {
  readonly processors: readonly [Processor, Processor];
  /** Told of every answer, from wherever it came. */
  readonly changed: () => void;
  /** 0 asks; 1 asks only when it is told nothing. */
  readonly place: 0 | 1;
  /** Tells the other instance; its failure is not this one's. */
  readonly tell?: (report: HealthReport) => Promise<void>;
}

const EVERY_MS = 5050;
const SILENT_MS = 3 * EVERY_MS;

export class HealthPoller {
  readonly #options: HealthPollerOptions;
  readonly #heardAtMs: [number, number];

  constructor(options: HealthPollerOptions) {
    this.#options = options;
    this.#heardAtMs = [monotonic(), monotonic()];
  }

  /** Until it is cancelled. */
  async run(): Promise<void> {
    await group(async (tasks) => {
      for (const processor of [0, 1] as const) tasks.spawn(() => this.#poll(processor));
    });
  }

  /** The other instance has asked. */
  told(report: HealthReport): void {
    this.#heardAtMs[report.processor] = monotonic();
    this.#take(report);
  }

  async #poll(processor: 0 | 1): Promise<never> {
    const { processors, place, tell } = this.#options;
    for (;;) {
      const silentMs = monotonic() - this.#heardAtMs[processor];
      if (place === 0 || silentMs >= SILENT_MS) {
        const answer: HealthAnswer = await processors[processor].link.health();
        if (answer.kind === "health") {
          const { failing, minResponseMs } = answer;
          const report = { processor, failing, minResponseMs };
          this.#take(report);
          await tell?.(report);
        }
      }
      await sleep(EVERY_MS);
    }
  }

  #take({ processor, failing, minResponseMs }: HealthReport): void {
    this.#options.processors[processor].state.health(failing, minResponseMs, monotonic());
    this.#options.changed();
  }
}
