/**
 * What a simulated disk is made of: inodes that know which of their changes would survive a crash.
 *
 *     write ──> bytes (what programs see)            sync ──> durable (what a crash leaves)
 *            └> unsynced, in order
 *
 * At a crash each unsynced change of a file happens to be on the disk or not, whole or only some of its
 * sectors: a disk promises nothing about what was not synced.
 */
import type { FileKind, FileStat } from "../io/files.ts";

const SECTOR_BYTES = 512;

type Change =
  | { readonly kind: "write"; readonly position: number; readonly bytes: Uint8Array }
  | { readonly kind: "truncate"; readonly sizeBytes: number };

/** Decides what survives: true with the given probability. */
export type Chance = (probability: number) => boolean;

export class Inode {
  readonly kind: FileKind;
  readonly mode: number;
  modifiedMs: number;
  /** A directory's names. */
  entries: Map<string, Inode> = new Map();
  durableEntries: Map<string, Inode> = new Map();
  #bytes: Uint8Array = new Uint8Array(0);
  #sizeBytes = 0;
  #durable: Uint8Array = new Uint8Array(0);
  #unsynced: Change[] = [];

  constructor(kind: FileKind, mode: number, modifiedMs: number) {
    this.kind = kind;
    this.mode = mode;
    this.modifiedMs = modifiedMs;
  }

  get sizeBytes(): number {
    return this.#sizeBytes;
  }

  read(into: Uint8Array, position: number): number {
    const count = Math.max(0, Math.min(into.length, this.#sizeBytes - position));
    into.set(this.#bytes.subarray(position, position + count));
    return count;
  }

  write(from: Uint8Array, position: number): void {
    const bytes = new Uint8Array(from);
    this.#unsynced.push({ kind: "write", position, bytes });
    this.#put(bytes, position);
  }

  truncate(sizeBytes: number): void {
    this.#unsynced.push({ kind: "truncate", sizeBytes });
    this.#resize(sizeBytes);
  }

  sync(): void {
    this.#durable = this.#bytes.slice(0, this.#sizeBytes);
    this.#unsynced = [];
  }

  /** The machine lost power: back to what was synced, with some of what was not. */
  crash(chance: Chance): void {
    const changes = this.#unsynced;
    this.#bytes = this.#durable.slice();
    this.#sizeBytes = this.#bytes.length;
    for (const change of changes) {
      if (chance(0.5)) continue;
      if (change.kind === "truncate") this.#resize(change.sizeBytes);
      else this.#putSectors(change.bytes, change.position, chance);
    }
    this.sync();
  }

  #putSectors(bytes: Uint8Array, position: number, chance: Chance): void {
    if (chance(0.5)) return this.#put(bytes, position);
    for (let start = 0; start < bytes.length; start += SECTOR_BYTES) {
      if (chance(0.5)) this.#put(bytes.subarray(start, start + SECTOR_BYTES), position + start);
    }
  }

  #put(bytes: Uint8Array, position: number): void {
    const end = position + bytes.length;
    if (end > this.#sizeBytes) this.#resize(end);
    this.#bytes.set(bytes, position);
  }

  #resize(sizeBytes: number): void {
    if (sizeBytes > this.#bytes.length) {
      const larger = new Uint8Array(Math.max(sizeBytes, this.#bytes.length * 2));
      larger.set(this.#bytes);
      this.#bytes = larger;
    }
    if (sizeBytes < this.#sizeBytes) this.#bytes.fill(0, sizeBytes, this.#sizeBytes);
    this.#sizeBytes = sizeBytes;
  }
}

export function statOf(inode: Inode): FileStat {
  const { kind, sizeBytes, mode, modifiedMs } = inode;
  return { kind, sizeBytes, mode, modifiedMs };
}
