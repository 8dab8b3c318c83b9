/** A file of the simulated disk: what is certainly on it, and what was written since it was last synced. */

const SECTOR_BYTES = 512;

/** What becomes of a write that was not synced when the power goes. */
export type Fate = "kept" | "lost" | "torn";

interface PendingWrite {
  readonly position: number;
  readonly bytes: Uint8Array;
}

/** Bytes that several files may have in common, until one of them writes. */
class SharedBytes {
  #memory: Uint8Array;
  #sizeBytes: number;
  #own: boolean;

  constructor(memory: Uint8Array, sizeBytes: number, own: boolean) {
    this.#memory = memory;
    this.#sizeBytes = sizeBytes;
    this.#own = own;
  }

  get bytes(): Uint8Array {
    return this.#memory.subarray(0, this.#sizeBytes);
  }

  get sizeBytes(): number {
    return this.#sizeBytes;
  }

  copy(): SharedBytes {
    this.#own = false;
    return new SharedBytes(this.#memory, this.#sizeBytes, false);
  }

  put(from: Uint8Array, position: number): void {
    const sizeBytes = Math.max(this.#sizeBytes, position + from.length);
    const grows = sizeBytes > this.#memory.length;
    if (grows || !this.#own) {
      const memory = new Uint8Array(grows ? Math.max(sizeBytes, 2 * this.#sizeBytes) : sizeBytes);
      memory.set(this.bytes);
      this.#memory = memory;
      this.#own = true;
    }
    this.#memory.set(from, position);
    this.#sizeBytes = sizeBytes;
  }
}

/** The content of a file, whatever its names. */
export class FaultyInode {
  /** What programs see. */
  readonly #seen: SharedBytes;
  /** What a crash leaves at least. */
  readonly #durable: SharedBytes;
  #pending: PendingWrite[] = [];

  constructor(content: SharedBytes = new SharedBytes(new Uint8Array(), 0, true)) {
    this.#seen = content;
    this.#durable = content.copy();
  }

  get sizeBytes(): number {
    return this.#seen.sizeBytes;
  }

  get content(): Uint8Array {
    return this.#seen.bytes;
  }

  /** Whether a crash may leave something else than what programs see. */
  get isUnsynced(): boolean {
    return this.#pending.length > 0;
  }

  write(from: Uint8Array, position: number): void {
    const bytes = from.slice();
    this.#pending.push({ position, bytes });
    this.#seen.put(bytes, position);
  }

  sync(): void {
    for (const { bytes, position } of this.#pending) this.#durable.put(bytes, position);
    this.#pending = [];
  }

  /** What is on the disk after a crash in which each write that was not synced has its own fate. */
  afterCrash(fate: () => Fate, chance: () => number): FaultyInode {
    const left = this.#durable.copy();
    for (const { bytes, position } of this.#pending) {
      const what = fate();
      if (what === "kept") left.put(bytes, position);
      if (what !== "torn") continue;
      for (let at = 0; at < bytes.length; at += SECTOR_BYTES) {
        if (chance() < 0.5) left.put(bytes.subarray(at, at + SECTOR_BYTES), position + at);
      }
    }
    return new FaultyInode(left);
  }

  /** Changes a byte on the disk itself, behind everybody's back. */
  damage(position: number, mask: number): void {
    const flipped = Uint8Array.of(this.content[position]! ^ mask);
    this.#seen.put(flipped, position);
    if (position < this.#durable.sizeBytes) this.#durable.put(flipped, position);
  }
}
