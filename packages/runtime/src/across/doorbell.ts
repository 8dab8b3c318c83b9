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
 * waitAsync costs 12 µs to wake from. After a spin in vain the next chances to spin are passed over, 1,
 * 3, 7, … 255 of them, so a thread that waits for seldom things, or for a thread that has no CPU, does not
 * burn its own. (Round trip of two threads on 2 cores: 5 µs when they have the cores to themselves; shared
 * with 7 busy processes 126 µs when every wait spins, 46 µs with this rule.) Anything woken goes through the scheduler's credit, so the host's sockets and timers get
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

const SPIN_US = 30;
const MOST_VAIN_SPINS = 8;
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
  /** Spins in vain since the last that was not, and how many chances to spin they cost. */
  #vainSpins = 0;
  #spinsToSkip = 0;
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
        if (!this.#spin(seen)) {
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
    if (!alone && !this.#armed && this.#spin(seen)) return this.#turn();
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
    void wait.value.then(() => {
      this.#armed = false;
      if (this.#lines.size > 0) this.#schedule();
    });
  }

  /** Watches the bell without sleeping, if that has been worth it lately; whether it rang. */
  #spin(seen: number): boolean {
    if (cpuCount() === 1) return false;
    if (this.#spinsToSkip > 0) {
      this.#spinsToSkip--;
      return false;
    }
    const { words, bellIndex } = this.roster;
    const untilMs = performance.now() + SPIN_US / 1000;
    do {
      for (let k = 0; k < 16; k++) {
        if (Atomics.load(words, bellIndex) !== seen) {
          this.#vainSpins = 0;
          return true;
        }
        Atomics.pause();
      }
    } while (performance.now() < untilMs);
    this.#vainSpins = Math.min(this.#vainSpins + 1, MOST_VAIN_SPINS);
    this.#spinsToSkip = 2 ** this.#vainSpins - 1;
    return false;
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
