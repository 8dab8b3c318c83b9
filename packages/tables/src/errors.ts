/**
 * The one operational error of this package. Misuse (a wrong argument) is a TypeError or RangeError.
 *
 * Messages name what was being done, to which table and column, and why it failed. They never hold a
 * bound value: what PostgreSQL says in DETAIL (which quotes the row) is kept in `cause` only.
 */

/** What went wrong, for programs. The README's error table explains each. */
export type TablesErrorCode =
  | "DATABASE_UNREACHABLE"
  | "CONNECTION_LOST"
  | "COMMIT_UNKNOWN"
  | "POOL_TIMEOUT"
  | "CONNECTION_CLOSED"
  | "STATEMENT_TIMEOUT"
  | "SERIALIZATION_FAILURE"
  | "TRANSACTION_ABORTED"
  | "UNIQUE_VIOLATION"
  | "FOREIGN_KEY_VIOLATION"
  | "NOT_NULL_VIOLATION"
  | "CHECK_VIOLATION"
  | "OUT_OF_RANGE"
  | "INVALID_VALUE"
  | "TOO_MANY_PARAMETERS"
  | "ROW_TOO_LARGE"
  | "COLUMNS_FULL"
  | "COLUMN_MISMATCH"
  | "SCHEMA_DRIFT"
  | "COPY_FAILED"
  | "MIGRATION_FAILED"
  | "MIGRATION_CHANGED"
  | "MIGRATION_REFUSED"
  | "DATA_DIRECTORY_LOCKED"
  | "QUERY_FAILED";

/** The codes after which the same call may succeed when it is made again. */
const RETRYABLE: ReadonlySet<TablesErrorCode> = new Set([
  "DATABASE_UNREACHABLE",
  "CONNECTION_LOST",
  "POOL_TIMEOUT",
  "SERIALIZATION_FAILURE",
]);

export interface TablesErrorFields {
  readonly table?: string | undefined;
  readonly column?: string | undefined;
  readonly constraint?: string | undefined;
  /** PostgreSQL's five-character SQLSTATE, when the server raised the error. */
  readonly sqlState?: string | undefined;
  readonly cause?: unknown;
}

export class TablesError extends Error {
  override readonly name = "TablesError";
  readonly code: TablesErrorCode;
  readonly table: string | undefined;
  readonly column: string | undefined;
  readonly constraint: string | undefined;
  readonly sqlState: string | undefined;
  /** Whether making the same call again may succeed. Never true once a commit may have happened. */
  readonly retryable: boolean;

  constructor(code: TablesErrorCode, message: string, fields: TablesErrorFields = {}) {
    super(message, fields.cause === undefined ? undefined : { cause: fields.cause });
    this.code = code;
    this.table = fields.table;
    this.column = fields.column;
    this.constraint = fields.constraint;
    this.sqlState = fields.sqlState;
    this.retryable = RETRYABLE.has(code);
  }
}
