/** A file as a stream of bytes: ByteReader and ByteWriter on top of positional operations. */
import type { TextEncoding } from "../io/net.ts";
import { ByteReader, type ByteSource } from "../stream/byte-reader.ts";
import { ByteWriter, type ByteSink } from "../stream/byte-writer.ts";
import type { File } from "./file.ts";

export interface ReadRange {
  /** First byte. Default: 0. */
  readonly start?: number;
  /** First byte that is left out. Default: the end of the file. */
  readonly end?: number;
  /** How much is asked of the host at once. Default: 128 KiB (measured: below 64 KiB the trip to the pool dominates). */
  readonly chunkBytes?: number;
}

const CHUNK_BYTES = 128 * 1024;

/** Reads ahead by one chunk, and only while somebody reads. */
export class FileSource implements ByteSource {
  readonly reader: ByteReader;
  readonly #file: File;
  readonly #end: number;
  readonly #chunk: Uint8Array;
  #position: number;
  #wanted = false;
  #busy = false;

  constructor(file: File, range: ReadRange) {
    const { start = 0, end = Infinity, chunkBytes = CHUNK_BYTES } = range;
    if (!(start >= 0 && end >= start)) {
      throw new RangeError(`Cannot read ${file.path} from ${start} to ${end}`);
    }
    if (!(chunkBytes >= 1)) throw new RangeError(`A chunk of ${chunkBytes} bytes cannot be read`);
    this.#file = file;
    this.#position = start;
    this.#end = end;
    this.#chunk = new Uint8Array(chunkBytes);
    this.reader = new ByteReader(this, file.describe(), chunkBytes);
  }

  readStart(): void {
    if (this.#file.closed) throw this.#file.closedError("read");
    this.#wanted = true;
    if (!this.#busy) this.#next();
  }

  readStop(): void {
    this.#wanted = false;
  }

  #next(): void {
    const file = this.#file;
    const length = Math.min(this.#chunk.length, this.#end - this.#position);
    if (file.closed) return this.reader.close();
    this.#busy = true;
    if (length === 0) {
      queueMicrotask(() => this.reader.sourceEnded());
      return;
    }
    const into = length === this.#chunk.length ? this.#chunk : this.#chunk.subarray(0, length);
    file.begin<number>(
      (settle) => file.host.read(into, this.#position, settle),
      (error, count) => {
        this.#busy = false;
        if (error !== undefined) return this.reader.sourceFailed(error);
        if (count === 0) return this.reader.sourceEnded();
        this.#position += count!;
        this.reader.received(into.subarray(0, count));
        if (this.#wanted && !this.#busy) this.#next();
      },
    );
  }
}

/** Writes one chunk after the other, each where the one before ended. */
export class FileSink implements ByteSink {
  readonly writer: ByteWriter;
  readonly #file: File;
  #position: number;
  readonly #chunks: Uint8Array[] = [];
  #written = 0;

  constructor(file: File, position: number) {
    this.#file = file;
    this.#position = position;
    this.writer = new ByteWriter(this, file.describe());
  }

  write(chunk: Uint8Array): boolean {
    if (this.#file.closed) throw this.#file.closedError("write to");
    this.#chunks.push(chunk);
    if (this.#chunks.length === 1) this.#next();
    return false;
  }

  writev(chunks: readonly Uint8Array[]): boolean {
    return this.write(Buffer.concat(chunks));
  }

  writeText(text: string, encoding: TextEncoding): boolean {
    return this.write(Buffer.from(text, encoding));
  }

  /** Nothing to half-close: a file ends where its bytes end. */
  shutdown(): void {
    this.#file.begin<void>(
      (settle) => this.#file.host.sync(true, settle),
      (error) => this.writer.shut(error),
    );
  }

  #next(): void {
    const chunk = this.#chunks[0]!;
    const rest = this.#written === 0 ? chunk : chunk.subarray(this.#written);
    const file = this.#file;
    file.begin<number>(
      (settle) => file.host.write(rest, this.#position, settle),
      (error, count) => {
        if (error !== undefined) {
          this.#chunks.length = 0;
          return this.writer.sinkFailed(error);
        }
        this.#position += count!;
        this.#written += count!;
        if (this.#written >= chunk.length) {
          this.#chunks.shift();
          this.#written = 0;
          this.writer.written(undefined);
        }
        if (this.#chunks.length > 0) this.#next();
      },
    );
  }
}
