/** Kysely's dialect over our sessions: the same SQL and the same row values on every driver. */
import {
  PostgresAdapter,
  PostgresIntrospector,
  PostgresQueryCompiler,
  type CompiledQuery,
  type DatabaseConnection,
  type DatabaseIntrospector,
  type Dialect,
  type DialectAdapter,
  type Driver as KyselyDriver,
  type Kysely,
  type QueryCompiler,
  type QueryResult,
  type TransactionSettings,
} from "kysely";
import { TablesError } from "../errors.ts";
import type { Driver, QueryResult as SessionResult, Session } from "../connection/driver.ts";
import { commitUnknown, lossOutsideTransaction } from "../connection/server-error.ts";
import { quoteIdentifier } from "../sql/identifier.ts";

export class TablesDialect implements Dialect {
  readonly #driver: Driver;

  constructor(driver: Driver) {
    this.#driver = driver;
  }

  createDriver(): KyselyDriver {
    return new SessionDriver(this.#driver);
  }

  createQueryCompiler(): QueryCompiler {
    return new PostgresQueryCompiler();
  }

  createAdapter(): DialectAdapter {
    return new PostgresAdapter();
  }

  createIntrospector(db: Kysely<never>): DatabaseIntrospector {
    return new PostgresIntrospector(db);
  }
}

/** A kysely connection that still knows the session it runs on, for COPY in the same transaction. */
export class SessionConnection implements DatabaseConnection {
  readonly session: Session;
  inTransaction = false;

  constructor(session: Session) {
    this.session = session;
  }

  async executeQuery<Row>(query: CompiledQuery): Promise<QueryResult<Row>> {
    const result = await this.#run(query);
    const rows = result.rows as Row[];
    return result.count === undefined || result.command === "SELECT"
      ? { rows }
      : { rows, numAffectedRows: BigInt(result.count) };
  }

  async #run(query: CompiledQuery): Promise<SessionResult> {
    try {
      return await this.session.query(query.sql, query.parameters);
    } catch (error) {
      throw this.inTransaction ? error : lossOutsideTransaction(error, query.sql);
    }
  }

  // oxlint-disable-next-line require-yield -- kysely asks for a generator
  async *streamQuery<Row>(): AsyncIterableIterator<QueryResult<Row>> {
    throw new TypeError("Rows are not streamed; use copyOut, which streams columns");
  }
}

class SessionDriver implements KyselyDriver {
  readonly #driver: Driver;

  constructor(driver: Driver) {
    this.#driver = driver;
  }

  async init(): Promise<void> {}

  async acquireConnection(options?: { signal?: AbortSignal }): Promise<SessionConnection> {
    return new SessionConnection(await this.#driver.acquire(options?.signal));
  }

  async releaseConnection(connection: SessionConnection): Promise<void> {
    this.#driver.release(connection.session);
  }

  async beginTransaction(
    connection: SessionConnection,
    settings: TransactionSettings,
  ): Promise<void> {
    const isolation =
      settings.isolationLevel === undefined ? "" : ` ISOLATION LEVEL ${settings.isolationLevel}`;
    const access = settings.accessMode === undefined ? "" : ` ${settings.accessMode}`;
    await connection.session.query(`BEGIN${isolation}${access}`, []);
    connection.inTransaction = true;
  }

  async commitTransaction(connection: SessionConnection): Promise<void> {
    let command: string;
    try {
      ({ command } = await connection.session.query("COMMIT", []));
    } catch (error) {
      if (!(error instanceof TablesError) || error.code !== "CONNECTION_LOST") throw error;
      throw commitUnknown(error);
    }
    if (command === "ROLLBACK") {
      throw new TablesError(
        "TRANSACTION_ABORTED",
        "Cannot commit: an earlier statement of the transaction failed, so it was rolled back",
      );
    }
  }

  async rollbackTransaction(connection: SessionConnection): Promise<void> {
    if (connection.session.broken) return;
    await connection.session.query("ROLLBACK", []);
  }

  async savepoint(connection: SessionConnection, name: string): Promise<void> {
    await connection.session.query(`SAVEPOINT ${quoteIdentifier(name)}`, []);
  }

  async rollbackToSavepoint(connection: SessionConnection, name: string): Promise<void> {
    await connection.session.query(`ROLLBACK TO SAVEPOINT ${quoteIdentifier(name)}`, []);
  }

  async releaseSavepoint(connection: SessionConnection, name: string): Promise<void> {
    await connection.session.query(`RELEASE SAVEPOINT ${quoteIdentifier(name)}`, []);
  }

  /** The Connection owns the driver: destroying the Kysely over it closes nothing. */
  async destroy(): Promise<void> {}
}
