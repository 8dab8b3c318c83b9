/**
 * Rows as they stand in a record of the log, and from there in shared memory (wasm/append.ts):
 *
 *     rows u32 · variableAt u32 · 0 u64 │ columns, rows × width each │ variable values, row by row
 *
 * `variableAt` counts from the end of those 16 bytes. Of a variable column the lengths (u32) stand in its place.
 */
import { StorageError } from "../errors.ts";
import type { RecordSink } from "../engine/engine.ts";
import { PAGE_BYTES } from "../pool/page-pool.ts";
import type { PlacedColumn, RowLayout } from "./row-layout.ts";

export const BATCH_HEADER_BYTES = 16;
const TWO_32 = 0x1_0000_0000;

/** Values of columns, however the caller has them. */
export interface Values {
  at(column: PlacedColumn, row: number): unknown;
  /** The values of a column of fixed bytes in one piece, when the caller has them so. */
  flat?(column: PlacedColumn): Uint8Array | undefined;
}

const RANGES = {
  u8: [0, 0xff],
  u16: [0, 0xffff],
  u32: [0, 0xffff_ffff],
  u64: [0, Number.MAX_SAFE_INTEGER],
  i32: [-0x8000_0000, 0x7fff_ffff],
  i64: [Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER],
} as const;

export class BatchEncoder {
  readonly #layout: RowLayout;
  readonly #table: string;
  /** Variable values of the rows being encoded, as bytes. */
  readonly #variable: Uint8Array[] = [];
  readonly #text = new TextEncoder();

  constructor(layout: RowLayout, table: string) {
    this.#layout = layout;
    this.#table = table;
  }

  /** How many rows fit into so many bytes, variable values apart. */
  rowsIn(sizeBytes: number): number {
    return Math.max(1, Math.floor((sizeBytes - BATCH_HEADER_BYTES) / this.#layout.rowBytes));
  }

  /** Appends a record of rows [from, from + rows). Throws, with nothing appended, when a value does not fit. */
  append(
    sink: RecordSink,
    type: number,
    table: number,
    values: Values,
    from: number,
    rows: number,
  ): void {
    const { columns } = this.#layout;
    const variableBytes =
      this.#layout.variableColumns === 0 ? 0 : this.#measure(values, from, rows);
    let variableAt = 0;
    for (const column of columns) variableAt += column.width * rows;
    const at = sink.append(type, table, BATCH_HEADER_BYTES + variableAt + variableBytes);
    const { bytes, view } = sink;
    view.setUint32(at, rows, true);
    view.setUint32(at + 4, variableAt, true);
    view.setUint32(at + 8, 0, true);
    view.setUint32(at + 12, 0, true);
    let to = at + BATCH_HEADER_BYTES;
    let lengths = 0;
    for (const column of columns) {
      if (column.variable) {
        for (let row = 0; row < rows; row++) {
          const index = row * this.#layout.variableColumns + lengths;
          view.setUint32(to + 4 * row, this.#variable[index]!.length, true);
        }
        lengths++;
      } else this.#putColumn(column, values, from, rows, sink, to);
      to += column.width * rows;
    }
    for (let k = 0; k < rows * this.#layout.variableColumns; k++) {
      const value = this.#variable[k]!;
      bytes.set(value, to);
      to += value.length;
    }
  }

  #putColumn(
    column: PlacedColumn,
    values: Values,
    from: number,
    rows: number,
    { bytes, view }: RecordSink,
    to: number,
  ): void {
    const { width } = column;
    const flat = values.flat?.(column);
    if (flat !== undefined) bytes.set(flat.subarray(from * width, (from + rows) * width), to);
    else {
      for (let row = 0; row < rows; row++) {
        this.#put(column, values.at(column, from + row), bytes, view, to + row * width);
      }
    }
  }

  /** Collects the variable values, row by row, and answers their bytes. */
  #measure(values: Values, from: number, rows: number): number {
    const room = PAGE_BYTES - this.#layout.columnsEnd;
    let sum = 0;
    let k = 0;
    for (let row = 0; row < rows; row++) {
      let ofRow = 0;
      for (const column of this.#layout.columns) {
        if (!column.variable) continue;
        const value = this.#bytesOf(column, values.at(column, from + row));
        this.#variable[k++] = value;
        ofRow += value.length;
      }
      if (ofRow > room) {
        throw new StorageError(
          "LIMIT",
          `Cannot add to ${this.#table}: the variable values of a row have ${ofRow} bytes, ${room} fit`,
          { table: this.#table },
        );
      }
      sum += ofRow;
    }
    return sum;
  }

  #bytesOf(column: PlacedColumn, value: unknown): Uint8Array {
    if (column.column.type === "text") {
      if (typeof value !== "string") throw this.#wrong(column, "a string");
      return this.#text.encode(value);
    }
    if (!(value instanceof Uint8Array)) throw this.#wrong(column, "a Uint8Array");
    return value;
  }

  #put(column: PlacedColumn, value: unknown, bytes: Uint8Array, view: DataView, at: number): void {
    const { type } = column.column;
    if (type === "bytes") {
      if (!(value instanceof Uint8Array) || value.length !== column.width) {
        throw this.#wrong(column, `a Uint8Array of ${column.width} bytes`);
      }
      bytes.set(value, at);
      return;
    }
    const number = typeof value === "bigint" ? Number(value) : value;
    if (typeof number !== "number") throw this.#wrong(column, "a number");
    if (type === "f64") view.setFloat64(at, number, true);
    else if (type === "f32") view.setFloat32(at, number, true);
    else if (type !== "text" && type !== "blob") {
      const [least, most] = RANGES[type];
      if (!Number.isInteger(number) || number < least || number > most) {
        throw this.#wrong(column, `a whole number from ${least} to ${most}`);
      }
      putWhole(type, number, view, at);
    }
  }

  #wrong({ name, column }: PlacedColumn, expected: string): TypeError {
    return new TypeError(`${this.#table}.${name} (${column.type}) takes ${expected}`);
  }
}

function putWhole(type: keyof typeof RANGES, value: number, view: DataView, at: number): void {
  switch (type) {
    case "u8":
      view.setUint8(at, value);
      break;
    case "u16":
      view.setUint16(at, value, true);
      break;
    case "u32":
    case "i32":
      view.setInt32(at, value | 0, true);
      break;
    case "u64":
    case "i64":
      view.setInt32(at, value | 0, true);
      view.setInt32(at + 4, Math.floor(value / TWO_32), true);
      break;
  }
}
