/**
 * An open file, read and written at positions.
 *
 * The host cannot call an operation on a file off. When a task gives one up (cancelled, timed out), the
 * task goes on at once, and the operation is kept in a ledger until the host is through with it:
 *
 * Invariants:
 * 1. inFlight counts the operations that the host works on, whether somebody still waits or not.
 * 2. The host closes the file only when inFlight is 0, so no late write can hit a descriptor that
 *    meanwhile means another file. `close()` waits for that, also in a cancelled scope.
 * 3. The memory of a read or write that was given up belongs to the host until `close()` or `settled()`
 *    has returned.
 */
import { ClosedError, RuntimeError } from "../errors.ts";
import type { Ledger } from "../insight/ledger.ts";
import type { FileStat, OpenFile } from "../io/files.ts";
import { hostCall, hostDuty } from "../io/host-call.ts";
import type { Settle } from "../io/net.ts";
import { currentScope } from "../runtime/runtime.ts";
import type { ByteReader } from "../stream/byte-reader.ts";
import type { ByteWriter } from "../stream/byte-writer.ts";
import { WaitBudget } from "../stream/wait-budget.ts";
import type { WaitOptions } from "../wait/park.ts";
import { FileSink, FileSource, type ReadRange } from "./file-stream.ts";

export class File implements AsyncDisposable {
  readonly path: string;
  readonly #open: OpenFile;
  readonly #ledger: Ledger | undefined;
  #inFlight = 0;
  #whenIdle: (() => void)[] = [];
  #closing: Promise<void> | undefined = undefined;
  #position = 0;

  constructor(open: OpenFile, path: string) {
    this.#open = open;
    this.path = path;
    const scope = currentScope();
    this.#ledger = scope.runtime.ledger;
    this.#ledger?.opened(this, scope);
  }

  describe(): string {
    return `file ${this.path}`;
  }

  /** Operations that the host has not finished. */
  get inFlight(): number {
    return this.#inFlight;
  }

  get closed(): boolean {
    return this.#closing !== undefined;
  }

  /** Reads at most into.length bytes at a position: how many; 0 at the end of the file. */
  readAt(into: Uint8Array, position: number, options?: WaitOptions): Promise<number> {
    checkPosition(position);
    if (into.length === 0)
      throw new RangeError(`Cannot read ${this.path} into a buffer of 0 bytes`);
    return this.#call("read", (settle) => this.#open.read(into, position, settle), options);
  }

  /** Fills `into` from a position; END when the file ends before. */
  async readExactlyAt(into: Uint8Array, position: number, options?: WaitOptions): Promise<void> {
    const budget = new WaitBudget(options);
    for (let filled = 0; filled < into.length;) {
      const rest = into.subarray(filled);
      const count = await this.readAt(rest, position + filled, budget.left());
      if (count === 0) {
        throw new RuntimeError(
          "END",
          `${this.path} ended after ${filled} of ${into.length} bytes at ${position}`,
        );
      }
      filled += count;
    }
  }

  /** Writes all of the bytes at a position. In a file opened for appending the position is ignored. */
  async writeAt(from: Uint8Array, position: number, options?: WaitOptions): Promise<void> {
    checkPosition(position);
    const budget = new WaitBudget(options);
    let written = 0;
    // A write of nothing still says whether the file can be written.
    do {
      const rest = from.subarray(written);
      const start = (settle: Settle<number>): void =>
        this.#open.write(rest, position + written, settle);
      written += await this.#call("write", start, budget.left());
    } while (written < from.length);
  }

  /** Reads on from where the last `read` ended. */
  async read(into: Uint8Array, options?: WaitOptions): Promise<number> {
    const count = await this.readAt(into, this.#position, options);
    this.#position += count;
    return count;
  }

  /** Writes on from where the last `write` ended. */
  async write(data: Uint8Array | string, options?: WaitOptions): Promise<void> {
    const from = typeof data === "string" ? Buffer.from(data) : data;
    await this.writeAt(from, this.#position, options);
    this.#position += from.length;
  }

  /** Where `read` and `write` go on. */
  get position(): number {
    return this.#position;
  }

  seek(position: number): void {
    checkPosition(position);
    this.#position = position;
  }

  /** The bytes of the file, or of a part of it, as they are wanted: `read`, `lines`, `for await`. */
  reader(range: ReadRange = {}): ByteReader {
    const source = new FileSource(this, range);
    return source.reader;
  }

  /** Writes in order from a position; several may be on their way, `flushed()` waits for them. */
  writer(position: number = 0): ByteWriter {
    checkPosition(position);
    return new FileSink(this, position).writer;
  }

  stat(options?: WaitOptions): Promise<FileStat> {
    return this.#call("stat", (settle) => this.#open.stat(settle), options);
  }

  /** Cuts the file off, or lengthens it with zeros. */
  truncate(sizeBytes: number, options?: WaitOptions): Promise<void> {
    checkPosition(sizeBytes);
    return this.#call("truncate", (settle) => this.#open.truncate(sizeBytes, settle), options);
  }

  /** Waits until what was written, and everything about the file, is on the disk (fsync). */
  sync(options?: WaitOptions): Promise<void> {
    return this.#call("sync", (settle) => this.#open.sync(false, settle), options);
  }

  /** As `sync`, without what only describes the file, such as its times (fdatasync). */
  syncData(options?: WaitOptions): Promise<void> {
    return this.#call("sync", (settle) => this.#open.sync(true, settle), options);
  }

  /** Waits until no operation is in flight, also one that was given up. Cancellation does not end it. */
  settled(): Promise<void> {
    if (this.#inFlight === 0) return Promise.resolve();
    return hostDuty("wait for", this.describe(), (settle) => {
      this.#whenIdle.push(() => settle(undefined, undefined));
    });
  }

  /** Waits for what is in flight, then closes; also in a cancelled scope. Twice is once. */
  close(): Promise<void> {
    return (this.#closing ??= this.#close());
  }

  async #close(): Promise<void> {
    this.#ledger?.closed(this);
    await this.settled();
    await hostDuty<void>("close", this.describe(), (settle) => this.#open.close(settle));
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  /** For the streams of this file: an operation that is in the ledger and that nobody waits for. */
  begin<T>(start: (settle: Settle<T>) => void, settle: Settle<T>): void {
    this.#inFlight++;
    start((error, value) => {
      this.#inFlight--;
      settle(error, value);
      if (this.#inFlight > 0) return;
      const waiting = this.#whenIdle;
      this.#whenIdle = [];
      for (const wake of waiting) wake();
    });
  }

  get host(): OpenFile {
    return this.#open;
  }

  #call<T>(
    verb: string,
    start: (settle: Settle<T>) => void,
    options: WaitOptions | undefined,
  ): Promise<T> {
    if (this.#closing !== undefined) return Promise.reject(this.closedError(verb));
    return hostCall(verb, this.describe(), (settle) => this.begin(start, settle), options);
  }

  closedError(verb: string): ClosedError {
    return new ClosedError(`Cannot ${verb} ${this.path}: it is closed`);
  }
}

function checkPosition(position: number): void {
  if (!Number.isSafeInteger(position) || position < 0) {
    throw new RangeError(`A position in a file is a whole number from 0: ${position} is not`);
  }
}
