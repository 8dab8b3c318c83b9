/** An open file of the host. */
import { close, fdatasync, fstat, fstatSync, read, readSync, write, writeSync } from "node:fs";
import { promisify } from "node:util";
import { StorageError, diskError } from "../errors.ts";
import { AlignedMemory } from "./aligned-memory.ts";
import type { DiskFile } from "./disk.ts";

const ZEROS_BYTES = 1 << 20;
let zeros: Uint8Array | undefined;

export class NodeFile implements DiskFile {
  readonly name: string;
  readonly direct: boolean;
  #descriptor: number;
  #sizeBytes: number;

  private constructor(name: string, descriptor: number, direct: boolean, sizeBytes: number) {
    this.name = name;
    this.#descriptor = descriptor;
    this.direct = direct;
    this.#sizeBytes = sizeBytes;
  }

  /** Takes over an open descriptor, and closes it when it cannot. */
  static async adopt(name: string, descriptor: number, direct: boolean): Promise<NodeFile> {
    try {
      const { size } = await promisify(fstat)(descriptor);
      return new NodeFile(name, descriptor, direct, size);
    } catch (error) {
      close(descriptor, () => {});
      throw diskError("open", name, error);
    }
  }

  static adoptSync(name: string, descriptor: number, direct: boolean): NodeFile {
    return new NodeFile(name, descriptor, direct, fstatSync(descriptor).size);
  }

  get sizeBytes(): number {
    return this.#sizeBytes;
  }

  readSync(into: Uint8Array, positionBytes: number): number {
    try {
      let filled = 0;
      while (filled < into.length) {
        const rest = into.length - filled;
        const count = readSync(this.#descriptor, into, filled, rest, positionBytes + filled);
        if (count === 0) break;
        filled += count;
      }
      return filled;
    } catch (error) {
      throw diskError("read", this.name, error);
    }
  }

  async read(into: Uint8Array, positionBytes: number): Promise<number> {
    let filled = 0;
    while (filled < into.length) {
      const count = await this.#read(into, filled, positionBytes + filled);
      if (count === 0) break;
      filled += count;
    }
    return filled;
  }

  #read(into: Uint8Array, offset: number, position: number): Promise<number> {
    return new Promise((resolve, reject) => {
      read(this.#descriptor, into, offset, into.length - offset, position, (error, count) => {
        if (error === null) resolve(count);
        else reject(diskError("read", this.name, error));
      });
    });
  }

  write(from: Uint8Array, positionBytes: number): Promise<void> {
    return new Promise((resolve, reject) => {
      const writeFrom = (offset: number): void => {
        const rest = from.length - offset;
        write(this.#descriptor, from, offset, rest, positionBytes + offset, (error, count) => {
          if (error !== null) return reject(diskError("write", this.name, error));
          if (count === 0 && rest > 0) return reject(shortWrite(this.name, positionBytes + offset));
          if (count < rest) return writeFrom(offset + count);
          this.#sizeBytes = Math.max(this.#sizeBytes, positionBytes + from.length);
          resolve();
        });
      };
      writeFrom(0);
    });
  }

  writeSync(from: Uint8Array, positionBytes: number): void {
    try {
      for (let offset = 0; offset < from.length;) {
        const rest = from.length - offset;
        const count = writeSync(this.#descriptor, from, offset, rest, positionBytes + offset);
        if (count === 0) throw shortWrite(this.name, positionBytes + offset);
        offset += count;
      }
    } catch (error) {
      throw diskError("write", this.name, error);
    }
    this.#sizeBytes = Math.max(this.#sizeBytes, positionBytes + from.length);
  }

  sync(): Promise<void> {
    return new Promise((resolve, reject) => {
      fdatasync(this.#descriptor, (error) => {
        if (error === null) resolve();
        else reject(diskError("sync", this.name, error));
      });
    });
  }

  async reserve(sizeBytes: number): Promise<void> {
    zeros ??= new AlignedMemory(ZEROS_BYTES).bytes;
    for (let position = this.#sizeBytes; position < sizeBytes; position = this.#sizeBytes) {
      const count = Math.min(ZEROS_BYTES, sizeBytes - position);
      await this.write(count === ZEROS_BYTES ? zeros : zeros.subarray(0, count), position);
    }
    await this.sync();
  }

  close(): Promise<void> {
    const descriptor = this.#descriptor;
    if (descriptor < 0) return Promise.resolve();
    this.#descriptor = -1;
    return new Promise((resolve, reject) => {
      close(descriptor, (error) => {
        if (error === null || error === undefined) resolve();
        else reject(diskError("close", this.name, error));
      });
    });
  }
}

function shortWrite(name: string, position: number): StorageError {
  return new StorageError("IO", `Cannot write ${name}: the host took no byte`, {
    file: name,
    position,
  });
}
