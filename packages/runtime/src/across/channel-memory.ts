/**
 * The memory of a shared channel: its layout, its two locks, and how values get in and out.
 *
 *     4 closed   5 codec   6 capacity   7 senders   then two lines (receivers, senders), senders a seat
 *     then, each on its own cache line:   tail, senders' lock   |   head, receivers' lock
 *     then the ring (`ring-memory.ts`)
 *
 * Senders exclude each other, receivers exclude each other, and the two sides meet only in `head` and
 * `tail`. A send writes the value and then moves the tail, a receive reads the value and then moves the
 * head: a thread that dies in between has sent, or taken, nothing.
 */
import { CLOSED, NOT_READY } from "../select/selectable.ts";
import { LINE_WORDS } from "./line.ts";
import { HEADER_WORDS } from "./primitive.ts";
import { NumberRing, RecordRing, type CodecName, type RingMemory } from "./ring-memory.ts";
import type { Roster } from "./roster.ts";
import { SEAT_COUNT_WORDS } from "./seat-counts.ts";
import { SpinLock } from "./spin-lock.ts";

const CLOSED_WORD = HEADER_WORDS;
const CODEC = HEADER_WORDS + 1;
const CAPACITY = HEADER_WORDS + 2;
export const SENDERS: number = HEADER_WORDS + 3;
export const RECEIVER_LINE: number = HEADER_WORDS + 4;
export const SENDER_LINE: number = RECEIVER_LINE + LINE_WORDS;
export const SENDER_COUNTS: number = SENDER_LINE + LINE_WORDS;
const CACHE_LINE_WORDS = 32;
const TAIL = roundUp(SENDER_COUNTS + SEAT_COUNT_WORDS, CACHE_LINE_WORDS);
const SEND_LOCK = TAIL + 1;
const HEAD = TAIL + CACHE_LINE_WORDS;
const RECEIVE_LOCK = HEAD + 1;
const RING_BYTES = (HEAD + CACHE_LINE_WORDS) * Int32Array.BYTES_PER_ELEMENT;
const LARGEST_BYTES = 2 ** 30;

const CODECS: readonly CodecName[] = ["u32", "f64", "bytes", "structured"];

/** What a sender waits with: the values, and how many have been sent. */
export class Unsent {
  readonly values: ArrayLike<unknown>;
  sent = 0;

  constructor(values: ArrayLike<unknown>) {
    this.values = values;
  }
}

/** The bytes to allocate for a channel; RangeError for a capacity that cannot be. */
export function channelBytes(codec: CodecName, capacity: number): number {
  const fits = Number.isSafeInteger(capacity) && capacity >= 1;
  if (fits && ringBytes(capacity, codec) <= LARGEST_BYTES) {
    return RING_BYTES + ringBytes(capacity, codec);
  }
  throw new RangeError(
    `A shared channel's capacity is a whole number from 1, in at most ${LARGEST_BYTES} bytes: not ${capacity}`,
  );
}

export class ChannelMemory<T, Batch> {
  readonly codec: CodecName;
  readonly capacity: number;
  readonly ring: RingMemory<T, Batch>;
  readonly #words: Int32Array;
  readonly #sendLock: SpinLock;
  readonly #receiveLock: SpinLock;

  /** `fresh`: what to write into memory that is new. */
  constructor(
    roster: Roster,
    words: Int32Array,
    fresh: { readonly codec: CodecName; readonly capacity: number } | undefined,
  ) {
    if (fresh !== undefined) {
      words[CODEC] = CODECS.indexOf(fresh.codec);
      words[CAPACITY] = fresh.capacity;
    }
    this.codec = CODECS[words[CODEC]!]!;
    this.capacity = words[CAPACITY]!;
    this.ring = ringOf(words.buffer, this.codec, this.capacity) as RingMemory<T, Batch>;
    this.#words = words;
    this.#sendLock = new SpinLock(roster, words, SEND_LOCK);
    this.#receiveLock = new SpinLock(roster, words, RECEIVE_LOCK);
  }

