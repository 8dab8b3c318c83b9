/** Columns of a series, and what their values are in TypeScript. */

export type ColumnType =
  | "u8"
  | "u16"
  | "u32"
  | "u64"
  | "i32"
  | "i64"
  | "f32"
  | "f64"
  | "bytes"
  | "text"
  | "blob";

export type ColumnRole = "value" | "key" | "time";

export interface Column<Value = unknown, Role extends ColumnRole = ColumnRole> {
  readonly role: Role;
  readonly type: ColumnType;
  /** Bytes of a value; 0 when each has its own length. */
  readonly widthBytes: number;
  /** What a variable value is expected to take: pages are divided by it. */
  readonly typicalBytes?: number;
  /** Never there: carries the type of values. */
  readonly declares?: Value;
}

type Value<T> = Column<T, "value">;

/** Whole numbers; those of 64 bits as numbers too, up to ±(2^53 − 1). */
export const u8: Value<number> = { role: "value", type: "u8", widthBytes: 1 };
export const u16: Value<number> = { role: "value", type: "u16", widthBytes: 2 };
export const u32: Value<number> = { role: "value", type: "u32", widthBytes: 4 };
export const u64: Value<number> = { role: "value", type: "u64", widthBytes: 8 };
export const i32: Value<number> = { role: "value", type: "i32", widthBytes: 4 };
export const i64: Value<number> = { role: "value", type: "i64", widthBytes: 8 };
export const f32: Value<number> = { role: "value", type: "f32", widthBytes: 4 };
export const f64: Value<number> = { role: "value", type: "f64", widthBytes: 8 };

/** So many bytes, always. */
export function bytes(widthBytes: number): Value<Uint8Array> {
  if (!Number.isInteger(widthBytes) || widthBytes < 1 || widthBytes > 4000) {
    throw new RangeError(`bytes takes a whole number from 1 to 4000, not ${widthBytes}`);
  }
  return { role: "value", type: "bytes", widthBytes };
}

export const bytes16: Value<Uint8Array> = bytes(16);

/** Text of any length that fits into a page, as UTF-8. */
export const text: Value<string> = variable("text", 32);

/** Bytes of any length that fits into a page. */
export const blob: Value<Uint8Array> = variable("blob", 64);

/** A variable column whose values usually have about so many bytes. */
export function typically<T>(column: Value<T>, typicalBytes: number): Value<T> {
  if (column.widthBytes !== 0) throw new TypeError("Only text and blob have a typical length");
  return { ...column, typicalBytes };
}

/** The column that point reads go by: u32, u64, or 4, 8 or 16 bytes. */
export function key<T>(column: Value<T>): Column<T, "key"> {
  const { type, widthBytes } = column;
  const whole = type === "u32" || type === "u64" || type === "bytes";
  if (!whole || ![4, 8, 16].includes(widthBytes)) {
    throw new TypeError("A key is u32, u64, bytes(4), bytes(8) or bytes(16)");
  }
  return { ...column, role: "key" };
}

/** The column that ranges go by: microseconds since 1970, or whatever whole number grows. */
export function time(_unit: "micros"): Column<number, "time"> {
  return { role: "time", type: "i64", widthBytes: 8 };
}

function variable<T>(type: "text" | "blob", typicalBytes: number): Value<T> {
  return { role: "value", type, widthBytes: 0, typicalBytes };
}

export type Columns = Readonly<Record<string, Column>>;

export type ValueOf<C> = C extends Column<infer T> ? T : never;

/** A row as an object. */
export type RowOf<C extends Columns> = { readonly [Name in keyof C]: ValueOf<C[Name]> };

/** The type of the key column's values; never when there is none. */
export type KeyOf<C extends Columns> = {
  [Name in keyof C]: C[Name] extends Column<infer T, "key"> ? T : never;
}[keyof C];

/** Many rows, column by column. Fixed bytes stand one after the other. */
export type ColumnsOf<C extends Columns> = {
  readonly [Name in keyof C]: ValueOf<C[Name]> extends string
    ? readonly string[]
    : ValueOf<C[Name]> extends number
      ? ArrayLike<number> | BigInt64Array | BigUint64Array
      : C[Name]["widthBytes"] extends 0
        ? readonly Uint8Array[]
        : Uint8Array | readonly Uint8Array[];
};
