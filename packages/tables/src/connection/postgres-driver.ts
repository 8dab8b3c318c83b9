/** A PostgreSQL server: a pool of sessions, and one connection for LISTEN. */
import type { Driver, ListenOptions, Session } from "./driver.ts";
import { Listener } from "./listener.ts";
import { PostgresSession, type SessionOptions } from "./postgres-session.ts";
import type { ServerAddress } from "./server-address.ts";
import { SessionPool, type PoolLimits, type PooledSession } from "./session-pool.ts";

export class PostgresDriver implements Driver {
  readonly kind = "postgres";
  readonly #pool: SessionPool;
  readonly #listener: Listener;

  constructor(address: ServerAddress, options: SessionOptions, limits: PoolLimits) {
    this.#listener = new Listener(address, options);
    this.#pool = new SessionPool(() => PostgresSession.open(address, options), limits);
  }

  acquire(signal?: AbortSignal): Promise<Session> {
    return this.#pool.acquire(signal);
  }

  share(): Session | Promise<Session> {
    return this.#pool.share();
  }

  release(session: Session): void {
    this.#pool.release(session as PooledSession);
  }

  listen(
    channel: string,
    receive: (payload: string) => void,
    options: ListenOptions,
  ): Promise<() => Promise<void>> {
    return this.#listener.add(channel, { receive, options });
  }

  async close(): Promise<void> {
    await this.#listener.close();
    await this.#pool.close();
  }
}
