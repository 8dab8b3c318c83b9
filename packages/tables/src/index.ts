export { table } from "./definition/table.ts";
export type {
  AnyTable,
  Insert,
  Key,
  Row,
  Table,
  TableConstraints,
  Update,
} from "./definition/table.ts";
export {
  bigint,
  boolean,
  bytea,
  date,
  float4,
  float8,
  instant,
  integer,
  interval,
  json,
  jsonb,
  microseconds,
  numeric,
  smallint,
  text,
  time,
  timestamp,
  timestamptz,
  uuid,
  oid,
  money,
  timetz,
  macaddr,
  macaddr8,
  point,
  box,
  lseg,
  line,
  circle,
  byteChar,
  pgLsn,
  xid8,
  xid,
  cid,
  tid,
} from "./definition/columns.ts";
export type { Box, Circle, Line, Point, Segment } from "./definition/shapes.ts";
export type { Json } from "./definition/columns.ts";
export { Column, sqlDefault } from "./definition/column.ts";
export type { ColumnFlag, ReferenceOptions, SqlDefault } from "./definition/column.ts";

export {
  copyInSql,
  copyOutSql,
  deleteSql,
  insertSql,
  insertValues,
  keyValues,
  selectByIdSql,
  updateSql,
  updateValues,
  upsertSql,
  upsertValues,
} from "./sql/statements.ts";
export { PARAMETER_LIMIT } from "./connection/value-text.ts";
export { createSql } from "./sql/create-sql.ts";

export { connect } from "./connection/connect.ts";
export type { Connection, ConnectOptions, ListenOptions } from "./connection/connect.ts";
export { preparePgliteTemplate } from "./connection/pglite-template.ts";

export { database } from "./database/database.ts";
export type { CopyTarget, KyselyTable, Schema } from "./database/database.ts";
export { transaction } from "./database/transaction.ts";
export type { TransactionOptions } from "./database/transaction.ts";

export { copyIn } from "./copy/copy-in.ts";
export type { CopyInOptions } from "./copy/copy-in.ts";
export { copyOut, copyOutBatches } from "./copy/copy-out.ts";
export type { CopyOutBatchesOptions, CopyOutOptions } from "./copy/copy-out.ts";
export { repeat } from "./copy/column-data.ts";
export type {
  ColumnBatch,
  ColumnInput,
  Destination,
  Repeated,
  VariableColumn,
} from "./copy/column-data.ts";
export type { Condition, OrderBy, Where } from "./copy/where.ts";

export { migrate, revertMigrations } from "./migrations/migrate.ts";
export type { MigrateOptions, RevertOptions } from "./migrations/migrate.ts";
export { generateMigration } from "./migrations/generate.ts";
export type { GeneratedMigration } from "./migrations/generate.ts";
export { driftReport } from "./migrations/drift.ts";
export type { Drift } from "./migrations/drift.ts";
export { migrationCommand } from "./migrations/command.ts";
export type { CommandOutcome, MigrationCommand } from "./migrations/command.ts";

export { TablesError } from "./errors.ts";
export type { TablesErrorCode, TablesErrorFields } from "./errors.ts";
