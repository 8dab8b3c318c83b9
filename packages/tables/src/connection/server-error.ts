/** Turns what a driver throws (a server's error, a socket's error) into a TablesError. */
import { TablesError, type TablesErrorCode } from "../errors.ts";

const BY_SQL_STATE: Readonly<Record<string, TablesErrorCode>> = {
  "40001": "SERIALIZATION_FAILURE",
  "40P01": "SERIALIZATION_FAILURE",
  "25P02": "TRANSACTION_ABORTED",
  "23505": "UNIQUE_VIOLATION",
  "23503": "FOREIGN_KEY_VIOLATION",
  "23502": "NOT_NULL_VIOLATION",
  "23514": "CHECK_VIOLATION",
  "22003": "OUT_OF_RANGE",
  "22008": "OUT_OF_RANGE",
  "22001": "ROW_TOO_LARGE",
  "54000": "ROW_TOO_LARGE",
  "22P02": "INVALID_VALUE",
  "22P03": "INVALID_VALUE",
  "22007": "INVALID_VALUE",
  "22021": "INVALID_VALUE",
  "22P04": "COPY_FAILED",
  "42P01": "SCHEMA_DRIFT",
  "42703": "SCHEMA_DRIFT",
  "42804": "SCHEMA_DRIFT",
  "57014": "STATEMENT_TIMEOUT",
  "55P03": "STATEMENT_TIMEOUT",
  MAX_PARAMETERS_EXCEEDED: "TOO_MANY_PARAMETERS",
  "57P01": "CONNECTION_LOST",
  "57P02": "CONNECTION_LOST",
  "57P03": "DATABASE_UNREACHABLE",
  "53300": "DATABASE_UNREACHABLE",
};

/** Codes of Node's sockets and of the postgres driver that mean: there is no server to talk to. */
const UNREACHABLE = new Set([
  "ECONNREFUSED",
  "ENOTFOUND",
  "EAI_AGAIN",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "ENOENT",
  "EACCES",
  "ETIMEDOUT",
  "CONNECT_TIMEOUT",
]);

const LOST = new Set([
  "ECONNRESET",
  "EPIPE",
  "CONNECTION_CLOSED",
  "CONNECTION_DESTROYED",
  "CONNECTION_ENDED",
]);

const WHAT: Partial<Record<TablesErrorCode, string>> = {
  SERIALIZATION_FAILURE: "a concurrent transaction changed what this one read",
  TRANSACTION_ABORTED: "an earlier statement of the transaction failed",
  UNIQUE_VIOLATION: "a row with the same key exists",
  FOREIGN_KEY_VIOLATION: "the referenced row does not exist, or a row still refers to this one",
  NOT_NULL_VIOLATION: "a required column is null",
  CHECK_VIOLATION: "a check constraint refuses the row",
  SCHEMA_DRIFT: "the database's table or column is not as the definition says",
  OUT_OF_RANGE: "a value is outside its column's range",
  ROW_TOO_LARGE: "a value or row is larger than its column or a page allows",
  STATEMENT_TIMEOUT: "the statement was cancelled or ran into its time limit",
};

/** The fields that the postgres driver (`table_name`) and PGlite (`table`) put on a server's error. */
interface ServerErrorLike {
  readonly code?: unknown;
  readonly message?: unknown;
  readonly severity?: unknown;
  readonly table?: unknown;
  readonly table_name?: unknown;
  readonly column?: unknown;
  readonly column_name?: unknown;
  readonly constraint?: unknown;
  readonly constraint_name?: unknown;
  readonly where?: unknown;
  readonly routine?: unknown;
}

/**
 * @param action what was being done, for the message: "Cannot insert into particles"
 */
export function serverError(error: unknown, action: string): TablesError {
  if (error instanceof TablesError) return error;
  const fields = (typeof error === "object" && error !== null ? error : {}) as ServerErrorLike;
  const state = text(fields.code);
  const where = copyPosition(text(fields.where));
  const code = where !== undefined && isLayout(state, fields) ? "SCHEMA_DRIFT" : codeOf(state);
  const table = text(fields.table_name) ?? text(fields.table) ?? where?.table;
  const constraint = text(fields.constraint_name) ?? text(fields.constraint);
  const column =
    text(fields.column_name) ??
    text(fields.column) ??
    where?.column ??
    finiteColumn(table, constraint);
  const place =
    table === undefined
      ? ""
      : ` (table ${table}${column === undefined ? "" : `, column ${column}`})`;
  return new TablesError(code, `${action}: ${reason(code, fields)}${place}`, {
    table,
    column,
    constraint,
    sqlState: state !== undefined && /^[0-9A-Z]{5}$/.test(state) ? state : undefined,
    cause: error,
  });
}

/**
 * In a COPY these say that a value has not the size of its column's type. 22P03 has other meanings too, such
 * as a circle of negative radius; then another function than COPY's own raises it.
 */
function isLayout(state: string | undefined, { routine }: ServerErrorLike): boolean {
  return state === "08P01" || (state === "22P03" && routine === "CopyReadBinaryAttribute");
}

/**
 * What a loss in the middle of a statement outside a transaction means: unless it only read, it may have
 * been committed before the answer was lost. (A loss noticed before sending has no cause.)
 */
export function lossOutsideTransaction(error: unknown, text: string): unknown {
  if (!(error instanceof TablesError) || error.code !== "CONNECTION_LOST") return error;
  if (error.cause === undefined || /^\s*(?:SELECT|SHOW|EXPLAIN|TABLE|VALUES)\b/i.test(text))
    return error;
  return commitUnknown(error);
}

export function commitUnknown(cause: unknown): TablesError {
  const message =
    "The connection was lost while committing: the change may or may not have happened";
  return new TablesError("COMMIT_UNKNOWN", message, { cause });
}

function codeOf(state: string | undefined): TablesErrorCode {
  if (state === undefined) return "QUERY_FAILED";
  if (UNREACHABLE.has(state)) return "DATABASE_UNREACHABLE";
  if (LOST.has(state)) return "CONNECTION_LOST";
  const known = BY_SQL_STATE[state];
  if (known !== undefined) return known;
  if (state.startsWith("08")) return "CONNECTION_LOST";
  if (state.startsWith("28") || state === "3D000") return "DATABASE_UNREACHABLE";
  return "QUERY_FAILED";
}

/**
 * Our own words where the server's message quotes the value (invalid input syntax for type uuid:
 * "…"); the server's words otherwise.
 */
function reason(code: TablesErrorCode, fields: ServerErrorLike): string {
  const own = WHAT[code];
  if (own !== undefined) return own;
  const message = text(fields.message) ?? "unknown error";
  return code === "INVALID_VALUE" ? message.replace(/: ".*$/s, "") : message;
}

/** COPY errors name their place only in CONTEXT: `COPY particles, line 3, column mass: "x"`. */
function copyPosition(where: string | undefined): { table: string; column?: string } | undefined {
  const match = /^COPY ([^,]+), line \d+(?:, column ([^:]+))?/.exec(where ?? "");
  if (match === null) return undefined;
  const column = match[2];
  return column === undefined ? { table: match[1]! } : { table: match[1]!, column };
}

/** The column of one of our own constraints: see finiteSql. */
function finiteColumn(table: string | undefined, constraint: string | undefined) {
  const [start, end] = [`${table}_`, "_finite"];
  return table !== undefined && constraint?.startsWith(start) && constraint.endsWith(end)
    ? constraint.slice(start.length, -end.length)
    : undefined;
}

function text(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}
