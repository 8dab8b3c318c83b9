/**
 * Signals to this process, counted so that none is lost.
 *
 *     using stop = Signal.on("SIGTERM", "SIGINT");
 *     const event = await select({ stop, connection: listener });
 *
 * From `on` until `close` the signals do nothing but count; each `next`, and each select that it wins,
 * takes one. While nobody waits, a signal that comes is kept. (The kernel itself merges signals of one
 * name that come before the process has seen the first; no program can count those.)
 */
import { constants } from "node:os";
import { ClosedError } from "../errors.ts";
import type { SignalName, SignalWatch } from "../io/signals.ts";
import { currentScope } from "../runtime/runtime.ts";
import { NOT_READY, type Got, type Selectable } from "../select/selectable.ts";
import type { Scope } from "../task/scope.ts";
import { Park, type WaitOptions } from "../wait/park.ts";
import { WaitQueue, type Waiter } from "../wait/waiter.ts";

/** The kernel delivers these to nobody. */
const UNCATCHABLE: ReadonlySet<string> = new Set(["SIGKILL", "SIGSTOP"]);

export class Signal implements Selectable<Got<SignalName>>, AsyncIterable<SignalName>, Disposable {
  declare readonly outcome?: Got<SignalName>;
  readonly names: readonly SignalName[];
  readonly #counts = new Map<SignalName, number>();
  readonly #watches: SignalWatch[] = [];
  readonly #waiters = new WaitQueue();
  readonly #owner: Scope;
  #closed = false;

  private constructor(names: readonly SignalName[]) {
    this.names = names;
    this.#owner = currentScope();
    const { signals } = this.#owner.runtime.io;
    for (const name of new Set(names)) {
      this.#counts.set(name, 0);
      this.#watches.push(signals.watch(name, () => this.#arrived(name)));
    }
    this.#owner.runtime.ledger?.opened(this, this.#owner);
  }

  /** Begins to watch. TypeError for what is no signal, or one that cannot be caught. */
  static on(...names: readonly SignalName[]): Signal {
    if (names.length === 0) throw new TypeError("Signal.on needs the name of a signal");
    for (const name of names) {
      if (!Object.hasOwn(constants.signals, name)) {
        throw new TypeError(`There is no signal ${JSON.stringify(name)}`);
      }
      if (UNCATCHABLE.has(name)) throw new TypeError(`${name} cannot be caught by any program`);
    }
    return new Signal(names);
  }

  describe(): string {
    return `signal ${this.names.join(" or ")}`;
  }

  /** Signals that have come and that nobody has taken. */
  get count(): number {
    let count = 0;
    for (const one of this.#counts.values()) count += one;
    return count;
  }

  /** Takes one signal, waiting for it when none has come. Several: in the order of `on`. */
  next(options?: WaitOptions): Promise<SignalName> {
    const scope = currentScope();
    if (scope.cancellation !== undefined) return scope.refuse();
    if (this.#closed) return Promise.reject(this.#closedError());
    const name = this.tryNext();
    if (name !== undefined) return scope.runtime.ready(name);
    const park = new Park<SignalName>(scope, this, "wait for");
    this.enlist(park);
    return park.wait(options);
  }

  /** Takes one signal if one has come. */
  tryNext(): SignalName | undefined {
    for (const [name, count] of this.#counts) {
      if (count === 0) continue;
      this.#counts.set(name, count - 1);
      return name;
    }
    return undefined;
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<SignalName, void, undefined> {
    while (!this.#closed) yield await this.next();
  }

  poll(): unknown {
    if (this.#closed) throw this.#closedError();
    return this.tryNext() ?? NOT_READY;
  }

  enlist(waiter: Waiter): void {
    this.#waiters.push(waiter);
    this.#watches[0]!.keepAlive(true);
  }

  abandon(): void {
    if (this.#waiters.size === 0) this.#watches[0]!.keepAlive(false);
  }

  #arrived(name: SignalName): void {
    const waiter = this.#waiters.shift();
    if (waiter === undefined) this.#counts.set(name, this.#counts.get(name)! + 1);
    else {
      this.abandon();
      waiter.park.wake(waiter, name);
    }
  }

  /** Stops watching: the signals do again what they did before. Whoever waits is told. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#owner.runtime.ledger?.closed(this);
    for (const watch of this.#watches) watch.stop();
    for (let waiter = this.#waiters.shift(); waiter; waiter = this.#waiters.shift()) {
      waiter.park.fail(waiter, this.#closedError());
    }
  }

  [Symbol.dispose](): void {
    this.close();
  }

  #closedError(): ClosedError {
    return new ClosedError(`${this.describe()} is not watched any more`);
  }
}
