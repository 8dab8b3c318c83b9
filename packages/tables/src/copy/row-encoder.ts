/**
 * Columns to binary rows, one piece of about OUTPUT bytes at a time. Memory of the codec:
 *
 *   | descriptors | fixed values, bitmaps | output | this batch's variable values |
 *
 * Pieces are handed out as copies, in two buffers by turns: the codec's memory moves when it grows.
 */
import { TablesError } from "../errors.ts";
import type { CopySource } from "../connection/driver.ts";
import { Codec, DESCRIPTOR, KIND } from "./codec.ts";
import type { ColumnInputPlan, InputPlan } from "./input-plan.ts";

/** Rows of a batch. */
const ROOM = 2048;
const OUTPUT = 1 << 18;
/** A batch ends early when its variable values have this many bytes. */
const BATCH_BYTES = 1 << 22;
const DESCRIPTORS = 16;

interface Place {
  readonly column: ColumnInputPlan;
  readonly values: number;
  readonly nulls: number;
}

export class RowEncoder implements CopySource {
  readonly #plan: InputPlan;
  readonly #codec: Codec = Codec.take();
  readonly #places: Place[];
  readonly #output: number;
  readonly #buffers: readonly [Uint8Array, Uint8Array] = [
    new Uint8Array(OUTPUT),
    new Uint8Array(OUTPUT),
  ];
  readonly #variables: number;
  #turn: 0 | 1 = 0;
  /** The batch: rows [first, first + size), of which `next` is to be encoded. */
  #first = 0;
  #size = 0;
  #next = 0;
  #batchBytes = 0;

  constructor(plan: InputPlan) {
    this.#plan = plan;
    let next = DESCRIPTORS + plan.columns.length * DESCRIPTOR.size;
    const place = (sizeBytes: number): number => {
      const start = (next + 15) & ~15;
      next = start + sizeBytes + 16;
      return start;
    };
    this.#places = plan.columns.map((column) => ({
      column,
      values:
        column.kind === "fixed"
          ? place(column.layout.width * ROOM)
          : column.kind === "repeated"
            ? place(column.bytes?.length ?? 0)
            : 0,
      nulls: column.nullable ? place(ROOM / 8) : 0,
    }));
    this.#output = place(OUTPUT);
    this.#variables = next;
    this.#reserve(next);
    for (const [k, place] of this.#places.entries()) this.#describe(k, place);
  }

  next(): Uint8Array | undefined {
    if (this.#next === this.#size && !this.#load()) return undefined;
    const { exports } = this.#codec;
    const columnCount = this.#plan.columns.length;
    let output = this.#output;
    let done = exports.encode(
      this.#next,
      this.#size,
      output,
      output + OUTPUT,
      DESCRIPTORS,
      columnCount,
    );
    if (done === this.#next) {
      // One row is larger than the output: it gets room of its own behind the batch.
      output = this.#variables + this.#batchBytes;
      const end = output + this.#largestRow();
      this.#reserve(end);
      done = exports.encode(this.#next, this.#next + 1, output, end, DESCRIPTORS, columnCount);
    }
    this.#next = done;
    const size = exports.consumed.value as number;
    const rows = this.#codec.bytes.subarray(output, output + size);
    if (size > OUTPUT) return rows.slice();
    this.#turn = this.#turn === 0 ? 1 : 0;
    const buffer = this.#buffers[this.#turn];
    buffer.set(rows);
    return buffer.subarray(0, size);
  }

  release(): void {
    this.#codec.giveBack();
  }

  /** Brings the next batch into the codec's memory. @returns false at the end */
  #load(): boolean {
    const { count, columns } = this.#plan;
    this.#first += this.#size;
    this.#next = 0;
    this.#size = Math.min(ROOM, count - this.#first);
    if (this.#size === 0) return false;
    const staged = columns.map((column) => {
      if (column.kind !== "variable") return undefined;
      const stage = column.stage(this.#first, this.#size, BATCH_BYTES);
      this.#size = Math.min(this.#size, stage.offsets.length - 1);
      return stage;
    });
    this.#batchBytes = 0;
    for (const [k, place] of this.#places.entries()) {
      const { column } = place;
      if (column.kind === "fixed") this.#loadFixed(place, column.raw(this.#first, this.#size));
      const stage = staged[k];
      if (stage !== undefined) this.#loadVariable(k, stage.bytes, stage.offsets);
      if (place.nulls !== 0) this.#loadNulls(place);
    }
    this.#codec.exports.toWire(DESCRIPTORS, columns.length, this.#size);
    return true;
  }

  #loadFixed(place: Place, raw: Uint8Array): void {
    const { exports, bytes } = this.#codec;
    bytes.set(raw, place.values);
    if (!place.column.finite) return;
    const { width } = place.column.layout;
    const index = exports.firstNotFinite(place.values, this.#size, width);
    if (index === this.#size) return;
    throw new TablesError(
      "INVALID_VALUE",
      `Cannot copy into ${this.#plan.table.name}, column ${place.column.name}: value ${this.#first + index} is NaN or infinite`,
      { table: this.#plan.table.name, column: place.column.name },
    );
  }

  #loadVariable(k: number, values: Uint8Array, offsets: Uint32Array): void {
    const size = offsets[this.#size]!;
    const start = (this.#variables + this.#batchBytes + 15) & ~15;
    const offsetsAt = (start + size + 15) & ~15;
    this.#batchBytes = offsetsAt + (this.#size + 1) * 4 + 16 - this.#variables;
    this.#reserve(this.#variables + this.#batchBytes);
    this.#codec.bytes.set(values.subarray(0, size), start);
    new Uint32Array(this.#codec.bytes.buffer, offsetsAt, this.#size + 1).set(
      offsets.subarray(0, this.#size + 1),
    );
    const at = DESCRIPTORS + k * DESCRIPTOR.size;
    this.#codec.view.setUint32(at + DESCRIPTOR.values, start, true);
    this.#codec.view.setUint32(at + DESCRIPTOR.offsets, offsetsAt, true);
  }

  #loadNulls(place: Place): void {
    const { bytes } = this.#codec;
    bytes.fill(0, place.nulls, place.nulls + ROOM / 8);
    const { column } = place;
    if (column.kind === "repeated" && column.bytes === undefined) {
      bytes.fill(255, place.nulls, place.nulls + ROOM / 8);
    }
    for (let k = 0; k < this.#size; k++) {
      if (column.isNull(this.#first + k)) bytes[place.nulls + (k >> 3)]! |= 1 << (k & 7);
    }
  }

  #describe(k: number, { column, values, nulls }: Place): void {
    const { width, swap, epoch } = column.layout;
    const { view, bytes } = this.#codec;
    const repeated = column.kind === "repeated" ? (column.bytes ?? new Uint8Array(0)) : undefined;
    if (repeated !== undefined) bytes.set(repeated, values);
    const size = repeated?.length ?? (column.kind === "fixed" ? width : 0);
    const words = [KIND[column.kind], size, values, 0, nulls, swap, epoch, 0];
    const at = DESCRIPTORS + k * DESCRIPTOR.size;
    for (const [w, word] of words.entries()) view.setUint32(at + w * 4, word, true);
  }

  /** No row of this batch is larger than all its values together. */
  #largestRow(): number {
    let size = 2 + this.#batchBytes;
    for (const { column } of this.#places) {
      size += 4 + (column.kind === "repeated" ? (column.bytes?.length ?? 0) : column.layout.width);
    }
    return (size + 31) & ~15;
  }

  #reserve(sizeBytes: number): void {
    if (this.#codec.reserve(sizeBytes)) return;
    const table = this.#plan.table.name;
    throw new TablesError(
      "ROW_TOO_LARGE",
      `Cannot copy into ${table}: a row does not fit in memory`,
      {
        table,
      },
    );
  }
}