  get closed(): boolean {
    return Atomics.load(this.#words, CLOSED_WORD) !== 0;
  }

  get size(): number {
    return (Atomics.load(this.#words, TAIL) - Atomics.load(this.#words, HEAD)) >>> 0;
  }

  get isFull(): boolean {
    return this.ring.isFull(Atomics.load(this.#words, HEAD), Atomics.load(this.#words, TAIL));
  }

  /** Sends one value: true, false when there is no room, or CLOSED. */
  put(prepared: unknown): boolean | typeof CLOSED {
    const words = this.#words;
    this.#sendLock.acquire();
    const closed = this.closed;
    const put =
      !closed && this.ring.put(prepared, Atomics.load(words, HEAD), Atomics.load(words, TAIL));
    if (put) Atomics.store(words, TAIL, this.ring.next);
    this.#sendLock.release();
    return closed ? CLOSED : put;
  }

  /** Sends what there is room for: how many, or CLOSED. */
  putMany(unsent: Unsent): number | typeof CLOSED {
    const words = this.#words;
    this.#sendLock.acquire();
    const closed = this.closed;
    let count = 0;
    if (!closed) {
      const head = Atomics.load(words, HEAD);
      count = this.ring.putMany(unsent.values, unsent.sent, head, Atomics.load(words, TAIL));
      if (count > 0) Atomics.store(words, TAIL, this.ring.next);
    }
    this.#sendLock.release();
    unsent.sent += count;
    return closed ? CLOSED : count;
  }

  /** Receives one value, or NOT_READY, or CLOSED. */
  take(): unknown {
    return this.#take(undefined);
  }

  /** Receives up to `limit` values, or NOT_READY, or CLOSED. */
  takeMany(limit: number): unknown {
    return this.#take(limit);
  }

  close(immediate: boolean): void {
    // Under the lock: a send that is in progress is before the end, and none is after it.
    this.#sendLock.acquire();
    Atomics.store(this.#words, CLOSED_WORD, 1);
    this.#sendLock.release();
    if (!immediate) return;
    this.#receiveLock.acquire();
    Atomics.store(this.#words, HEAD, Atomics.load(this.#words, TAIL));
    this.#receiveLock.release();
  }

  #take(limit: number | undefined): unknown {
    const words = this.#words;
    // Closed is read first: nothing is sent after it, so a ring that is empty then stays empty.
    const nothing = this.closed ? CLOSED : NOT_READY;
    if (Atomics.load(words, HEAD) === Atomics.load(words, TAIL)) return nothing;
    this.#receiveLock.acquire();
    try {
      const head = Atomics.load(words, HEAD);
      const tail = Atomics.load(words, TAIL);
      if (head === tail) return nothing;
      const taken =
        limit === undefined ? this.ring.take(head) : this.ring.takeMany(limit, head, tail);
      Atomics.store(words, HEAD, this.ring.next);
      return taken;
    } finally {
      this.#receiveLock.release();
    }
  }
}

/** The ring's length: a power of two, so that positions may wrap. */
function ringBytes(capacity: number, codec: CodecName): number {
  const slotBytes = codec === "u32" ? 4 : codec === "f64" ? 8 : 1;
  const slots = 2 ** Math.ceil(Math.log2(Math.max(capacity, slotBytes === 1 ? 64 : 1)));
  return slots * slotBytes;
}

function ringOf(memory: ArrayBufferLike, codec: CodecName, capacity: number): unknown {
  const bytes = ringBytes(capacity, codec);
  if (codec === "u32") {
    return new NumberRing(new Uint32Array(memory, RING_BYTES, bytes / 4), capacity);
  }
  if (codec === "f64") {
    return new NumberRing(new Float64Array(memory, RING_BYTES, bytes / 8), capacity);
  }
  return new RecordRing(new Uint8Array(memory, RING_BYTES, bytes), codec === "structured");
}

function roundUp(value: number, step: number): number {
  return Math.ceil(value / step) * step;
}
