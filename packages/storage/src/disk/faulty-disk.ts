/**
 * A disk in memory that does what disks may do, chosen by a seed.
 *
 *     crash(…)      a disk with what the power cut left: unsynced writes kept, lost, or torn at 512 bytes, each
 *                   for itself and so in any order; names that were not synced, gone or still the old ones
 *     fail          the nth call of an operation fails: EIO, ENOSPC, or a power cut after which every call fails
 *     capacity      ENOSPC when it is full
 *     misdirect     a write that lands somewhere else, and says that it went well
 *     damage(…)     bits flipped on the medium
 *     shorten       a read that answers fewer bytes than there are
 *     latency       calls take virtual time
 */
import { sleep } from "@hotpath/runtime";
import { StorageError, diskError } from "../errors.ts";
import type { Disk, DiskFile, OpenHow } from "./disk.ts";
import { type Fate, FaultyInode } from "./faulty-file.ts";

export type DiskOperation =
  | "open"
  | "read"
  | "write"
  | "sync"
  | "reserve"
  | "replace"
  | "rename"
  | "remove"
  | "syncFolder"
  | "list";

export type DiskFault = "EIO" | "ENOSPC" | "power-cut";

export interface FaultyDiskOptions {
  /** Default: 1. */
  readonly seed?: number;
  /** Asked before each call, which is the `call`th of all from 1; what it answers happens instead of the call. */
  readonly fail?: (operation: DiskOperation, call: number, file: string) => DiskFault | undefined;
  /** Default: none. */
  readonly capacityBytes?: number;
  /** By how many bytes this write misses its place. Default: never. */
  readonly misdirect?: (call: number, file: string) => number;
  /** By how many bytes this read is too short. Default: never. */
  readonly shorten?: (call: number, file: string) => number;
  /** Bounds of what a call takes. Default: none takes any time. */
  readonly latencyMs?: readonly [number, number];
  /** After each call that changes something, before its caller is told. */
  readonly onChange?: (operation: DiskOperation, file: string) => void;
}

/** What happens to everything unsynced at once, or "mixed": to each its own. */
export type CrashKind = Fate | "mixed";

type NameChange = (names: Map<string, FaultyInode>) => void;

export class FaultyDisk implements Disk {
  readonly folder = "simulated";
  readonly options: FaultyDiskOptions;
  calls = 0;
  #random: number;
  #names = new Map<string, FaultyInode>();
  #durableNames = new Map<string, FaultyInode>();
  #nameChanges: NameChange[] = [];
  #locked = false;
  #powerCut = false;

  constructor(options: FaultyDiskOptions = {}) {
    this.options = options;
    this.#random = (options.seed ?? 1) | 0;
  }

