/**
 * The deadlines of all connections of a server.
 *
 * Each connection has one deadline at a time, that of its phase, and it changes several times a
 * request; nearly none is ever reached. So setting it is writing a number, and one task looks at all
 * of them when the earliest could be due: no later than after the shortest timeout, because what is
 * set meanwhile cannot be due before. A timer for each would cost an entry of the timer heap added and
 * removed for each phase of each request.
 */
import { after, Notify, select } from "@hotpath/runtime";

export interface Expiring {
  /** On the monotonic clock; Infinity: none. */
  deadlineMs: number;
  expired(): void;
}

export class Deadlines {
  readonly #members: ReadonlySet<Expiring>;
  readonly #shortestMs: number;
  readonly #nowMs: () => number;
  readonly #changed = new Notify();
  /** When they are looked at next. */
  #lookMs = Infinity;

  constructor(members: ReadonlySet<Expiring>, shortestMs: number, nowMs: () => number) {
    this.#members = members;
    this.#shortestMs = shortestMs;
    this.#nowMs = nowMs;
  }

  set(member: Expiring, dueMs: number): void {
    member.deadlineMs = dueMs;
    if (dueMs >= this.#lookMs) return;
    this.#lookMs = dueMs;
    this.#changed.notify();
  }

  /** The watching task; ends when it is cancelled. */
  async watch(): Promise<never> {
    for (;;) {
      const waitMs = this.#lookMs - this.#nowMs();
      if (waitMs > 0) await this.#wait(waitMs);
      else this.#look();
    }
  }

  async #wait(waitMs: number): Promise<void> {
    if (waitMs === Infinity) await this.#changed.wait();
    else await select({ changed: this.#changed, due: after(waitMs) });
  }

  #look(): void {
    const nowMs = this.#nowMs();
    let earliestMs = Infinity;
    this.#lookMs = this.#members.size === 0 ? Infinity : nowMs + this.#shortestMs;
    for (const member of this.#members) {
      if (member.deadlineMs <= nowMs) {
        member.deadlineMs = Infinity;
        member.expired();
      } else if (member.deadlineMs < earliestMs) earliestMs = member.deadlineMs;
    }
    this.#lookMs = Math.min(this.#lookMs, earliestMs);
  }
}
