/** A PostgreSQL server: a pool of sessions, and one connection for LISTEN. */
import type { Driver, Session } from "./driver.ts";
import { PostgresSession, type SessionOptions } from "./postgres-session.ts";
import type { ServerAddress } from "./server-address.ts";
import { SessionPool, type PoolLimits, type PooledSession } from "./session-pool.ts";
import { quoteIdentifier } from "../sql/identifier.ts";

export class PostgresDriver implements Driver {
  readonly kind = "postgres";
  readonly #pool: SessionPool;
  readonly #address: ServerAddress;
  readonly #options: SessionOptions;
  readonly #listeners = new Set<PostgresSession>();

  constructor(address: ServerAddress, options: SessionOptions, limits: PoolLimits) {
    this.#address = address;
    this.#options = options;
    this.#pool = new SessionPool(() => PostgresSession.open(address, options), limits);
  }

  acquire(signal?: AbortSignal): Promise<Session> {
    return this.#pool.acquire(signal);
  }

  release(session: Session): void {
    this.#pool.release(session as PooledSession);
  }

  async listen(channel: string, receive: (payload: string) => void): Promise<() => Promise<void>> {
    const session = await PostgresSession.open(this.#address, {
      ...this.#options,
      onNotification: (_channel, payload) => receive(payload),
    });
    this.#listeners.add(session);
    await session.script(`LISTEN ${quoteIdentifier(channel)}`);
    return async () => {
      this.#listeners.delete(session);
      await session.close();
    };
  }

  async close(): Promise<void> {
    await Promise.all([...this.#listeners].map((session) => session.close()));
    await this.#pool.close();
  }
}
