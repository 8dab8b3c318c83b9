/**
 * A bounded pool: at most `size` sessions, a bounded queue of waiters served in order, every wait
 * limited in time. Broken sessions are dropped; idle ones are closed after `idleMs`.
 */
import { TablesError } from "../errors.ts";
import type { Session } from "./driver.ts";

export interface PoolLimits {
  readonly size: number;
  readonly waiters: number;
  readonly acquireMs: number;
  readonly idleMs: number;
}

export interface PooledSession extends Session {
  close(): Promise<void>;
}

/** Most statements on their way on one connection. */
const PIPELINE_DEPTH = 64;

interface Waiter {
  give(session: PooledSession): void;
  fail(error: unknown): void;
}

interface Idle {
  readonly session: PooledSession;
  /** By performance.now(). */
  readonly sinceMs: number;
}

export class SessionPool {
  readonly #open: () => Promise<PooledSession>;
  readonly #limits: PoolLimits;
  /** The one that was used last is last, and is used next. */
  readonly #idle: Idle[] = [];
  /** One for all: a timer for each release would cost a point read 3 % of its time. */
  #idleTimer: NodeJS.Timeout | undefined;
  readonly #waiters: Waiter[] = [];
  readonly #taken = new Set<PooledSession>();
  /** Of the taken ones, those that run single statements, and how many at the moment. */
  readonly #shared = new Map<PooledSession, number>();
  #opening = 0;
  /** The wait that all callers of share() have in common, and how many there are. */
  #lead: Promise<PooledSession> | undefined;
  #sharing = 0;
  #closed = false;
  #drained: (() => void) | undefined;

  constructor(open: () => Promise<PooledSession>, limits: PoolLimits) {
    this.#open = open;
    this.#limits = limits;
  }

  async acquire(signal?: AbortSignal): Promise<PooledSession> {
    signal?.throwIfAborted();
    if (this.#closed) throw closedError();
    const idle = this.#takeIdle();
    if (idle !== undefined) return idle;
    if (this.#taken.size + this.#opening < this.#limits.size) return await this.#openOne();
    return await this.#wait(signal);
  }

  /**
   * A session for one statement outside a transaction, which several callers may use at once: their
   * statements are pipelined. It joins a busy session only when there is neither an idle one nor room for
   * another, and never while somebody waits for one of their own. Give it back with `release`. No promise
   * is made when a session is idle.
   */
  share(): PooledSession | Promise<PooledSession> {
    const idle = this.#closed ? undefined : this.#takeIdle();
    return idle === undefined ? this.#shareLater() : this.#join(idle);
  }

  #takeIdle(): PooledSession | undefined {
    for (let idle = this.#idle.pop(); idle !== undefined; idle = this.#idle.pop()) {
      if (!idle.session.broken) return this.#take(idle.session);
    }
    return undefined;
  }

  async #shareLater(): Promise<PooledSession> {
    if (this.#taken.size + this.#opening < this.#limits.size) {
      return this.#join(await this.acquire());
    }
    const pipeline = this.#waiters.length === 0 ? this.#fullestPipeline() : undefined;
    if (pipeline !== undefined) return this.#join(pipeline);
    if (this.#sharing >= this.#limits.waiters) throw this.#crowded();
    // One waits in line for all that want to share.
    this.#sharing++;
    try {
      this.#lead ??= this.acquire().finally(() => (this.#lead = undefined));
      return this.#join(await this.#lead);
    } finally {
      this.#sharing--;
    }
  }

  #join(session: PooledSession): PooledSession {
    this.#shared.set(session, (this.#shared.get(session) ?? 0) + 1);
    return session;
  }

