/**
 * The connections to one origin: who gets which, who waits, when new ones are made and old ones closed.
 *
 *     claim ──> idle one? ──> one that may be shared? ──> line of waiters, first come first served
 *                                                             ^             │ as many dials as waiters,
 *                  connection freed or made ──────────────────┘             v up to `connections`
 *
 * A waiter is not bound to the connection that is made because of it: it gets whichever is there first.
 * A dial that fails fails the first in line, who learns at once that nothing can be reached.
 *
 * Invariants:
 * 1. connections + dials ≤ `connections`; waiters ≤ `queueLimit`.
 * 2. While somebody waits, nobody who comes later is given a connection.
 * 3. A connection's row in the table is its load: exchanges that run on it and claims that have not
 *    begun, or `pipeline` when it is not to be shared.
 * 4. A connection that may not be used any more is in no row, and closes after its last exchange.
 */
import {
  after,
  checkCancelled,
  Group,
  Notify,
  Oneshot,
  select,
  type Clock,
  type Connection,
  type Task,
  type WaitOptions,
} from "@hotpath/runtime";
import {
  ClientConnection,
  type ConnectionLimits,
  type ConnectionOwner,
} from "./client-connection.ts";
import { RequestError, type RequestErrorCode, type RequestPhase } from "./errors.ts";
import { LoadTable } from "./load-table.ts";

export interface ConnectionPoolOptions {
  /** For messages: the origin. */
  readonly name: string;
  readonly dial: () => Promise<Connection>;
  readonly connections: number;
  readonly queueLimit: number;
  readonly pipeline: number;
  /** A connection is not used for longer than this. */
  readonly ageMs: number;
  /** How long a body may lie unread before its connection is closed. */
  readonly unreadMs: number;
  readonly limits: ConnectionLimits;
}

/** What a pool has and has done; the counts only grow. */
export interface PoolStats {
  readonly connections: number;
  readonly idle: number;
  readonly dialing: number;
  readonly waiting: number;
  readonly opened: number;
  readonly closed: number;
  readonly dialFailures: number;
  /** Claims that were refused because too many waited. */
  readonly refused: number;
}

interface Waiting {
  readonly exclusive: boolean;
  readonly turn: Oneshot<ClientConnection>;
}

export class ConnectionPool implements ConnectionOwner {
  readonly #options: ConnectionPoolOptions;
  readonly #tasks = new Group({ failFast: false });
  readonly #clock: Clock = this.#tasks.scope.runtime.io.clock;
  readonly #table: LoadTable<ClientConnection>;
  /** Not usable any more, with exchanges that run to their end. */
  readonly #retired = new Set<ClientConnection>();
  readonly #waiting = new Set<Waiting>();
  #dialing = 0;
  #opened = 0;
  #closedCount = 0;
  #dialFailures = 0;
  #refused = 0;
  #watching = false;
  /** When idle connections are looked at next. */
  #lookMs = Infinity;
  readonly #sooner = new Notify();
  #closed = false;
  #emptied: Oneshot<void> | undefined = undefined;

  constructor(options: ConnectionPoolOptions) {
    this.#options = options;
    this.#table = new LoadTable(options.pipeline);
  }

  get stats(): PoolStats {
    return {
      connections: this.#table.size + this.#retired.size,
      idle: this.#table.idleCount,
      dialing: this.#dialing,
      waiting: this.#waiting.size,
      opened: this.#opened,
      closed: this.#closedCount,
      dialFailures: this.#dialFailures,
      refused: this.#refused,
    };
  }

  /** Nothing is open, under way or waited for. */
  get empty(): boolean {
    return this.#table.size + this.#retired.size + this.#dialing + this.#waiting.size === 0;
  }

  get idle(): boolean {
    return this.#table.size === this.#table.idleCount && this.#retired.size + this.#dialing === 0;
  }

  nowMs(): number {
    return this.#clock.monotonicMs();
  }

  /** A number in [0, 1). */
  random(): number {
    return this.#tasks.scope.runtime.io.random();
  }

  spawn(name: string, body: () => Promise<void>): Task<void> {
    return this.#tasks.spawn(body, { name });
  }

