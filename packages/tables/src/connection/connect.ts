/** How a program reaches its database: a server by URL, or PGlite in this process. */
import { resolve } from "node:path";
import type { Driver, DriverKind, ListenOptions, Session } from "./driver.ts";
import { PgliteDriver } from "./pglite-driver.ts";
import { PostgresDriver } from "./postgres-driver.ts";
import { lossOutsideTransaction } from "./server-error.ts";
import { serverAddress } from "./server-address.ts";

export interface ConnectOptions {
  /** `postgres://user:password@host:port/database?sslmode=…`; wins over `dataDir`. */
  readonly url?: string | undefined;
  /** A directory for PGlite; without it and `url` the database is in memory. */
  readonly dataDir?: string | undefined;
  /** Most connections at once. PGlite always has one. @default 10 */
  readonly poolSize?: number;
  /** Most callers waiting for a connection. @default 10_000 */
  readonly poolWaiters?: number;
  /** @default 10_000 */
  readonly acquireTimeoutMs?: number;
  /** @default 30_000 */
  readonly idleTimeoutMs?: number;
  /** @default 5_000 */
  readonly connectTimeoutMs?: number;
  /** The server cancels a statement after this long; 0 is no limit. @default 0 */
  readonly statementTimeoutMs?: number;
  /** Shown by the server in pg_stat_activity. @default "hotpath" */
  readonly applicationName?: string;
}

export type { ListenOptions };

/** An open database. Close it when done, or declare it with `await using`. */
export interface Connection extends AsyncDisposable {
  readonly kind: DriverKind;
  /**
   * Runs one statement, prepared, on any connection: for the texts of `insertSql` and its like. When all
   * connections are busy, statements without a signal are pipelined on one of them.
   */
  query<Result extends object = Record<string, unknown>>(
    text: string,
    parameters?: readonly unknown[],
    options?: { readonly signal?: AbortSignal },
  ): Promise<readonly Result[]>;
  /**
   * Calls `receive` for each NOTIFY on the channel until the returned function is called. All channels
   * share one connection of their own, which is made again when it is lost.
   */
  listen(
    channel: string,
    receive: (payload: string) => void,
    options?: ListenOptions,
  ): Promise<() => Promise<void>>;
  notify(channel: string, payload: string): Promise<void>;
  /** Waits for what runs, then closes. */
  close(): Promise<void>;
}

/**
 * Opens the database. A server is contacted at once, so that a wrong address fails here.
 *
 * @throws TablesError DATABASE_UNREACHABLE, DATA_DIRECTORY_LOCKED
 */
export async function connect(options: ConnectOptions = {}): Promise<Connection> {
  const connection = new DriverConnection(await openDriver(options));
  if (connection.kind === "postgres") {
    try {
      await useSession(connection, undefined, () => Promise.resolve());
    } catch (error) {
      await connection.close();
      throw error;
    }
  }
  return connection;
}

async function openDriver(options: ConnectOptions): Promise<Driver> {
  const limits = {
    size: atLeastOne(options.poolSize ?? 10, "poolSize"),
    waiters: options.poolWaiters ?? 10_000,
    acquireMs: options.acquireTimeoutMs ?? 10_000,
    idleMs: options.idleTimeoutMs ?? 30_000,
  };
  if (options.url === undefined) {
    const directory = options.dataDir === undefined ? undefined : resolve(options.dataDir);
    return await PgliteDriver.open(directory, limits);
  }
  const session = {
    connectTimeoutMs: options.connectTimeoutMs ?? 5_000,
    statementTimeoutMs: options.statementTimeoutMs ?? 0,
    applicationName: options.applicationName ?? "hotpath",
  };
  return new PostgresDriver(serverAddress(options.url), session, limits);
}

function atLeastOne(value: number, name: string): number {
  if (Number.isInteger(value) && value >= 1) return value;
  throw new RangeError(`"${name}" must be a whole number >= 1: current value is ${value}`);
}

export class DriverConnection implements Connection {
  readonly kind: DriverKind;
  readonly driver: Driver;

  constructor(driver: Driver) {
    this.kind = driver.kind;
    this.driver = driver;
  }

  async query<Result extends object = Record<string, unknown>>(
    text: string,
    parameters: readonly unknown[] = [],
    options: { readonly signal?: AbortSignal } = {},
  ): Promise<readonly Result[]> {
    const { signal } = options;
    // Cancelling asks the server to end what the connection runs, so it has to be the caller's alone.
    const given = signal === undefined ? this.driver.share() : this.driver.acquire(signal);
    const session = given instanceof Promise ? await given : given;
    try {
      const result = await session.query(text, parameters, signal);
      return result.rows as Result[];
    } catch (error) {
      throw lossOutsideTransaction(error, text);
    } finally {
      this.driver.release(session);
    }
  }

  listen(
    channel: string,
    receive: (payload: string) => void,
    options: ListenOptions = {},
  ): Promise<() => Promise<void>> {
    return this.driver.listen(channel, receive, options);
  }

  async notify(channel: string, payload: string): Promise<void> {
    await this.query("SELECT pg_notify($1, $2)", [channel, payload]);
  }

  close(): Promise<void> {
    return this.driver.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}

/** Runs `body` with a session of its own. */
export async function useSession<Value>(
  connection: Connection,
  signal: AbortSignal | undefined,
  body: (session: Session) => Promise<Value>,
): Promise<Value> {
  const { driver } = connection as DriverConnection;
  const session = await driver.acquire(signal);
  try {
    return await body(session);
  } finally {
    driver.release(session);
  }
}