  /** The disk after the power has gone, as another disk. This one may be used on: several fates can be tried. */
  crash(kind: CrashKind, options: FaultyDiskOptions = {}): FaultyDisk {
    const after = new FaultyDisk(options);
    const chance = (): number => this.#chance();
    const fate = (): Fate => (kind === "mixed" ? FATES[Math.floor(chance() * 3)]! : kind);
    const names = new Map(this.#durableNames);
    for (const change of this.#nameChanges) if (fate() !== "lost") change(names);
    for (const [name, inode] of names) {
      const left = inode.afterCrash(fate, chance);
      after.#names.set(name, left);
      after.#durableNames.set(name, left);
    }
    return after;
  }

  /** Flips bits of a byte of a file, on the medium. */
  damage(name: string, position: number, mask: number): void {
    this.#inode(name).damage(position, mask);
  }

  content(name: string): Uint8Array {
    return this.#inode(name).content;
  }

  /** Whether a crash may leave something else than what programs see. */
  get isUnsynced(): boolean {
    if (this.#nameChanges.length > 0) return true;
    return [...this.#names.values()].some((inode) => inode.isUnsynced);
  }

  get sizeBytes(): number {
    let bytes = 0;
    for (const inode of this.#names.values()) bytes += inode.sizeBytes;
    return bytes;
  }

  async lock(): Promise<AsyncDisposable> {
    if (this.#locked) throw new StorageError("LOCKED", "The simulated folder is open already");
    this.#locked = true;
    return {
      [Symbol.asyncDispose]: async () => {
        this.#locked = false;
      },
    };
  }

  async open(name: string, how: OpenHow): Promise<DiskFile> {
    await this.begin("open", name);
    if (how.create && !this.#names.has(name)) {
      const inode = new FaultyInode();
      this.#change((names) => names.set(name, inode));
      this.options.onChange?.("open", name);
    }
    return new FaultyFile(this, name, this.#inode(name), how);
  }

  openSync(name: string, direct = false, create = false): DiskFile {
    if (create && !this.#names.has(name)) {
      const inode = new FaultyInode();
      this.#change((names) => names.set(name, inode));
      this.options.onChange?.("open", name);
    }
    return new FaultyFile(this, name, this.#inode(name), { create: false, direct });
  }

  /** As a file system does it: another file, written and synced, then renamed over the old one. */
  async replace(name: string, content: Uint8Array): Promise<void> {
    const draft = `${name}.draft`;
    const inode = new FaultyInode();
    await this.begin("replace", name);
    this.#change((names) => names.set(draft, inode));
    this.#fits(content.length, name);
    inode.write(content, 0);
    this.options.onChange?.("write", draft);
    await this.begin("sync", draft);
    inode.sync();
    this.options.onChange?.("sync", draft);
    await this.rename(draft, name);
    await this.syncFolder();
  }

  async readAll(name: string): Promise<Uint8Array | undefined> {
    await this.begin("read", name);
    return this.#names.get(name)?.content.slice();
  }

  async list(): Promise<readonly string[]> {
    await this.begin("list", this.folder);
    return [...this.#names.keys()].filter((name) => !name.endsWith(".draft"));
  }

  async rename(from: string, to: string): Promise<void> {
    await this.begin("rename", from);
    const inode = this.#inode(from);
    this.#change((names) => {
      // When the creation of the file was lost there is nothing to rename.
      if (names.get(from) !== inode) return;
      names.delete(from);
      names.set(to, inode);
    });
    this.options.onChange?.("rename", from);
  }

  async remove(name: string): Promise<void> {
    await this.begin("remove", name);
    this.#inode(name);
    this.#change((names) => names.delete(name));
    this.options.onChange?.("remove", name);
  }

  async syncFolder(): Promise<void> {
    await this.begin("syncFolder", this.folder);
    this.#durableNames = new Map(this.#names);
    this.#nameChanges = [];
    this.options.onChange?.("syncFolder", this.folder);
  }

  /** Lets a call happen, or not. */
  async begin(operation: DiskOperation, file: string): Promise<void> {
    const { latencyMs } = this.options;
    this.beginSync(operation, file);
    if (latencyMs === undefined) return;
    const [least, most] = latencyMs;
    await sleep(least + (most - least) * this.#chance());
  }

  beginSync(operation: DiskOperation, file: string): void {
    const fault = this.#powerCut ? "power-cut" : this.options.fail?.(operation, ++this.calls, file);
    if (fault === undefined) return;
    if (fault === "power-cut") this.#powerCut = true;
    const code = fault === "power-cut" ? "EIO" : fault;
    throw diskError(operation, file, Object.assign(new Error(fault), { code }));
  }

  #fits(bytes: number, file: string): void {
    if (this.sizeBytes + bytes <= (this.options.capacityBytes ?? Infinity)) return;
    throw diskError("write", file, Object.assign(new Error("full"), { code: "ENOSPC" }));
  }

  /** For FaultyFile: a write, wherever it lands. */
  writeTo(inode: FaultyInode, name: string, bytes: Uint8Array, position: number): void {
    this.#fits(Math.max(0, position + bytes.length - inode.sizeBytes), name);
    inode.write(bytes, position + (this.options.misdirect?.(this.calls, name) ?? 0));
  }

  #change(change: NameChange): void {
    change(this.#names);
    this.#nameChanges.push(change);
  }

  #inode(name: string): FaultyInode {
    const inode = this.#names.get(name);
    if (inode !== undefined) return inode;
    throw diskError("open", name, Object.assign(new Error("no such file"), { code: "ENOENT" }));
  }

  /** A number in [0, 1): mulberry32. */
  #chance(): number {
    this.#random = (this.#random + 0x6d2b79f5) | 0;
    let t = Math.imul(this.#random ^ (this.#random >>> 15), 1 | this.#random);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 0x1_0000_0000;
  }
}

const FATES: readonly Fate[] = ["kept", "lost", "torn"];

class FaultyFile implements DiskFile {
  readonly name: string;
  readonly direct: boolean;
  readonly #disk: FaultyDisk;
  readonly #inode: FaultyInode;
  readonly #durableWrites: boolean;
  #closed = false;

  constructor(disk: FaultyDisk, name: string, inode: FaultyInode, how: OpenHow) {
    this.#disk = disk;
    this.name = name;
    this.#inode = inode;
    this.direct = how.direct;
    this.#durableWrites = how.durableWrites ?? false;
  }

  get sizeBytes(): number {
    return this.#inode.sizeBytes;
  }

  readSync(into: Uint8Array, positionBytes: number): number {
    this.#check(into.length, positionBytes);
    this.#disk.beginSync("read", this.name);
    return this.#read(into, positionBytes);
  }

  async read(into: Uint8Array, positionBytes: number): Promise<number> {
    this.#check(into.length, positionBytes);
    await this.#disk.begin("read", this.name);
    return this.#read(into, positionBytes);
  }

  #read(into: Uint8Array, positionBytes: number): number {
    const { shorten } = this.#disk.options;
    const less = shorten?.(this.#disk.calls, this.name) ?? 0;
    const end = positionBytes + into.length - less;
    const part = this.#inode.content.subarray(positionBytes, end);
    into.set(part);
    return part.length;
  }

  writeSync(from: Uint8Array, positionBytes: number): void {
    this.#check(from.length, positionBytes);
    this.#disk.beginSync("write", this.name);
    this.#disk.writeTo(this.#inode, this.name, from, positionBytes);
    this.#disk.options.onChange?.("write", this.name);
    if (!this.#durableWrites) return;
    this.#disk.beginSync("sync", this.name);
    this.#inode.sync();
    this.#disk.options.onChange?.("sync", this.name);
  }

  async write(from: Uint8Array, positionBytes: number): Promise<void> {
    this.#check(from.length, positionBytes);
    await this.#disk.begin("write", this.name);
    this.#disk.writeTo(this.#inode, this.name, from, positionBytes);
    this.#disk.options.onChange?.("write", this.name);
    if (!this.#durableWrites) return;
    await this.sync();
  }

  async sync(): Promise<void> {
    await this.#disk.begin("sync", this.name);
    this.#inode.sync();
    this.#disk.options.onChange?.("sync", this.name);
  }

  async reserve(sizeBytes: number): Promise<void> {
    await this.#disk.begin("reserve", this.name);
    const missing = sizeBytes - this.sizeBytes;
    if (missing > 0) {
      this.#disk.writeTo(this.#inode, this.name, new Uint8Array(missing), this.sizeBytes);
    }
    this.#disk.options.onChange?.("reserve", this.name);
    await this.sync();
  }

  async close(): Promise<void> {
    this.#closed = true;
  }

  /** What O_DIRECT would refuse, and what no program should do. */
  #check(sizeBytes: number, positionBytes: number): void {
    const aligned = sizeBytes % 4096 === 0 && positionBytes % 4096 === 0;
    if (!this.#closed && positionBytes >= 0 && (aligned || !this.direct)) return;
    const why = this.#closed ? "it is closed" : `${sizeBytes} bytes at ${positionBytes}`;
    throw new RangeError(`Cannot use ${this.name}: ${why}`);
  }
}