  /** The fullest that has room: statements that leave together cost one write. */
  #fullestPipeline(): PooledSession | undefined {
    let fullest: PooledSession | undefined;
    let users = 0;
    for (const [session, count] of this.#shared) {
      if (count > users && count < PIPELINE_DEPTH && !session.broken) {
        [fullest, users] = [session, count];
      }
    }
    return fullest;
  }

  release(session: PooledSession): void {
    const users = this.#shared.get(session);
    if (users !== undefined && users > 1) {
      this.#shared.set(session, users - 1);
      return;
    }
    this.#shared.delete(session);
    this.#taken.delete(session);
    if (this.#closed || session.broken) {
      void session.close();
      this.#openForWaiter();
      this.#settle();
      return;
    }
    const waiter = this.#waiters.shift();
    if (waiter !== undefined) {
      waiter.give(this.#take(session));
      return;
    }
    this.#idle.push({ session, sinceMs: performance.now() });
    this.#idleTimer ??= this.#expireAfter(this.#limits.idleMs);
  }

  /** Refuses new callers, fails the waiting ones, waits for the sessions in use. */
  async close(): Promise<void> {
    this.#closed = true;
    for (const waiter of this.#waiters.splice(0)) waiter.fail(closedError());
    const idle = this.#idle.splice(0);
    clearTimeout(this.#idleTimer);
    await Promise.all(idle.map(({ session }) => session.close()));
    if (this.#taken.size + this.#opening > 0) {
      await new Promise<void>((drained) => (this.#drained = drained));
    }
  }

  #take(session: PooledSession): PooledSession {
    this.#taken.add(session);
    return session;
  }

  async #openOne(): Promise<PooledSession> {
    this.#opening++;
    try {
      return this.#take(await this.#open());
    } finally {
      this.#opening--;
      this.#settle();
    }
  }

  /** A session went away while callers wait for one: open another in its place. */
  #openForWaiter(): void {
    if (this.#closed || this.#waiters.length === 0) return;
    this.#openOne().then(
      (session) => this.release(session),
      (error: unknown) => this.#waiters.shift()?.fail(error),
    );
  }

  #wait(signal: AbortSignal | undefined): Promise<PooledSession> {
    const { acquireMs, waiters, size } = this.#limits;
    if (this.#waiters.length >= waiters) throw this.#crowded();
    return new Promise((resolve, reject) => {
      const leave = (): void => {
        clearTimeout(timer);
        signal?.removeEventListener("abort", aborted);
        const index = this.#waiters.indexOf(waiter);
        if (index !== -1) this.#waiters.splice(index, 1);
      };
      const waiter: Waiter = {
        give: (session) => {
          leave();
          resolve(session);
        },
        fail: (error) => {
          leave();
          reject(error as Error);
        },
      };
      const aborted = (): void => waiter.fail(signal?.reason);
      const timer = setTimeout(() => {
        const message = `Cannot take a connection: all ${size} stayed in use for ${acquireMs} ms`;
        waiter.fail(new TablesError("POOL_TIMEOUT", message));
      }, acquireMs);
      signal?.addEventListener("abort", aborted);
      this.#waiters.push(waiter);
    });
  }

  #crowded(): TablesError {
    const { size, waiters } = this.#limits;
    return new TablesError(
      "POOL_TIMEOUT",
      `Cannot take a connection: all ${size} are in use and ${waiters} callers wait already`,
    );
  }

  #expireAfter(waitMs: number): NodeJS.Timeout {
    return setTimeout(() => this.#expire(), waitMs).unref();
  }

  /** Closes what has been idle for `idleMs`: the first ones, as the last are used first. */
  #expire(): void {
    const { idleMs } = this.#limits;
    const nowMs = performance.now();
    while (this.#idle.length > 0 && nowMs - this.#idle[0]!.sinceMs >= idleMs) {
      void this.#idle.shift()!.session.close();
    }
    const oldest = this.#idle[0];
    this.#idleTimer =
      oldest === undefined ? undefined : this.#expireAfter(oldest.sinceMs + idleMs - nowMs);
  }

  #settle(): void {
    if (this.#taken.size + this.#opening === 0) this.#drained?.();
  }
}

function closedError(): TablesError {
  return new TablesError(
    "CONNECTION_CLOSED",
    "Cannot take a connection: the connection was closed",
  );
}