  /** A connection for one exchange, when one is there; it must be begun or given back in this step. */
  tryClaim(exclusive: boolean): ClientConnection | undefined {
    if (this.#closed) throw this.#error("CLOSED", "queue", "is closed");
    if (this.#waiting.size > 0) return undefined;
    const connection = this.#find(exclusive);
    if (connection !== undefined) this.#promise(connection, exclusive);
    return connection;
  }

  /** As `tryClaim`, in line with others. */
  async claim(exclusive: boolean, options: WaitOptions | undefined): Promise<ClientConnection> {
    checkCancelled();
    const { queueLimit } = this.#options;
    if (this.#waiting.size >= queueLimit) {
      this.#refused++;
      throw this.#error("BUSY", "queue", `has ${queueLimit} requests waiting already`);
    }
    const waiting: Waiting = { exclusive, turn: new Oneshot({ name: this.#options.name }) };
    this.#waiting.add(waiting);
    this.#dialMore();
    try {
      return await waiting.turn.receive(options);
    } catch (error) {
      this.#waiting.delete(waiting);
      // It may have been all that kept those behind it: one that shares may go where it could not.
      this.#serve();
      throw error;
    }
  }

  /** The claim has been begun, or will not be. */
  redeem(connection: ClientConnection, begun: boolean): void {
    connection.promised--;
    if (!begun && !connection.closed) this.released(connection);
  }

  released(connection: ClientConnection): void {
    if (connection.closed) return;
    const load = connection.running + connection.promised;
    if (load === 0) connection.exclusive = false;
    const ageMs = this.nowMs() - connection.openedMs;
    if (this.#closed || !connection.usable || ageMs > this.#options.ageMs) {
      if (load === 0) return connection.close(() => undefined);
      this.#table.remove(connection);
      this.#retired.add(connection);
      return;
    }
    this.#table.place(connection, connection.exclusive ? this.#options.pipeline : load);
    this.#serve();
    if (connection.row === 0) this.#watch(connection.expiresMs);
  }

  gone(connection: ClientConnection): void {
    this.#table.remove(connection);
    this.#retired.delete(connection);
    this.#closedCount++;
    this.#dialMore();
    if (this.empty) this.#emptied?.send();
  }

  streaming(): void {
    this.#watch(this.nowMs() + this.#options.unreadMs);
  }

  /** Refuses what comes from now on, fails what waits, and closes connections after their last exchange. */
  async drain(options?: WaitOptions): Promise<void> {
    this.#shut();
    for (const connection of this.#table.all()) this.released(connection);
    if (this.empty) return this.destroy();
    this.#emptied ??= new Oneshot();
    await this.#emptied.receive(options);
    await this.destroy();
  }

  /** Closes everything at once. */
  async destroy(): Promise<void> {
    this.#shut();
    const closing = this.#error("CLOSED", "queue", "was closed");
    for (const connection of [...this.#table.all(), ...this.#retired]) {
      connection.close((exchange) => exchange.error("CLOSED", "head", "lost its pool", closing));
    }
    await this.#tasks[Symbol.asyncDispose]();
    this.#emptied?.send();
  }

  #shut(): void {
    this.#closed = true;
    for (const { turn } of this.#waiting) turn.fail(this.#error("CLOSED", "queue", "was closed"));
    this.#waiting.clear();
  }

  #find(exclusive: boolean): ClientConnection | undefined {
    const { connections } = this.#options;
    const shares = !exclusive && this.#table.size + this.#dialing >= connections;
    for (;;) {
      const found = this.#table.find(shares);
      if (found === undefined || found.row > 0 || found.expiresMs > this.nowMs()) return found;
      found.close(() => undefined);
    }
  }

  #promise(connection: ClientConnection, exclusive: boolean): void {
    const load = ++connection.promised + connection.running;
    if (exclusive) connection.exclusive = true;
    this.#table.place(connection, connection.exclusive ? this.#options.pipeline : load);
  }

  #serve(): void {
    for (const waiting of this.#waiting) {
      const connection = this.#find(waiting.exclusive);
      if (connection === undefined) return;
      this.#promise(connection, waiting.exclusive);
      this.#waiting.delete(waiting);
      waiting.turn.send(connection);
    }
  }

  #dialMore(): void {
    if (this.#closed) return;
    const { connections } = this.#options;
    while (
      this.#dialing < this.#waiting.size &&
      this.#table.size + this.#retired.size + this.#dialing < connections
    ) {
      this.#dialing++;
      this.spawn("dial", () => this.#dial());
    }
  }

  async #dial(): Promise<void> {
    try {
      const connection = await this.#options.dial();
      this.#dialing--;
      if (this.#closed) return connection[Symbol.dispose]();
      this.#opened++;
      const made = new ClientConnection(connection, this, this.#options.limits);
      this.#table.place(made, 0);
      this.released(made);
    } catch (error) {
      this.#dialing--;
      this.#dialFailures++;
      this.#failFirst(error);
      this.#dialMore();
    } finally {
      if (this.empty) this.#emptied?.send();
    }
  }

  #failFirst(cause: unknown): void {
    for (const waiting of this.#waiting) {
      this.#waiting.delete(waiting);
      waiting.turn.fail(cause);
      return;
    }
  }

  /** Looks after idle connections and unread bodies as long as there are any, at `dueMs` at the latest. */
  #watch(dueMs: number): void {
    if (this.#closed) return;
    if (!this.#watching) {
      this.#watching = true;
      this.spawn("watch idle connections", () => this.#watchAll());
    } else if (dueMs < this.#lookMs) {
      this.#lookMs = dueMs;
      this.#sooner.notify();
    }
  }

  async #watchAll(): Promise<void> {
    try {
      for (let nextMs = this.#sweep(); nextMs < Infinity; nextMs = this.#sweep()) {
        this.#lookMs = this.nowMs() + nextMs;
        await select({ sooner: this.#sooner, due: after(nextMs) });
      }
    } finally {
      this.#watching = false;
    }
  }

  /** Closes what is due; how long until something else may be. */
  #sweep(): number {
    const nowMs = this.nowMs();
    const { unreadMs } = this.#options;
    let nextMs = Infinity;
    for (const connection of [...this.#table.all(), ...this.#retired]) {
      if (connection.row === 0) {
        if (connection.expiresMs <= nowMs) connection.close(() => undefined);
        else nextMs = Math.min(nextMs, connection.expiresMs - nowMs);
      } else if (connection.receiving) {
        const dueMs = connection.unreadSinceMs + unreadMs;
        if (dueMs <= nowMs) {
          const what = "has a response that nobody reads";
          connection.close((exchange) => exchange.error("TIMEOUT", "body", what));
        } else nextMs = Math.min(nextMs, dueMs - nowMs, unreadMs);
      }
    }
    return nextMs;
  }

  #error(code: RequestErrorCode, phase: RequestPhase, what: string): RequestError {
    return new RequestError(code, `The pool of ${this.#options.name} ${what}`, {
      phase,
      delivery: "none",
    });
  }
}
