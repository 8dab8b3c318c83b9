/** One column that copyOut fills: the caller's array, or memory that grows. */
import { TablesError } from "../errors.ts";
import type { TypeName } from "../definition/column-type.ts";
import type { AnyTable } from "../definition/table.ts";
import { decodeBinary, dimensionCount } from "./binary-value.ts";
import { elementsPerValue, isNullAt, type TypedArray } from "./column-data.ts";
import { columnLayout, type ColumnLayout } from "./column-layout.ts";
import { GrowingBytes, type Allocate } from "./growing-bytes.ts";

export class ColumnTarget {
  readonly name: string;
  readonly type: TypeName;
  readonly nullable: boolean;
  readonly layout: ColumnLayout;
  readonly #table: AnyTable;
  readonly #given: TypedArray | undefined;
  readonly #values: GrowingBytes;
  readonly #offsets: GrowingBytes;
  readonly #nulls: GrowingBytes;
  #usedBytes = 0;

  /** @param expectedRows how many it usually gets; 0 when that is not known */
  constructor(
    table: AnyTable,
    name: string,
    given: TypedArray | undefined,
    allocate?: Allocate,
    expectedRows: number = 0,
  ) {
    const { type, state } = table.columns[name]!;
    this.#table = table;
    this.name = name;
    this.type = type;
    this.nullable = state.nullable;
    this.layout = columnLayout(type);
    if (given !== undefined && (this.layout.width === 0 || !(given instanceof this.layout.array))) {
      throw new TypeError(
        `"into" has no ${this.layout.array.name} for column "${name}" of table "${table.name}"`,
      );
    }
    this.#given = given;
    this.#values = new GrowingBytes(allocate, expectedRows * this.layout.width);
    this.#offsets = new GrowingBytes(undefined);
    this.#nulls = new GrowingBytes(undefined);
  }

  /** Appends `count` fixed values, in our byte order, behind row `first`. */
  appendFixed(values: Uint8Array, first: number, count: number): void {
    const { width } = this.layout;
    if (this.#given === undefined) {
      this.#values.ensure((first + count) * width);
      this.#values.bytes.set(values, first * width);
      return;
    }
    const { buffer, byteOffset, byteLength } = this.#given;
    if ((first + count) * width > byteLength) throw this.#full(Math.floor(byteLength / width));
    new Uint8Array(buffer, byteOffset, byteLength).set(values, first * width);
  }

  /** Appends values of any size; `offsets` has `count + 1` entries that start at 0. */
  appendVariable(bytes: Uint8Array, offsets: Uint32Array, first: number, count: number): void {
    const base = this.#usedBytes;
    this.#usedBytes += bytes.length;
    this.#values.ensure(this.#usedBytes);
    this.#values.bytes.set(bytes, base);
    this.#offsets.ensure((first + count + 1) * 4);
    const target = new Uint32Array(this.#offsets.bytes.buffer);
    for (let k = 0; k <= count; k++) target[first + k] = base + offsets[k]!;
  }

  appendNulls(bitmap: Uint8Array, first: number, count: number): void {
    this.#nulls.ensure((first + count + 7) >> 3);
    const target = this.#nulls.bytes;
    for (let at = 0; at < (count + 7) >> 3; at++) {
      const bits = bitmap[at]!;
      if (bits === 0) continue;
      for (let bit = 0; bit < 8; bit++) {
        if (((bits >> bit) & 1) === 0) continue;
        const index = first + at * 8 + bit;
        target[index >> 3]! |= 1 << (index & 7);
      }
    }
  }

  nulls(count: number): Uint8Array {
    this.#nulls.ensure((count + 7) >> 3);
    return this.#nulls.bytes.subarray(0, (count + 7) >> 3);
  }

  /** The column as ColumnBatch shows it. */
  finish(count: number): unknown {
    if (this.layout.width === 0) return this.#variable(count);
    const elements = count * elementsPerValue(this.type);
    if (this.#given !== undefined) return this.#given.subarray(0, elements);
    const { array: TypedColumn } = this.layout;
    this.#values.ensure(1);
    return new TypedColumn(this.#values.bytes.buffer, 0, elements);
  }

  #variable(count: number): unknown {
    this.#offsets.ensure(4);
    const offsets = new Uint32Array(this.#offsets.bytes.buffer, 0, count + 1);
    const bytes = this.#values.bytes.subarray(0, this.#usedBytes);
    const nulls = this.nullable ? this.nulls(count) : undefined;
    return {
      offsets,
      bytes,
      at: (index: number): unknown =>
        nulls !== undefined && isNullAt(nulls, index)
          ? null
          : this.#valueOf(bytes.subarray(offsets[index]!, offsets[index + 1]!)),
    };
  }

  #valueOf(bytes: Uint8Array): unknown {
    const { dimensions: expected } = this.#table.columns[this.name]!.state;
    const dimensions = expected === 0 ? 0 : dimensionCount(bytes);
    if (dimensions === 0 || dimensions === expected) return decodeBinary(bytes, this.type);
    const { name: table } = this.#table;
    throw new TablesError(
      "SCHEMA_DRIFT",
      `Cannot read column ${this.name} of ${table}: an array has ${dimensions} dimensions, not ${expected}`,
      { table, column: this.name },
    );
  }

  #full(room: number): TablesError {
    const { name: table } = this.#table;
    return new TablesError(
      "COLUMNS_FULL",
      `Cannot read column ${this.name} of ${table}: the result has more rows than the ${room} that its array holds`,
      { table, column: this.name },
    );
  }
}
