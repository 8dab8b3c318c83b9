/**
 * The values of a shared channel, in a ring.
 *
 *     numbers   one slot a value; positions count values
 *     records   [length u32][payload, padded to 4 bytes]…; positions count bytes, a record may wrap
 *
 * Positions are 32-bit counters that wrap round; the ring's length is a power of two, so the place of a
 * position is its low bits. Nothing here is synchronised: `put…` is called under the senders' lock,
 * `take…` under the receivers', each with the other side's position as it was read before.
 */
import { deserialize, serialize } from "node:v8";

export type CodecName = "u32" | "f64" | "bytes" | "structured";

// oxlint-disable-next-line typescript/no-unnecessary-type-parameters -- the subclasses fix it
export abstract class RingMemory<T, Batch> {
  /** Where the last put or take ended. */
  next = 0;

  /** Checks a value and turns it into what `put` takes. Called before the lock is taken. */
  abstract prepare(value: T): unknown;
  /** Writes one value; false when there is no room. */
  abstract put(prepared: unknown, head: number, tail: number): boolean;
  /** Writes values from index `from` on; how many there was room for. */
  abstract putMany(prepared: ArrayLike<unknown>, from: number, head: number, tail: number): number;
  /** Reads one value. REQUIRES: head is not tail. */
  abstract take(head: number): T;
  abstract takeMany(limit: number, head: number, tail: number): Batch;
  /** Checks all values; what is an array of the ring's own kind is taken as it is. */
  abstract prepareMany(values: Iterable<T>): ArrayLike<unknown>;
  abstract isFull(head: number, tail: number): boolean;
}

type Numbers = Uint32Array | Float64Array;

export class NumberRing<Batch extends Numbers> extends RingMemory<number, Batch> {
  readonly #slots: Batch;
  readonly #mask: number;
  readonly #capacity: number;

  constructor(slots: Batch, capacity: number) {
    super();
    this.#slots = slots;
    this.#mask = slots.length - 1;
    this.#capacity = capacity;
  }

  prepare(value: number): unknown {
    if (this.#slots instanceof Uint32Array) {
      if (value >>> 0 !== value) {
        throw new RangeError(
          `A u32 channel takes whole numbers from 0 to 4294967295: not ${value}`,
        );
      }
    } else if (typeof value !== "number") {
      throw new TypeError(`An f64 channel takes numbers: not a ${typeof value}`);
    }
    return value;
  }

