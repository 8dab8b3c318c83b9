/**
 * The server's answer to a COPY out, decoded as it arrives: bytes are copied into the codec's memory,
 * decoded there a few thousand rows at a time (which stay in the processor's cache), and moved to the
 * columns by one bulk copy each. Memory of the codec:
 *
 *   | descriptors | input | carry (2 × input) | per column: values, offsets, nulls |
 *
 * A variable column has room for all of input and carry, so a pass can not overflow it.
 */
import { TablesError } from "../errors.ts";
import type { CopySink, OnMessage } from "../connection/driver.ts";
import type { AnyTable } from "../definition/table.ts";
import { Codec, DESCRIPTOR, KIND } from "./codec.ts";
import type { ColumnTarget } from "./column-target.ts";

/** Rows of one pass. */
const ROOM = 2048;
const FIRST_INPUT = 1 << 17;
const MESSAGE_NEXT = 1;

const DEFECTS: Readonly<Record<number, string>> = {
  [-1]: "a row has another number of fields than the definition",
  [-2]: "a value has another size than its type",
  [-3]: "a value is null, and the definition says that it never is",
};

export interface DecoderLimits {
  /** A row of more bytes is ROW_TOO_LARGE. */
  readonly rowBytes: number;
}

interface Place {
  readonly target: ColumnTarget;
  readonly values: number;
  readonly offsets: number;
  readonly nulls: number;
}

export class RowDecoder implements CopySink {
  readonly slow: boolean = false;
  readonly #table: AnyTable;
  readonly #limits: DecoderLimits;
  readonly #codec: Codec = Codec.take();
  readonly #columnCount: number;
  #targets: readonly ColumnTarget[];
  #places: Place[] = [];
  #inputBytes = 0;
  #input = 0;
  #carry = 0;
  #held = 0;
  #bare = false;
  /** Rows decoded into the current targets. */
  #count = 0;

  constructor(table: AnyTable, targets: readonly ColumnTarget[], limits: DecoderLimits) {
    this.#table = table;
    this.#targets = targets;
    this.#columnCount = targets.length;
    this.#limits = limits;
    this.#codec.exports.reset(0);
    this.#arrange(FIRST_INPUT);
  }

  /** For rows that come as DataRow messages, with no COPY signature before them. */
  bareRows(): void {
    this.#bare = true;
    this.#codec.exports.reset(1);
  }

  get count(): number {
    return this.#count;
  }

  /** Whether the whole of a COPY has been seen. */
  get ended(): boolean {
    return this.#bare || this.#codec.exports.phase.value === 2;
  }

  /** Decodes what follows into other columns, from row 0 on. */
  nextTargets(targets: readonly ColumnTarget[]): void {
    this.#targets = targets;
    this.#count = 0;
    this.#places = this.#places.map((place, k) => ({ ...place, target: targets[k]! }));
  }

  /** Rows that may still go into the current columns; a stream of batches limits them. */
  protected room(): number {
    return ROOM;
  }

  /** Called after rows were added. */
  protected filled(): void {}

