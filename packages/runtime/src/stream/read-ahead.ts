/**
 * Bytes that have arrived and wait to be read: one piece of memory, taken at the front, filled at the
 * back, given back when it is empty.
 *
 *     bytes   |······|read ahead|········|
 *             0    start       end    length
 *
 * Memory of PIECE_BYTES is reused among all readers of a thread; a larger one is made for who needs it.
 */
const PIECE_BYTES = 16 * 1024;
/** 1 MiB at most stays with the thread. */
const SPARE_LIMIT = 64;

// Plain Uint8Arrays, not Buffers: their slice() copies, which is what readers of the view expect.
const spare: Uint8Array[] = [];
const EMPTY: Uint8Array = new Uint8Array(0);

export class ReadAhead {
  #bytes: Uint8Array = EMPTY;
  #start = 0;
  #end = 0;

  get sizeBytes(): number {
    return this.#end - this.#start;
  }

  view(): Uint8Array {
    return this.#bytes.subarray(this.#start, this.#end);
  }

  append(chunk: Uint8Array): void {
    if (this.#end + chunk.length > this.#bytes.length) this.#makeRoom(chunk.length);
    this.#bytes.set(chunk, this.#end);
    this.#end += chunk.length;
  }

  /** Moves what fits into `into`: how many bytes. */
  take(into: Uint8Array): number {
    const count = Math.min(into.length, this.#end - this.#start);
    into.set(this.#bytes.subarray(this.#start, this.#start + count));
    this.consume(count);
    return count;
  }

  consume(countBytes: number): void {
    this.#start += countBytes;
    if (this.#start === this.#end) this.clear();
  }

  clear(): void {
    if (this.#bytes.length === PIECE_BYTES && spare.length < SPARE_LIMIT) spare.push(this.#bytes);
    this.#bytes = EMPTY;
    this.#start = 0;
    this.#end = 0;
  }

  /** Moves the bytes to the front, or to larger memory when they would not fit there either. */
  #makeRoom(moreBytes: number): void {
    const sizeBytes = this.#end - this.#start;
    const neededBytes = sizeBytes + moreBytes;
    let { length } = this.#bytes;
    if (neededBytes <= length && this.#start >= length >> 1) {
      this.#bytes.copyWithin(0, this.#start, this.#end);
    } else {
      length = Math.max(length, PIECE_BYTES);
      while (length < neededBytes) length *= 2;
      const bytes = acquire(length);
      bytes.set(this.#bytes.subarray(this.#start, this.#end));
      this.#bytes = bytes;
    }
    this.#start = 0;
    this.#end = sizeBytes;
  }
}

function acquire(sizeBytes: number): Uint8Array {
  const reused = sizeBytes === PIECE_BYTES ? spare.pop() : undefined;
  return reused ?? new Uint8Array(Buffer.allocUnsafeSlow(sizeBytes).buffer);
}

/** Where `mark` begins in `bytes`, at or after `from`; -1 when it is not there. */
export function indexOfBytes(bytes: Uint8Array, mark: Uint8Array, from: number): number {
  if (mark.length === 1) return bytes.indexOf(mark[0]!, from);
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).indexOf(mark, from);
}
