/**
 * One connection to a PostgreSQL server: the postgres driver on a socket that we opened.
 *
 * The driver is made for exactly one socket. When that closes the session is broken for good; the
 * driver's own reconnecting would let a transaction's next statement run, alone, on a new connection.
 */
import type { Socket } from "node:net";
import postgres from "postgres";
import { TablesError } from "../errors.ts";
import { copyInOverSocket, copyOutOverSocket, type CopyWire } from "./copy-wire.ts";
import type { CopyQuery, CopySink, CopySource, QueryResult } from "./driver.ts";
import { cancelStatement, openSocket, type BackendKey } from "./server-socket.ts";
import { serverError } from "./server-error.ts";
import type { ServerAddress } from "./server-address.ts";
import type { PooledSession } from "./session-pool.ts";
import { assertParameterCount, CODECS_BY_OID, encodeParameter } from "./value-text.ts";

export interface SessionOptions {
  readonly connectTimeoutMs: number;
  readonly statementTimeoutMs: number;
  readonly applicationName: string;
  readonly onNotification?: (channel: string, payload: string) => void;
  /** Called once, when the connection is gone for whatever reason. */
  readonly onClose?: () => void;
}

type Sql = ReturnType<typeof postgres>;
type Driverless = Record<string, never>;

export class PostgresSession implements PooledSession {
  readonly kind = "postgres";
  readonly #socket: Socket;
  readonly #sql: Sql;
  readonly #address: ServerAddress;
  readonly #options: SessionOptions;
  #backend: BackendKey = { pid: 0, secret: 0 };
  #closed = false;

  static async open(address: ServerAddress, options: SessionOptions): Promise<PostgresSession> {
    const socket = await openSocket(address, options.connectTimeoutMs);
    const session = new PostgresSession(socket, address, options);
    try {
      const answer = await session.#sql.unsafe("SELECT 1").simple();
      session.#backend = (answer as unknown as { readonly state: BackendKey }).state;
      return session;
    } catch (error) {
      socket.destroy();
      throw serverError(error, "Cannot start a session");
    }
  }

  private constructor(socket: Socket, address: ServerAddress, options: SessionOptions) {
    this.#socket = socket;
    if (options.onClose !== undefined) socket.once("close", options.onClose);
    this.#address = address;
    this.#options = options;
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
        lc_monetary: "C",
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
    assertParameterCount(parameters);
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

  async copyOut(query: CopyQuery, sink: CopySink, signal?: AbortSignal): Promise<void> {
    this.#assertUsable();
    await copyOutOverSocket(this.#wire(), query.copy, sink, signal);
  }

  async copyIn(text: string, source: CopySource, signal?: AbortSignal): Promise<number> {
    this.#assertUsable();
    return await copyInOverSocket(this.#wire(), text, source, signal);
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    await this.#sql.end({ timeout: 1 });
    this.#socket.destroy();
  }

  #wire(): CopyWire {
    return {
      socket: this.#socket,
      cancel: () => cancelStatement(this.#address, this.#backend, this.#options.connectTimeoutMs),
    };
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
      serialize: (value: unknown): string => encodeParameter(value, codec),
      parse: codec.decode,
    };
  }
  return types;
}
