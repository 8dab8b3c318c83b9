import { moveOnAfter, sleep, type Group } from "@hotpath/runtime";
import type { Emulator } from "../../src/processor/emulator.ts";
import type {
  HealthAnswer,
  LookupAnswer,
  Order,
  PayAnswer,
  ProcessorLink,
} from "../../src/processor/processor-link.ts";

type Random = (below: number) => number;

const TIMEOUT_MS = 1500;

/** Loses requests and answers, and lets the processor work on when nobody waits any more. */
export class LossyLink implements ProcessorLink {
  readonly #emulator: Emulator;
  readonly #world: Group;
  readonly #random: Random;
  lossPerMille = 0;

  constructor(emulator: Emulator, world: Group, random: Random) {
    this.#emulator = emulator;
    this.#world = world;
    this.#random = random;
  }

  async pay({ id, amountMinor, requestedAtMs }: Order): Promise<PayAnswer> {
    const payment = { amountMinor, requestedAtMicros: requestedAtMs * 1000 };
    const answer = await this.#call(() => this.#emulator.pay(id, payment));
    if (answer === "refused") return { kind: "failed", full: false };
    if (answer === "recorded" || answer === "duplicate") return { kind: answer };
    if (answer === "busy" || answer === "failure")
      return { kind: "failed", full: answer === "busy" };
    return { kind: "unknown" };
  }

  async lookUp(id: string): Promise<LookupAnswer> {
    const found = await this.#call(() => this.#emulator.lookUp(id));
    if (found === undefined || found === "busy" || found === "refused") return { kind: "unknown" };
    if (found === null) return { kind: "absent" };
    return {
      kind: "found",
      amountMinor: found.amountMinor,
      requestedAtMs: found.requestedAtMicros / 1000,
    };
  }

  async health(): Promise<HealthAnswer> {
    const health = await this.#call(() => this.#emulator.health());
    if (health === undefined || health === null || typeof health === "string")
      return { kind: "unknown" };
    return { kind: "health", ...health };
  }

  /** Undefined: no answer. Null stands for an answer that is undefined. */
  async #call<T>(body: () => Promise<T>): Promise<NonNullable<T> | null | "refused" | undefined> {
    if (this.#random(1000) < this.lossPerMille) return "refused";
    await sleep(this.#random(5));
    if (this.#random(1000) < this.lossPerMille) {
      await sleep(TIMEOUT_MS);
      return undefined;
    }
    const work = this.#world.spawn(body);
    const loses = this.#random(1000) < this.lossPerMille;
    const moved = await moveOnAfter(TIMEOUT_MS, async () => {
      const answer = await work;
      if (loses) await sleep(2 * TIMEOUT_MS);
      await sleep(this.#random(5));
      return answer ?? null;
    });
    return moved.kind === "timeout" ? undefined : (moved.value as NonNullable<T> | null);
  }
}
