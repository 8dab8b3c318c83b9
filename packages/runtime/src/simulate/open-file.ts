/** What is open on a simulated disk. */
import type { DirectoryEntry, FileStat, OpenDirectory, OpenFile, OpenHow } from "../io/files.ts";
import { IoError } from "../io/io-error.ts";
import type { Settle } from "../io/net.ts";
import type { SimulatedDisk } from "./disk.ts";
import { statOf, type Inode } from "./inode.ts";

export class SimulatedFile implements OpenFile {
  readonly #disk: SimulatedDisk;
  readonly #path: string;
  readonly #inode: Inode;
  readonly #how: OpenHow;
  readonly #epoch: number;
  #open = true;

  constructor(disk: SimulatedDisk, path: string, inode: Inode, how: OpenHow) {
    this.#disk = disk;
    this.#path = path;
    this.#inode = inode;
    this.#how = how;
    this.#epoch = disk.epoch;
  }

  read(into: Uint8Array, position: number, settle: Settle<number>): void {
    this.#perform("read", settle, () => {
      if (!this.#how.read) throw new IoError("read", this.#path, "EBADF");
      const wanted = Math.min(into.length, Math.max(0, this.#inode.sizeBytes - position));
      return this.#inode.read(into.subarray(0, this.#disk.portion(wanted)), position);
    });
  }

  write(from: Uint8Array, position: number, settle: Settle<number>): void {
    this.#perform("write", settle, () => {
      if (!this.#how.write) throw new IoError("write", this.#path, "EBADF");
      const count = this.#disk.portion(from.length);
      const start = this.#how.append ? this.#inode.sizeBytes : position;
      this.#claim(Math.max(0, start + count - this.#inode.sizeBytes));
      if (count > 0) this.#inode.write(from.subarray(0, count), start);
      this.#inode.modifiedMs = this.#disk.wallMs();
      return count;
    });
  }

  sync(_dataOnly: boolean, settle: Settle<void>): void {
    this.#perform("sync", settle, () => this.#inode.sync());
  }

  truncate(sizeBytes: number, settle: Settle<void>): void {
    this.#perform("truncate", settle, () => {
      if (!this.#how.write) throw new IoError("truncate", this.#path, "EINVAL");
      this.#claim(sizeBytes - this.#inode.sizeBytes);
      this.#inode.truncate(sizeBytes);
    });
  }

  stat(settle: Settle<FileStat>): void {
    this.#perform("stat", settle, () => statOf(this.#inode));
  }

  /** Never fails for a crash in between: there is nothing left to close. */
  close(settle: Settle<void>): void {
    if (this.#epoch !== this.#disk.epoch) this.#disk.perform("close", this.#path, () => {}, settle);
    else this.#perform("close", settle, () => void (this.#open = false));
  }

  #claim(moreBytes: number): void {
    const { capacityBytes } = this.#disk.conditions;
    if (capacityBytes === Infinity || moreBytes <= 0) return;
    if (this.#disk.usedBytes + moreBytes > capacityBytes) {
      throw new IoError("write", this.#path, "ENOSPC");
    }
  }

  #perform<T>(operation: string, settle: Settle<T>, body: () => T): void {
    const checked = (): T => {
      if (!this.#open) throw new IoError(operation, this.#path, "EBADF");
      if (this.#epoch !== this.#disk.epoch) throw new IoError(operation, this.#path, "EIO");
      return body();
    };
    this.#disk.perform(operation, this.#path, checked, settle);
  }
}

export class SimulatedDirectory implements OpenDirectory {
  readonly #disk: SimulatedDisk;
  readonly #path: string;
  readonly #entries: readonly DirectoryEntry[];
  #next = 0;

  constructor(disk: SimulatedDisk, path: string, entries: readonly DirectoryEntry[]) {
    this.#disk = disk;
    this.#path = path;
    this.#entries = entries;
  }

  next(settle: Settle<DirectoryEntry | undefined>): void {
    this.#disk.perform("list", this.#path, () => this.#entries[this.#next++], settle);
  }

  close(settle: Settle<void>): void {
    this.#disk.perform("close", this.#path, () => {}, settle);
  }
}
