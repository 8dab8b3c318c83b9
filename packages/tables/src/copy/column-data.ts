/** How COPY shows columns: typed arrays for fixed-width types, bytes with offsets for the others. */
import type { FixedTypeName, TypeName } from "../definition/column-type.ts";
import type { AnyColumn } from "../definition/column.ts";
import type { AnyTable, FilledName, NullableName } from "../definition/table.ts";

/** The typed array of each fixed-width type; the units stand in src/definition/columns.ts. */
export interface FixedArrays {
  readonly smallint: Int16Array;
  readonly integer: Int32Array;
  readonly bigint: BigInt64Array;
  readonly float4: Float32Array;
  readonly float8: Float64Array;
  readonly boolean: Uint8Array;
  readonly date: Int32Array;
  readonly time: BigInt64Array;
  readonly timestamp: BigInt64Array;
  readonly timestamptz: BigInt64Array;
  /** 16 bytes a value, little-endian: microseconds (i64), days (i32), months (i32). */
  readonly interval: Uint8Array;
  /** 16 bytes a value. */
  readonly uuid: Uint8Array;
  readonly oid: Uint32Array;
  readonly money: BigInt64Array;
  /** 12 bytes a value, little-endian: microseconds (i64), seconds west of UTC (i32). */
  readonly timetz: Uint8Array;
  /** 6 bytes a value. */
  readonly macaddr: Uint8Array;
  /** 8 bytes a value. */
  readonly macaddr8: Uint8Array;
  /** x and y by turns. */
  readonly point: Float64Array;
  /** x and y of the high corner, x and y of the low one. */
  readonly box: Float64Array;
  /** x and y of the start, x and y of the end. */
  readonly lseg: Float64Array;
  /** a, b and c. */
  readonly line: Float64Array;
  /** x, y and radius. */
  readonly circle: Float64Array;
  readonly byteChar: Uint8Array;
  readonly pgLsn: BigUint64Array;
  readonly xid8: BigUint64Array;
  readonly xid: Uint32Array;
  readonly cid: Uint32Array;
  /** 6 bytes a value, big-endian: block (u32), item (u16). */
  readonly tid: Uint8Array;
}

/**
 * A column of a type without a fixed width: value `i` is `bytes[offsets[i], offsets[i + 1])`, in
 * PostgreSQL's binary format. `at(i)` decodes it, as a row of kysely would show it.
 */
export interface VariableColumn<Value> {
  readonly offsets: Uint32Array;
  readonly bytes: Uint8Array;
  at(index: number): Value;
}

type ArrayOf<C extends AnyColumn> = C["type"] extends FixedTypeName
  ? FixedArrays[C["type"]]
  : VariableColumn<"nullable" extends C["$flags"] ? C["$value"] | null : C["$value"]>;

/** What copyOut gives. */
export interface ColumnBatch<T extends AnyTable, Names extends keyof T["columns"] & string> {
  /** Number of rows. */
  readonly count: number;
  readonly columns: { readonly [Name in Names]: ArrayOf<T["columns"][Name]> };
  /**
   * One bitmap per nullable column: bit `i & 7` of byte `i >> 3` is set when value `i` is null. A null's
   * place in a typed array holds zeros.
   */
  readonly nulls: { readonly [Name in Names & NullableName<T["columns"]>]: Uint8Array };
}

/** The arrays that copyOut is to fill, for fixed-width columns; their length is the room they have. */
export type Destination<T extends AnyTable, Names extends keyof T["columns"] & string> = {
  readonly [
    Name in Names as T["columns"][Name]["type"] extends FixedTypeName ? Name : never
  ]?: ArrayOf<T["columns"][Name]>;
};

/** One value for every row of a copyIn. */
export interface Repeated<Value> {
  readonly repeated: Value;
}

export function repeat<Value>(value: Value): Repeated<Value> {
  return { repeated: value };
}

type GivenColumn<C extends AnyColumn> =
  | (C["type"] extends FixedTypeName ? FixedArrays[C["type"]] : VariableColumn<C["$value"] | null>)
  | readonly ("nullable" extends C["$flags"] ? C["$value"] | null : C["$value"])[]
  | Repeated<"nullable" extends C["$flags"] ? C["$value"] | null : C["$value"]>;

type FreeName<T extends AnyTable> = FilledName<T["columns"]> | NullableName<T["columns"]>;

/** What copyIn takes: a column may be left out where the database fills it or null is allowed. */
export interface ColumnInput<T extends AnyTable> {
  /** Number of rows. @default the length of the columns, which must agree */
  readonly count?: number;
  readonly columns: {
    readonly [Name in Exclude<keyof T["columns"], FreeName<T>>]: GivenColumn<T["columns"][Name]>;
  } & {
    readonly [Name in FreeName<T>]?: GivenColumn<T["columns"][Name]>;
  };
  /** Bitmaps as in ColumnBatch. */
  readonly nulls?: { readonly [Name in NullableName<T["columns"]>]?: Uint8Array };
}

export type TypedArray =
  | Int16Array
  | Int32Array
  | Uint32Array
  | BigInt64Array
  | BigUint64Array
  | Float32Array
  | Float64Array
  | Uint8Array;

const ELEMENTS: Partial<Record<TypeName, number>> = {
  uuid: 16,
  interval: 16,
  timetz: 12,
  macaddr: 6,
  macaddr8: 8,
  point: 2,
  box: 4,
  lseg: 4,
  line: 3,
  circle: 3,
  tid: 6,
};

/** Elements of the typed array per value: 1 unless a value has several parts. */
export function elementsPerValue(type: TypeName): number {
  return ELEMENTS[type] ?? 1;
}

export function isNullAt(nulls: Uint8Array, index: number): boolean {
  return ((nulls[index >> 3]! >> (index & 7)) & 1) === 1;
}
