/**
 * How one thread waits for whatever other threads may do.
 *
 * A thread has one Doorbell for each roster. It knows the lines in which tasks of this thread wait
 * (`line.ts`) and looks at those that were rung for. While it has any, it goes round this circle:
 *
 *     every task is parked → look at the lines → spin on the bell → arm Atomics.waitAsync → rung → …
 *
 * Looking happens in process.nextTick, which Node runs when no task is left that could go on (100 ns;
 * setImmediate takes 2 µs). Spinning finds an answer that comes within microseconds; sleeping in
 * waitAsync costs 12 µs to wake from. The spin adapts: it is lengthened when the bell rang soon after
 * it was given up, shortened when it was in vain, so a thread that waits for seldom things does not burn
 * its core. Anything woken goes through the scheduler's credit, so the host's sockets and timers get
 * their turn every millisecond however busy the lines are.
 *
 * A pending waitAsync does not keep the process alive, so a referenced timer does, as long as there is
 * another thread that could ring.
 */
import { performance } from "node:perf_hooks";
import { isMainThread } from "node:worker_threads";
import { CancelError, RuntimeError, TimeoutError } from "../errors.ts";
import { currentScope } from "../runtime/runtime.ts";
import { NOT_READY } from "../select/selectable.ts";
import { cpuCount } from "../thread/cpu-count.ts";
import { durationMs, type Duration } from "../time/duration.ts";
import type { Line } from "./line.ts";
import type { Roster } from "./roster.ts";

/** What a synchronous wait accepts. */
export interface SyncWaitOptions {
  /** Give up with a TimeoutError after this long. Default: wait forever. */
  readonly timeout?: Duration;
  /** The main thread of a program may not be blocked unless this is true. */
  readonly blockMain?: boolean;
}

const SHORTEST_SPIN_US = 1;
const LONGEST_SPIN_US = 50;
const LONGEST_TIMEOUT_MS = 2 ** 31 - 1;

const doorbells = new WeakMap<Roster, Doorbell>();

/** Set by a pool's thread: reads its messages while it is blocked, so that cancellation gets through. */
let readMessages: (() => void) | undefined;

export function whenCommanded(read: () => void): void {
  readMessages = read;
}

export class Doorbell {
  readonly roster: Roster;
  readonly #lines = new Set<Line>();
  #scheduled = false;
  #armed = false;
  #deaths: number;
  #spinUs = 20;
  #armedAtMs = 0;
  #keepAlive: NodeJS.Timeout | undefined;
  #kept = false;

  static of(roster: Roster): Doorbell {
    let doorbell = doorbells.get(roster);
    if (doorbell === undefined) doorbells.set(roster, (doorbell = new Doorbell(roster)));
    return doorbell;
  }

  private constructor(roster: Roster) {
    this.roster = roster;
    this.#deaths = roster.deaths;
  }

  /** A task has begun to wait in this line. */
  follow(line: Line): void {
    this.#lines.add(line);
    this.#schedule();
  }

