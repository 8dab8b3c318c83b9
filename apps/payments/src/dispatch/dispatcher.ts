/**
 * Sends what waits in the ledger's line and tells the ledger what became of it.
 *
 *     line ──route()──> dispatch (durable) ──pay──> recorded ──> settle
 *                                             ├──> failed ──> release: back to the line
 *                                             ├──> duplicate ──> look up ──> settle | reject
 *                                             ├──> rejected ──> reject
 *                                             └──> unknown ──> lose ──> Resolver: again, same place, same id
 *
 * One task decides; each payment on its way is a task of the group, as many as the processors' limits allow.
 */
import { monotonic, moveOnAfter, sleep, wallClock, type Group } from "@hotpath/runtime";
import { pinOf, type Active, type Ledger } from "../ledger/ledger.ts";
import type { ProcessorLink } from "../processor/processor-link.ts";
import type { Outcome, ProcessorState } from "../router/processor-state.ts";
import { route, type RoutePolicy } from "../router/route.ts";

export interface Processor {
  readonly link: ProcessorLink;
  readonly state: ProcessorState;
}

export interface DispatchOptions {
  readonly policy: RoutePolicy;
  /** First wait before an unknown payment is asked about again; doubles up to `maxResolveMs`. */
  readonly firstResolveMs: number;
  readonly maxResolveMs: number;
  /** Tries for an unknown payment before it is buried. */
  readonly resolveAttempts: number;
}

export const DEFAULT_DISPATCH: Omit<DispatchOptions, "policy"> = {
  firstResolveMs: 100,
  maxResolveMs: 5000,
  resolveAttempts: 1000,
};

export class Dispatcher {
  readonly #ledger: Ledger;
  readonly #processors: readonly [Processor, Processor];
  readonly #options: DispatchOptions;
  readonly #group: Group;

  /** Payments on their way are tasks of `group`. */
  constructor(
    ledger: Ledger,
    processors: readonly [Processor, Processor],
    options: DispatchOptions,
    group: Group,
  ) {
    this.#ledger = ledger;
    this.#processors = processors;
    this.#options = options;
    this.#group = group;
  }

  /** Until it is cancelled. */
  async run(): Promise<never> {
    for (;;) {
      for (const payment of this.#ledger.takeLost()) {
        this.#group.spawn(() => this.#resolve(payment));
      }
      const waitMs = this.#sendWhatCan();
      const change = (): Promise<void> => this.#ledger.changed.wait();
      await (waitMs === Infinity ? change() : moveOnAfter(waitMs, change));
    }
  }

  /** After `run` has been cancelled: waits, at most `graceMs`, for the answers to what has been sent. */
  async settleDown(graceMs: number): Promise<void> {
    await moveOnAfter(graceMs, async () => {
      while (this.#processors.some(({ state }) => state.inFlight > 0)) {
        await this.#ledger.changed.wait();
      }
    });
  }

  /** Sends from the line until it is empty or its first must wait; for how long, in ms. */
  #sendWhatCan(): number {
    const [first, second] = this.#processors;
    for (;;) {
      const payment = this.#ledger.next;
      if (payment === undefined) return Infinity;
      const nowMs = monotonic();
      const views = [first.state.view(nowMs), second.state.view(nowMs)] as const;
      const waitedMs = wallClock() - payment.acceptedAtMs;
      const choice = route(views, { waitedMs }, this.#ledger.queued, this.#options.policy);
      if (choice.kind === "wait") {
        const probeAtMs = Math.min(first.state.nextProbeAtMs, second.state.nextProbeAtMs);
        return Math.max(1, Math.min(choice.forMs, probeAtMs - nowMs));
      }
      this.#processors[choice.processor].state.sent();
      const taken = this.#ledger.take(choice.processor);
      this.#group.spawn(() => this.#send(taken));
    }
  }

  async #send(payment: Active): Promise<void> {
    const { processor, requestedAtMs } = pinOf(payment);
    const { link, state } = this.#processors[processor];
    const sentAtMs = monotonic();
    let outcome: Outcome = "unknown";
    try {
      if (!(await this.#ledger.dispatch(payment))) return;
      const answer = await link.pay({ ...order(payment), requestedAtMs });
      switch (answer.kind) {
        case "recorded":
          outcome = "settled";
          return await this.#ledger.settle(payment, requestedAtMs);
        case "failed":
          outcome = answer.full ? "full" : "failed";
          return await this.#ledger.release(payment);
        case "duplicate":
          outcome = "settled";
          if (!(await this.#confirm(payment))) await this.#ledger.lose(payment);
          return;
        case "rejected":
          outcome = "settled";
          return await this.#ledger.reject(payment, answer.reason);
        case "unknown":
          return await this.#ledger.lose(payment);
        default:
          return answer satisfies never;
      }
    } finally {
      state.finished(outcome, sentAtMs, monotonic());
      this.#ledger.changed.notifyAll();
    }
  }

  /** Sends an unknown payment to its processor again until that says what became of it. */
  async #resolve(payment: Active): Promise<void> {
    const { processor, requestedAtMs } = pinOf(payment);
    const { link } = this.#processors[processor];
    const { firstResolveMs, maxResolveMs, resolveAttempts } = this.#options;
    let waitMs = firstResolveMs;
    for (let attempt = 0; attempt < resolveAttempts; attempt++) {
      await sleep(waitMs);
      if (this.#ledger.isOver(payment)) return;
      waitMs = Math.min(maxResolveMs, waitMs * 2);
      const answer = await link.pay({ ...order(payment), requestedAtMs });
      if (answer.kind === "recorded") return await this.#ledger.settle(payment, requestedAtMs);
      if (answer.kind === "rejected") return await this.#ledger.reject(payment, answer.reason);
      if (answer.kind === "duplicate" && (await this.#confirm(payment))) return;
      // Failed: this call did not record it, but the one before may still be on its way.
    }
    await this.#ledger.bury(payment, `unknown at its processor after ${resolveAttempts} tries`);
  }

  /**
   * The processor says that its id is recorded: with our amount it is ours. False when that could not be learnt.
   */
  async #confirm(payment: Active): Promise<boolean> {
    const { processor } = pinOf(payment);
    const found = await this.#processors[processor].link.lookUp(payment.id);
    if (found.kind === "unknown") return false;
    if (found.kind === "absent") {
      await this.#ledger.reject(payment, "refused, and not recorded");
    } else if (found.amountMinor === payment.amountMinor) {
      await this.#ledger.settle(payment, found.requestedAtMs);
    } else {
      await this.#ledger.reject(payment, "its id is recorded there with another amount");
    }
    return true;
  }
}

function order(payment: Active): { readonly id: string; readonly amountMinor: number } {
  return { id: payment.id, amountMinor: payment.amountMinor };
}