  push(bytes: Uint8Array, onMessage: OnMessage): void | Promise<void> {
    let offset = 0;
    while (offset < bytes.length) {
      if (this.#held === this.#inputBytes) this.#enlarge();
      const size = Math.min(bytes.length - offset, this.#inputBytes - this.#held);
      this.#codec.bytes.set(bytes.subarray(offset, offset + size), this.#input + this.#held);
      this.#held += size;
      offset += size;
      this.#drain(onMessage);
    }
  }

  /** Returns the codec; the decoder is not used after it. */
  release(): void {
    this.#codec.giveBack();
  }

  #drain(onMessage: OnMessage): void {
    const { exports, view } = this.#codec;
    const end = this.#input + this.#held;
    let at = this.#input;
    for (;;) {
      const room = this.room();
      let state = exports.resume(DESCRIPTORS, this.#columnCount, room, this.#carry);
      let rows = exports.rows.value as number;
      if (state === 0 && rows === 0) {
        state = exports.decode(at, end, DESCRIPTORS, this.#columnCount, room, this.#carry);
        rows = exports.rows.value as number;
        at += exports.consumed.value as number;
      }
      if (rows > 0) this.#flush(rows);
      if (state < 0) throw this.#defect(state);
      if (state === MESSAGE_NEXT) {
        const next = at + 1 + view.getUint32(at + 1);
        if (next > end) break;
        onMessage(view.getUint8(at), this.#codec.bytes.slice(at + 5, next));
        at = next;
      } else if (rows === 0) break;
    }
    this.#codec.bytes.copyWithin(this.#input, at, end);
    this.#held = end - at;
  }

  #flush(rows: number): void {
    const { exports, bytes, view } = this.#codec;
    exports.fromWire(DESCRIPTORS, this.#columnCount, rows);
    for (const [k, { target, values, offsets, nulls }] of this.#places.entries()) {
      const { width } = target.layout;
      if (width > 0) {
        target.appendFixed(bytes.subarray(values, values + rows * width), this.#count, rows);
      } else {
        const used = DESCRIPTORS + k * DESCRIPTOR.size + DESCRIPTOR.used;
        const size = view.getUint32(used, true);
        const starts = new Uint32Array(bytes.buffer, offsets, rows + 1);
        target.appendVariable(bytes.subarray(values, values + size), starts, this.#count, rows);
        view.setUint32(used, 0, true);
      }
      if (nulls !== 0) {
        const bitmap = bytes.subarray(nulls, nulls + ((rows + 7) >> 3));
        target.appendNulls(bitmap, this.#count, rows);
        bitmap.fill(0);
      }
    }
    this.#count += rows;
    this.filled();
  }

  /** A message does not fit: makes the input larger, keeping what it and the carry hold. */
  #enlarge(): void {
    if (this.#inputBytes >= this.#limits.rowBytes) throw this.#tooLarge();
    const { exports } = this.#codec;
    const held = this.#codec.bytes.slice(this.#input, this.#input + this.#held);
    const carried = exports.carried.value as number;
    const rest = this.#codec.bytes.slice(this.#carry, this.#carry + carried);
    this.#arrange(this.#inputBytes * 2);
    this.#codec.bytes.set(held, this.#input);
    this.#codec.bytes.set(rest, this.#carry);
  }

  #arrange(inputBytes: number): void {
    let next = DESCRIPTORS + this.#columnCount * DESCRIPTOR.size;
    const place = (sizeBytes: number): number => {
      const start = (next + 15) & ~15;
      next = start + sizeBytes + 16;
      return start;
    };
    this.#inputBytes = inputBytes;
    this.#input = place(inputBytes);
    this.#carry = place(inputBytes * 2);
    this.#places = this.#targets.map((target) => {
      const { width } = target.layout;
      return {
        target,
        values: place(width > 0 ? width * ROOM : inputBytes * 3),
        offsets: width > 0 ? 0 : place((ROOM + 1) * 4),
        nulls: target.nullable ? place(ROOM / 8) : 0,
      };
    });
    if (!this.#codec.reserve(next)) throw this.#tooLarge();
    for (const [k, { target, values, offsets, nulls }] of this.#places.entries()) {
      const { width, swap, epoch } = target.layout;
      const kind = width > 0 ? KIND.fixed : KIND.variable;
      const words = [kind, width, values, offsets, nulls, swap, epoch, 0];
      const at = DESCRIPTORS + k * DESCRIPTOR.size;
      for (const [w, word] of words.entries()) this.#codec.view.setUint32(at + w * 4, word, true);
      if (nulls !== 0) this.#codec.bytes.fill(0, nulls, nulls + ROOM / 8);
    }
  }

  #tooLarge(): TablesError {
    return new TablesError(
      "ROW_TOO_LARGE",
      `Cannot read ${this.#table.name}: a row has more than ${this.#inputBytes} bytes`,
      { table: this.#table.name },
    );
  }

  #defect(state: number): TablesError {
    const table = this.#table.name;
    const why = DEFECTS[state];
    if (why === undefined) {
      const message = `Cannot read the COPY of ${table}: its bytes are not a binary COPY`;
      return new TablesError("COPY_FAILED", message, { table });
    }
    const column =
      state === -1
        ? undefined
        : this.#places[this.#codec.exports.badColumn.value as number]?.target.name;
    const place = column === undefined ? table : `column ${column} of ${table}`;
    return new TablesError("SCHEMA_DRIFT", `Cannot read ${place}: ${why}`, { table, column });
  }
}

/** Where the descriptors start: address 0 stays unused. */
const DESCRIPTORS = 16;