  /** Nobody of this thread waits in this line any more. */
  unfollow(line: Line): void {
    this.#lines.delete(line);
    if (this.#lines.size === 0) this.#keep(false);
  }

  /**
   * Blocks the thread until `attempt` answers something else than NOT_READY. `line` is where the
   * threads are listed that want to be rung for.
   */
  block<T>(
    line: Line,
    what: () => string,
    attempt: () => T | typeof NOT_READY,
    options: SyncWaitOptions,
  ): T {
    const first = attempt();
    if (first !== NOT_READY) return first;
    this.#checkMayBlock(what, options);
    const timeoutMs = options.timeout === undefined ? Infinity : durationMs(options.timeout);
    const dueMs = performance.now() + timeoutMs;
    const { roster } = this;
    let commands = roster.commands();
    line.blocked++;
    try {
      for (;;) {
        const seen = roster.bell();
        line.raise();
        const value = attempt();
        if (value !== NOT_READY) return value;
        if (!this.#spin(seen, LONGEST_SPIN_US)) {
          const leftMs = dueMs - performance.now();
          if (leftMs <= 0) throw new TimeoutError(what(), timeoutMs);
          roster.fallAsleep();
          Atomics.wait(roster.words, roster.bellIndex, seen, leftMs);
        }
        if (roster.commands() !== commands) {
          commands = roster.commands();
          readMessages?.();
          const { cancellation } = currentScope();
          if (cancellation !== undefined) throw cancellation;
        }
      }
    } finally {
      line.blocked--;
      line.settle();
      if (this.#lines.size > 0) this.#schedule();
    }
  }

  #checkMayBlock(what: () => string, options: SyncWaitOptions): void {
    const { cancellation } = currentScope();
    if (cancellation instanceof CancelError) throw cancellation;
    if (isMainThread && options.blockMain !== true) {
      throw new TypeError(
        `Cannot block the main thread in ${what()}: use the asynchronous form, or pass { blockMain: true }`,
      );
    }
    if (this.roster.living === 1 && options.timeout === undefined) {
      throw new RuntimeError(
        "DEADLOCK",
        `Blocking this thread in ${what()} would never end: there is no other thread that could act`,
      );
    }
  }

  #schedule(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    process.nextTick(this.#turn);
  }

  readonly #turn = (): void => {
    this.#scheduled = false;
    const seen = this.roster.bell();
    if (this.#look()) {
      // Tasks have been woken. When they are parked again, look once more before going to sleep.
      this.#scheduled = true;
      queueMicrotask(() => process.nextTick(this.#turn));
      return;
    }
    if (this.#lines.size === 0) return;
    const alone = this.roster.living === 1;
    this.#keep(!alone);
    if (!alone && !this.#armed && this.#spinUs > SHORTEST_SPIN_US && cpuCount() > 1) {
      if (this.#spin(seen, this.#spinUs)) {
        this.#spinUs = Math.min(this.#spinUs * 2, LONGEST_SPIN_US);
        this.#turn();
        return;
      }
      this.#spinUs /= 2;
    }
    this.#arm(seen);
  };

  /** Looks at the lines that were rung for; whether anybody was woken. */
  #look(): boolean {
    const { deaths } = this.roster;
    const everything = deaths !== this.#deaths;
    this.#deaths = deaths;
    let woken = false;
    for (const line of this.#lines) {
      if (everything || !line.raised || line.fresh) woken = line.pump(everything) || woken;
    }
    return woken;
  }

  #arm(seen: number): void {
    if (this.#armed) return;
    this.roster.fallAsleep();
    const wait = Atomics.waitAsync(this.roster.words, this.roster.bellIndex, seen);
    if (!wait.async) return this.#schedule();
    this.#armed = true;
    this.#armedAtMs = performance.now();
    void wait.value.then(() => {
      this.#armed = false;
      // Waking from waitAsync takes about 12 µs: had we spun for a little longer, we would have saved it.
      const asleepUs = (performance.now() - this.#armedAtMs) * 1000;
      if (asleepUs < 3 * LONGEST_SPIN_US) {
        this.#spinUs = Math.min(Math.max(this.#spinUs, SHORTEST_SPIN_US) * 4, LONGEST_SPIN_US);
      }
      if (this.#lines.size > 0) this.#schedule();
    });
  }

  /** Watches the bell without sleeping; whether it rang. */
  #spin(seen: number, us: number): boolean {
    const { words, bellIndex } = this.roster;
    const untilMs = performance.now() + us / 1000;
    for (;;) {
      for (let k = 0; k < 16; k++) {
        if (Atomics.load(words, bellIndex) !== seen) return true;
        Atomics.pause();
      }
      if (performance.now() >= untilMs) return false;
    }
  }

  #keep(alive: boolean): void {
    if (alive === this.#kept) return;
    this.#kept = alive;
    if (alive) {
      this.#keepAlive ??= setInterval(() => {}, LONGEST_TIMEOUT_MS);
      this.#keepAlive.ref();
    } else {
      this.#keepAlive?.unref();
    }
  }
}
