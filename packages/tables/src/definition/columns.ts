/**
 * The words of a definition: one function per type. Values in rows are exact: 64-bit integers and
 * times are `bigint`, numeric is a string.
 */
import { Column } from "./column.ts";
import type { Box, Circle, Line, Point, Segment } from "./shapes.ts";

/** A JSON document. */
export type Json =
  | string
  | number
  | boolean
  | null
  | readonly Json[]
  | { readonly [key: string]: Json | undefined };

/** 16-bit integer; `number` in rows, `Int16Array` in columns. */
export function smallint(): Column<"smallint", number, never> {
  return new Column("smallint");
}

/** 32-bit integer; `number` in rows, `Int32Array` in columns. */
export function integer(): Column<"integer", number, never> {
  return new Column("integer");
}

/** 64-bit integer; `bigint` in rows, `BigInt64Array` in columns. */
export function bigint(): Column<"bigint", bigint, never> {
  return new Column("bigint");
}

/** 32-bit float; `number` in rows, `Float32Array` in columns. */
export function float4(): Column<"float4", number, never> {
  return new Column("float4");
}

/** 64-bit float; `number` in rows, `Float64Array` in columns. */
export function float8(): Column<"float8", number, never> {
  return new Column("float8");
}

/** `boolean` in rows, one byte each (0 or 1) in a `Uint8Array` in columns. */
export function boolean(): Column<"boolean", boolean, never> {
  return new Column("boolean");
}

/** Calendar day; `"2026-11-21"` in rows, days since 1970-01-01 in an `Int32Array` in columns. */
export function date(): Column<"date", string, never> {
  return new Column("date");
}

/** Time of day; `"12:30:00.5"` in rows, microseconds since midnight in a `BigInt64Array`. */
export function time(): Column<"time", string, never> {
  return new Column("time");
}

/** Wall-clock time without a zone; microseconds since 1970-01-01T00:00, `bigint`. */
export function timestamp(): Column<"timestamp", bigint, never> {
  return new Column("timestamp");
}

/** A moment; microseconds since 1970-01-01T00:00Z, `bigint`. See `microseconds` and `instant`. */
export function timestamptz(): Column<"timestamptz", bigint, never> {
  return new Column("timestamptz");
}

/** `"1 mon 2 days 03:00:00"` in rows; 16 bytes each in columns (µs, days, months). */
export function interval(): Column<"interval", string, never> {
  return new Column("interval");
}

/** Lower-case hyphenated string in rows; 16 bytes each in columns. */
export function uuid(): Column<"uuid", string, never> {
  return new Column("uuid");
}

/** Unsigned 32-bit object id; `number` in rows, `Uint32Array` in columns. */
export function oid(): Column<"oid", number, never> {
  return new Column("oid");
}

/** `"-1234.50"` in rows, hundredths in a `BigInt64Array` in columns; sessions have lc_monetary C. */
export function money(): Column<"money", string, never> {
  return new Column("money");
}

/** `"12:30:00.5+02"` in rows; 12 bytes each in columns (µs, seconds west of UTC). */
export function timetz(): Column<"timetz", string, never> {
  return new Column("timetz");
}

/** `"08:00:2b:01:02:03"` in rows; 6 bytes each in columns. */
export function macaddr(): Column<"macaddr", string, never> {
  return new Column("macaddr");
}

/** `"08:00:2b:ff:fe:01:02:03"` in rows; 8 bytes each in columns. */
export function macaddr8(): Column<"macaddr8", string, never> {
  return new Column("macaddr8");
}

/** `{ x, y }` in rows; two numbers each, x and y, in a `Float64Array` in columns. */
export function point(): Column<"point", Point, never> {
  return new Column("point");
}

/** Two points in rows; four numbers each in a `Float64Array`: x and y of `high`, x and y of `low`. */
export function box(): Column<"box", Box, never> {
  return new Column("box");
}

/** Two points in rows; four numbers each in a `Float64Array`: x and y of `start`, x and y of `end`. */
export function lseg(): Column<"lseg", Segment, never> {
  return new Column("lseg");
}

/** `{ a, b, c }` in rows; these three numbers each in a `Float64Array` in columns. */
export function line(): Column<"line", Line, never> {
  return new Column("line");
}

/** `{ center, radius }` in rows; three numbers each, x, y and radius, in a `Float64Array`. */
export function circle(): Column<"circle", Circle, never> {
  return new Column("circle");
}

/**
 * PostgreSQL's `"char"`, one byte: `"a"` in rows, `"\\377"` (octal) beyond ASCII, `""` for 0; the byte in
 * a `Uint8Array` in columns.
 */
export function byteChar(): Column<"byteChar", string, never> {
  return new Column("byteChar");
}

/** A place in the write-ahead log; `"16/B374D848"` in rows, `BigUint64Array` in columns. */
export function pgLsn(): Column<"pgLsn", string, never> {
  return new Column("pgLsn");
}

/** Transaction id that does not wrap around; `bigint` in rows, `BigUint64Array` in columns. */
export function xid8(): Column<"xid8", bigint, never> {
  return new Column("xid8");
}

/** 32-bit transaction id; `number` in rows, `Uint32Array` in columns. */
export function xid(): Column<"xid", number, never> {
  return new Column("xid");
}

/** Number of a command within its transaction; `number` in rows, `Uint32Array` in columns. */
export function cid(): Column<"cid", number, never> {
  return new Column("cid");
}

/** Where a row version lies; `"(block,item)"` in rows, 6 bytes each in columns, big-endian (4 and 2). */
export function tid(): Column<"tid", string, never> {
  return new Column("tid");
}

/** Exact decimal; a string in rows and from a column's `at()`. */
export function numeric(): Column<"numeric", string, never> {
  return new Column("numeric");
}

export function text(): Column<"text", string, never> {
  return new Column("text");
}

export function bytea(): Column<"bytea", Uint8Array, never> {
  return new Column("bytea");
}

/** A JSON document kept as text; `jsonb` is what you usually want. */
export function json<Value = Json>(): Column<"json", Value, never> {
  return new Column("json");
}

/** A JSON document; the type argument is a claim that nothing checks. */
export function jsonb<Value = Json>(): Column<"jsonb", Value, never> {
  return new Column("jsonb");
}

/** Microseconds since the epoch of a Date, for timestamptz columns. */
export function microseconds(date: Date): bigint {
  return BigInt(date.getTime()) * 1000n;
}

/** The Date (whole milliseconds, rounded down) of a timestamptz value. */
export function instant(microsecondsSinceEpoch: bigint): Date {
  return new Date(
    Number(BigInt.asIntN(64, microsecondsSinceEpoch - mod(microsecondsSinceEpoch)) / 1000n),
  );
}

function mod(value: bigint): bigint {
  return ((value % 1000n) + 1000n) % 1000n;
}