  prepareMany(values: Iterable<number>): ArrayLike<unknown> {
    if (values.constructor === this.#slots.constructor) return values as unknown as Batch;
    const list = Array.from(values);
    for (const value of list) this.prepare(value);
    return list;
  }

  isFull(head: number, tail: number): boolean {
    return (tail - head) >>> 0 >= this.#capacity;
  }

  put(prepared: unknown, head: number, tail: number): boolean {
    if (this.isFull(head, tail)) return false;
    this.#slots[tail & this.#mask] = prepared as number;
    this.next = (tail + 1) | 0;
    return true;
  }

  putMany(prepared: ArrayLike<unknown>, from: number, head: number, tail: number): number {
    const values = prepared as ArrayLike<number>;
    const count = Math.min(this.#capacity - ((tail - head) >>> 0), values.length - from);
    if (ArrayBuffer.isView(values)) {
      const view = values as unknown as Batch;
      const start = tail & this.#mask;
      const first = Math.min(count, this.#slots.length - start);
      this.#slots.set(view.subarray(from, from + first), start);
      if (first < count) this.#slots.set(view.subarray(from + first, from + count), 0);
    } else {
      for (let k = 0; k < count; k++) this.#slots[(tail + k) & this.#mask] = values[from + k]!;
    }
    this.next = (tail + count) | 0;
    return count;
  }

  take(head: number): number {
    this.next = (head + 1) | 0;
    return this.#slots[head & this.#mask]!;
  }

  takeMany(limit: number, head: number, tail: number): Batch {
    const count = Math.min(limit, (tail - head) >>> 0);
    const batch = new (this.#slots.constructor as new (length: number) => Batch)(count);
    const start = head & this.#mask;
    const first = Math.min(count, this.#slots.length - start);
    batch.set(this.#slots.subarray(start, start + first));
    if (first < count) batch.set(this.#slots.subarray(0, count - first), first);
    this.next = (head + count) | 0;
    return batch;
  }
}

const LENGTH_BYTES = 4;

export class RecordRing<T> extends RingMemory<T, T[]> {
  readonly #bytes: Uint8Array;
  readonly #words: Uint32Array;
  readonly #mask: number;
  readonly #structured: boolean;

  constructor(bytes: Uint8Array, structured: boolean) {
    super();
    this.#bytes = bytes;
    this.#words = new Uint32Array(bytes.buffer, bytes.byteOffset, bytes.length >>> 2);
    this.#mask = bytes.length - 1;
    this.#structured = structured;
  }

  prepare(value: T): unknown {
    const payload = this.#structured ? serialized(value) : (value as Uint8Array);
    if (!(payload instanceof Uint8Array)) {
      throw new TypeError(`A bytes channel takes Uint8Arrays: not a ${typeof value}`);
    }
    if (recordBytes(payload) > this.#bytes.length) {
      throw new RangeError(
        `A value of ${payload.length} bytes never fits into a channel of ${this.#bytes.length} bytes`,
      );
    }
    return payload;
  }

  prepareMany(values: Iterable<T>): ArrayLike<unknown> {
    return Array.from(values, (value) => this.prepare(value));
  }

  isFull(head: number, tail: number): boolean {
    return (tail - head) >>> 0 >= this.#bytes.length - LENGTH_BYTES;
  }

  put(prepared: unknown, head: number, tail: number): boolean {
    const payload = prepared as Uint8Array;
    const size = recordBytes(payload);
    if (size > this.#bytes.length - ((tail - head) >>> 0)) return false;
    this.#words[(tail & this.#mask) >>> 2] = payload.length;
    const start = (tail + LENGTH_BYTES) & this.#mask;
    const first = Math.min(payload.length, this.#bytes.length - start);
    if (first === payload.length) this.#bytes.set(payload, start);
    else {
      this.#bytes.set(payload.subarray(0, first), start);
      this.#bytes.set(payload.subarray(first), 0);
    }
    this.next = (tail + size) | 0;
    return true;
  }

  putMany(prepared: ArrayLike<unknown>, from: number, head: number, tail: number): number {
    let index = from;
    this.next = tail;
    while (index < prepared.length && this.put(prepared[index], head, this.next)) index++;
    return index - from;
  }

  take(head: number): T {
    const length = this.#words[(head & this.#mask) >>> 2]!;
    const payload = new Uint8Array(length);
    const start = (head + LENGTH_BYTES) & this.#mask;
    const first = Math.min(length, this.#bytes.length - start);
    payload.set(this.#bytes.subarray(start, start + first));
    if (first < length) payload.set(this.#bytes.subarray(0, length - first), first);
    this.next = (head + recordBytes(payload)) | 0;
    return this.#structured ? (deserialize(payload) as T) : (payload as T);
  }

  takeMany(limit: number, head: number, tail: number): T[] {
    const batch: T[] = [];
    this.next = head;
    while (batch.length < limit && this.next !== tail) batch.push(this.take(this.next));
    return batch;
  }
}

function recordBytes(payload: Uint8Array): number {
  return LENGTH_BYTES + ((payload.length + 3) & ~3);
}

function serialized(value: unknown): Uint8Array {
  try {
    return serialize(value);
  } catch (error) {
    throw new TypeError(`Cannot send this between threads: ${(error as Error).message}`, {
      cause: error,
    });
  }
}
