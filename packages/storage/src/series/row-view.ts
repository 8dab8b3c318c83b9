/**
 * A row in place: one object per cursor whose getters read the bytes where they stand.
 *
 * Addresses are kept as signed 32-bit numbers, which V8 stores without a box, and become indexes by `>>>`.
 * Getters of number columns make no garbage. Those of bytes answer a view of the page (about 35 ns), those of text
 * a string.
 */
import type { SharedPool } from "../pool/shared-pool.ts";
import type { Columns, RowOf } from "./column.ts";
import type { PlacedColumn, RowLayout } from "./row-layout.ts";

const TWO_32 = 0x1_0000_0000;

/** The memory as arrays; one object a thread and database. */
export class Words {
  readonly u8: Uint8Array<SharedArrayBuffer>;
  readonly u16: Uint16Array<SharedArrayBuffer>;
  readonly u32: Uint32Array<SharedArrayBuffer>;
  readonly i32: Int32Array<SharedArrayBuffer>;
  readonly f32: Float32Array<SharedArrayBuffer>;
  readonly f64: Float64Array<SharedArrayBuffer>;
  readonly text: Buffer<SharedArrayBuffer>;

  constructor({ bytes: { buffer } }: SharedPool) {
    this.u8 = new Uint8Array(buffer);
    this.u16 = new Uint16Array(buffer);
    this.u32 = new Uint32Array(buffer);
    this.i32 = new Int32Array(buffer);
    this.f32 = new Float32Array(buffer);
    this.f64 = new Float64Array(buffer);
    this.text = Buffer.from(buffer);
  }
}

/** Where a cursor stands. The getters of columns are added by `rowViewClass`. */
export class RowPlace {
  readonly $words: Words;
  /** Address of the page, as a signed number. */
  $page = 0;
  $row = 0;

  constructor(words: Words) {
    this.$words = words;
  }
}

type Getter = (this: RowPlace) => unknown;

/** The getter of a column; the offsets are constants of the closure. */
function getterOf({ column, variable, offset, width }: PlacedColumn): Getter {
  switch (column.type) {
    case "u8":
      return function () {
        return this.$words.u8[((this.$page + offset) >>> 0) + this.$row];
      };
    case "u16":
      return function () {
        return this.$words.u16[((this.$page + offset) >>> 1) + this.$row];
      };
    case "u32":
      return function () {
        return this.$words.u32[((this.$page + offset) >>> 2) + this.$row];
      };
    case "i32":
      return function () {
        return this.$words.i32[((this.$page + offset) >>> 2) + this.$row];
      };
    case "u64":
    case "i64":
      return function () {
        const at = ((this.$page + offset) >>> 2) + 2 * this.$row;
        return this.$words.i32[at + 1]! * TWO_32 + this.$words.u32[at]!;
      };
    case "f32":
      return function () {
        return this.$words.f32[((this.$page + offset) >>> 2) + this.$row];
      };
    case "f64":
      return function () {
        return this.$words.f64[((this.$page + offset) >>> 3) + this.$row];
      };
    case "text":
      return function () {
        const word = this.$words.u32[((this.$page + offset) >>> 2) + this.$row]!;
        const at = (this.$page >>> 0) + (word & 0xffff);
        return this.$words.text.toString("utf8", at, at + (word >>> 16));
      };
    case "blob":
    case "bytes":
      return function () {
        const { buffer } = this.$words.u8;
        if (!variable) {
          return new Uint8Array(buffer, ((this.$page + offset) >>> 0) + this.$row * width, width);
        }
        const word = this.$words.u32[((this.$page + offset) >>> 2) + this.$row]!;
        return new Uint8Array(buffer, (this.$page >>> 0) + (word & 0xffff), word >>> 16);
      };
  }
}

export type RowView<C extends Columns> = RowPlace & RowOf<C>;

const CLASSES = new WeakMap<RowLayout, new (words: Words) => RowPlace>();

/** The class of rows of this layout. */
export function rowViewClass<C extends Columns>(
  layout: RowLayout,
): new (words: Words) => RowView<C> {
  let made = CLASSES.get(layout);
  if (made === undefined) {
    made = class extends RowPlace {};
    for (const column of layout.columns) {
      Object.defineProperty(made.prototype, column.name, {
        get: getterOf(column),
        enumerable: true,
      });
    }
    CLASSES.set(layout, made);
  }
  return made as new (words: Words) => RowView<C>;
}

/** The row as an object of its own, which stays when the cursor moves. */
export function copyRow<C extends Columns>(layout: RowLayout, row: RowView<C>): RowOf<C> {
  const copy: Record<string, unknown> = {};
  for (const { name } of layout.columns) {
    const value: unknown = (row as Readonly<Record<string, unknown>>)[name];
    copy[name] = value instanceof Uint8Array ? value.slice() : value;
  }
  return copy as RowOf<C>;
}
