/** Segment files in memory, for tests of what lies above them. */
import type { DiskFile } from "../../src/disk/disk.ts";
import type { SegmentDisk } from "../../src/pool/segment-files.ts";

export class MemoryDisk implements SegmentDisk {
  readonly files = new Map<string, Uint8Array>();
  reads = 0;
  writes = 0;
  syncs = 0;

  open(name: string): Promise<DiskFile> {
    if (!this.files.has(name)) this.files.set(name, new Uint8Array());
    return Promise.resolve(this.openSync(name));
  }

  openSync(name: string): DiskFile {
    if (!this.files.has(name)) this.files.set(name, new Uint8Array());
    return new MemoryFile(this, name);
  }

  remove(name: string): Promise<void> {
    this.files.delete(name);
    return Promise.resolve();
  }

  syncFolder(): Promise<void> {
    return Promise.resolve();
  }
}

class MemoryFile implements DiskFile {
  readonly name: string;
  readonly direct = false;
  readonly #disk: MemoryDisk;

  constructor(disk: MemoryDisk, name: string) {
    this.#disk = disk;
    this.name = name;
  }

  get sizeBytes(): number {
    return this.#bytes().length;
  }

  #bytes(): Uint8Array {
    const found = this.#disk.files.get(this.name);
    if (found === undefined) throw new Error(`no file ${this.name}`);
    return found;
  }

  readSync(into: Uint8Array, position: number): number {
    this.#disk.reads++;
    const part = this.#bytes().subarray(position, position + into.length);
    into.set(part);
    return part.length;
  }

  read(into: Uint8Array, position: number): Promise<number> {
    return Promise.resolve(this.readSync(into, position));
  }

  write(from: Uint8Array, position: number): Promise<void> {
    this.writeSync(from, position);
    return Promise.resolve();
  }

  writeSync(from: Uint8Array, position: number): void {
    this.#disk.writes++;
    let content = this.#bytes();
    if (content.length < position + from.length) {
      const larger = new Uint8Array(Math.max(position + from.length, 2 * content.length));
      larger.set(content);
      content = larger.subarray(0, position + from.length);
      this.#disk.files.set(this.name, content);
    }
    content.set(from, position);
  }

  sync(): Promise<void> {
    this.#disk.syncs++;
    return Promise.resolve();
  }

  reserve(): Promise<void> {
    return Promise.resolve();
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}
