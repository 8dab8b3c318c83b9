/**
 * One connection to a PostgreSQL server: the postgres driver on a socket that we opened.
 *
 * The driver is made for exactly one socket. When that closes the session is broken for good; the
 * driver's own reconnecting would let a transaction's next statement run, alone, on a new connection.
 */
import type { Socket } from "node:net";
import postgres from "postgres";
import { TablesError } from "../errors.ts";
import type { CopySink, QueryResult } from "./driver.ts";
import { openSocket } from "./server-socket.ts";
import { serverError } from "./server-error.ts";
import type { ServerAddress } from "./server-address.ts";
import type { PooledSession } from "./session-pool.ts";
import { CODECS_BY_OID } from "./value-text.ts";

export interface SessionOptions {
  readonly connectTimeoutMs: number;
  readonly statementTimeoutMs: number;
  readonly applicationName: string;
  readonly onNotification?: (channel: string, payload: string) => void;
}

type Sql = ReturnType<typeof postgres>;
type Driverless = Record<string, never>;

export class PostgresSession implements PooledSession {
  readonly kind = "postgres";
  readonly #socket: Socket;
  readonly #sql: Sql;
  #closed = false;

  static async open(address: ServerAddress, options: SessionOptions): Promise<PostgresSession> {
    const socket = await openSocket(address, options.connectTimeoutMs);
    const session = new PostgresSession(socket, address, options);
    try {
      await session.script("SELECT 1");
      return session;
    } catch (error) {
      socket.destroy();
      throw error;
    }
  }

  private constructor(socket: Socket, address: ServerAddress, options: SessionOptions) {
    this.#socket = socket;
    let given = false;
    const settings = {
      host: address.host,
      port: address.port,
      user: address.user,
      password: address.password,
      database: address.database,
      socket: (): Socket => {
        if (given)
          throw new TablesError("CONNECTION_LOST", "The connection to PostgreSQL was lost");
        given = true;
        return socket;
      },
      max: 1,
      ssl: false,
      fetch_types: false,
      idle_timeout: 0,
      max_lifetime: null,
      connect_timeout: options.connectTimeoutMs / 1000,
      types: typeMap(),
      onnotice: () => {},
      onnotify: options.onNotification,
      connection: {
        application_name: options.applicationName,
        TimeZone: "UTC",
        DateStyle: "ISO, YMD",
        statement_timeout: options.statementTimeoutMs,
      },
    };
    this.#sql = postgres(settings as unknown as postgres.Options<Driverless>) as unknown as Sql;
  }

  get broken(): boolean {
    return this.#closed || this.#socket.destroyed || this.#socket.readyState !== "open";
  }

  async query(
    text: string,
    parameters: readonly unknown[],
    signal?: AbortSignal,
  ): Promise<QueryResult> {
    this.#assertUsable();
    signal?.throwIfAborted();
    const query = this.#sql.unsafe(
      text,
      parameters.map((value) => this.#sql.typed(untyped(value), 0)) as never[],
      { prepare: true },
    );
    const cancel = (): void => query.cancel();
    signal?.addEventListener("abort", cancel);
    try {
      const result = await query;
      return {
        rows: result as unknown as Record<string, unknown>[],
        command: result.command,
        count: result.count ?? undefined,
      };
    } catch (error) {
      signal?.throwIfAborted();
      throw serverError(error, "Cannot run a statement");
    } finally {
      signal?.removeEventListener("abort", cancel);
    }
  }

  async script(text: string): Promise<void> {
    this.#assertUsable();
    try {
      await this.#sql.unsafe(text).simple();
    } catch (error) {
      throw serverError(error, "Cannot run a script");
    }
  }

  async copyOut(text: string, sink: CopySink, signal?: AbortSignal): Promise<void> {
    this.#assertUsable();
    try {
      const stream = await this.#sql.unsafe(text).readable();
      for await (const chunk of stream) {
        signal?.throwIfAborted();
        await sink.write(chunk as Uint8Array);
      }
    } catch (error) {
      signal?.throwIfAborted();
      throw serverError(error, "Cannot copy out");
    }
  }

  async copyIn(
    text: string,
    source: Iterable<Uint8Array> | AsyncIterable<Uint8Array>,
    signal?: AbortSignal,
  ): Promise<number> {
    this.#assertUsable();
    try {
      const stream = await this.#sql.unsafe(text).writable();
      for await (const chunk of source) {
        signal?.throwIfAborted();
        await new Promise<void>((resolve, reject) => {
          stream.once("error", reject);
          stream.write(chunk, (error) => (error ? reject(error) : resolve()));
        });
      }
      await new Promise<void>((resolve, reject) => {
        stream.once("error", reject);
        stream.end(() => resolve());
      });
      return 0;
    } catch (error) {
      signal?.throwIfAborted();
      throw serverError(error, "Cannot copy in");
    }
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    await this.#sql.end({ timeout: 1 });
    this.#socket.destroy();
  }

  #assertUsable(): void {
    if (this.broken) {
      throw new TablesError("CONNECTION_LOST", "The connection to PostgreSQL was lost");
    }
  }
}

/** Undefined is a mistake in a parameter list, not a null. */
function untyped(value: unknown): unknown {
  if (value === undefined) throw new TypeError("A statement's parameter is undefined; use null");
  return value;
}

function typeMap(): Record<string, postgres.PostgresType> {
  const types: Record<string, postgres.PostgresType> = {};
  for (const [oid, codec] of CODECS_BY_OID) {
    types[`t${oid}`] = {
      to: oid,
      from: [oid],
      serialize: (value: unknown): string => encoded(codec.encode(value), codec.type),
      parse: (text: string): unknown => codec.decode(text),
    };
  }
  return types;
}

/** @throws TablesError INVALID_VALUE when the value was not one of the type */
export function encoded(text: string | undefined, type: string): string {
  if (text !== undefined) return text;
  throw new TablesError(
    "INVALID_VALUE",
    `Cannot bind a parameter: the value is not one of type ${type}`,
  );
}
