/**
 * Reading bytes by pulling them: the reading half of sockets, pipes, standard input and files.
 *
 *     source ──received(view)──┬─> into            a task waits in read(into): one copy, no buffer
 *                              └─> read-ahead      nobody waits: kept, at most readAheadBytes
 *
 * The source is told to stop when the read-ahead is full, so a reader that does not keep up is felt by
 * the sender, and started again when it has been emptied. It is not stopped in between: stopping and
 * starting a socket costs two system calls, and for requests and answers the next bytes are wanted.
 *
 * Invariants:
 * 1. ahead[start, end) is what was received and not yet read; start === end means none, and then there
 *    is no memory either: idle readers hold nothing.
 * 2. A task is parked only while less is buffered than it needs, the source has not ended and not
 *    failed. `wanted` is how much it needs; into !== undefined only for read(into).
 * 3. A read that was given up has consumed nothing, except `readExactly` and `readAll` of more than
 *    readAheadBytes.
 * 4. Bytes that came before the end or a failure are read before it is reported.
 */
import { ClosedError, RuntimeError } from "../errors.ts";
import type { IoError } from "../io/io-error.ts";
import { currentScope } from "../runtime/runtime.ts";
import type { Scope } from "../task/scope.ts";
import { Park, type WaitOptions } from "../wait/park.ts";
import type { Waitable } from "../wait/waiter.ts";
import { indexOfBytes, ReadAhead } from "./read-ahead.ts";
import { LineReader, type LineOptions } from "./lines.ts";
import { WaitBudget } from "./wait-budget.ts";

export const READ_AHEAD_BYTES: number = 64 * 1024;

/** Where bytes come from. It never calls back from inside these; it may throw. */
export interface ByteSource {
  readStart(): void;
  readStop(): void;
}

export interface ReadLimit extends WaitOptions {
  /** The most bytes to look at or to return; LIMIT beyond. Default: 1 MiB for lines and delimiters. */
  readonly limitBytes?: number;
}

export interface ReaderOptions {
  /** Receive only while somebody waits, at the price of stopping and starting. Default: false. */
  readonly lazy?: boolean;
}

type State = "open" | "ended" | "failed" | "closed";

const DEFAULT_LIMIT_BYTES = 1024 * 1024;

export class ByteReader implements Waitable, AsyncIterable<Uint8Array> {
  readonly name: string;
  readonly #source: ByteSource;
  readonly #readAheadBytes: number;
  readonly #lazy: boolean;
  readonly #ahead = new ReadAhead();
  #state: State = "open";
  #error: unknown = undefined;
  #reading = false;
  #park: Park<never> | undefined = undefined;
  #into: Uint8Array | undefined = undefined;
  #wanted = 0;
  /**
   * A protocol parser's way in. It is called from the host's callback, without a task switch, with all
   * bytes that have not been dealt with; they are valid only during the call. It answers how many of
   * them are dealt with now. The rest is kept, and shown again with what comes next, or can be taken
   * later with `buffered` and `consume`. It must not throw. Call `arm()` once to begin.
   */
  tap: ((chunk: Uint8Array) => number) | undefined = undefined;
  /** Called once, when the other side has ended, failed, or the reader was closed; for parsers with a tap. */
  onEnd: (() => void) | undefined = undefined;

  constructor(
    source: ByteSource,
    name: string,
    readAheadBytes: number = READ_AHEAD_BYTES,
    options: ReaderOptions = {},
  ) {
    this.#lazy = options.lazy ?? false;
    this.#source = source;
    this.name = name;
    this.#readAheadBytes = readAheadBytes;
  }

  describe(): string {
    return this.name;
  }

  /** What has arrived and not been read. The view is valid until the next call on this reader. */
  get buffered(): Uint8Array {
    return this.#ahead.view();
  }

  get bufferedBytes(): number {
    return this.#ahead.sizeBytes;
  }

  /** No more bytes will come, and all have been read. */
  get ended(): boolean {
    return this.#state !== "open" && this.#ahead.sizeBytes === 0;
  }

  /** Drops the first bytes of `buffered`, because they have been dealt with. */
  consume(countBytes: number): void {
    if (!(countBytes >= 0 && countBytes <= this.#ahead.sizeBytes)) {
      throw new RangeError(
        `Cannot consume ${countBytes} of ${this.#ahead.sizeBytes} bytes that ${this.name} has buffered`,
      );
    }
    this.#ahead.consume(countBytes);
    this.#restart();
  }

  /** Reads what there is, at most into.length bytes, waiting for at least one. 0: the end. */
  read(into: Uint8Array, options?: WaitOptions): Promise<number> {
    const scope = currentScope();
    if (scope.cancellation !== undefined) return scope.refuse();
    if (into.length === 0) return Promise.reject(emptyBuffer(this.name));
    if (this.#ahead.sizeBytes > 0) return scope.runtime.ready(this.#take(into));
    if (this.#state !== "open") return this.#over(scope, 0);
    return this.#wait(scope, "read", 1, into, options);
  }

  /** As `read`, without waiting: undefined when nothing has arrived. Arms the source. */
  tryRead(into: Uint8Array): number | undefined {
    if (this.#ahead.sizeBytes > 0) return this.#take(into);
    if (this.#state === "open") {
      this.#start();
      return undefined;
    }
    if (this.#state === "ended") return 0;
    throw this.#failure();
  }

  /** Waits until `countBytes` more than now are buffered, or the end: whether anything more has come. */
  fill(countBytes: number = 1, options?: WaitOptions): Promise<boolean> {
    const scope = currentScope();
    if (scope.cancellation !== undefined) return scope.refuse();
    if (this.#state !== "open") return this.#over(scope, false);
    return this.#wait(scope, "read", this.#ahead.sizeBytes + countBytes, undefined, options);
  }

  /** Starts receiving before anybody reads, so that `tap` is called. */
  arm(): void {
    if (this.#state === "open") this.#start();
  }

  /** Fills `into` to the last byte; END when the other side ends before. */
  async readExactly(into: Uint8Array, options?: WaitOptions): Promise<void> {
    const budget = new WaitBudget(options);
    const atomicBytes = Math.min(into.length, this.#readAheadBytes);
    while (this.#ahead.sizeBytes < atomicBytes) {
      const missing = atomicBytes - this.#ahead.sizeBytes;
      if (!(await this.fill(missing, budget.left()))) throw this.#tooShort(into.length, 0);
    }
    let filled = into.length === 0 ? 0 : this.#take(into);
    while (filled < into.length) {
      const count = await this.read(into.subarray(filled), budget.left());
      if (count === 0) throw this.#tooShort(into.length, filled);
      filled += count;
    }
  }

  /**
   * The bytes before the next delimiter, which is read too and left out. undefined at the end; END when
   * the other side ends after some bytes and before a delimiter; LIMIT when none is in limitBytes.
   */
  async readUntil(
    delimiter: Uint8Array | string,
    options: ReadLimit = {},
  ): Promise<Uint8Array | undefined> {
    const mark = typeof delimiter === "string" ? Buffer.from(delimiter) : delimiter;
    if (mark.length === 0) throw new TypeError("A delimiter must have at least one byte");
    const limitBytes = options.limitBytes ?? DEFAULT_LIMIT_BYTES;
    const budget = new WaitBudget(options);
    let searched = 0;
    for (;;) {
      const view = this.#ahead.view();
      const index = indexOfBytes(view, mark, Math.max(0, searched - mark.length + 1));
      if (index > limitBytes || (index === -1 && view.length >= limitBytes + mark.length)) {
        throw new RuntimeError("LIMIT", `No delimiter in ${limitBytes} bytes of ${this.name}`);
      }
      if (index !== -1) {
        const found = view.slice(0, index);
        this.consume(index + mark.length);
        return found;
      }
      searched = view.length;
      if (!(await this.fill(1, budget.left()))) {
        if (searched === 0) return undefined;
        throw this.#tooShort(searched + mark.length, searched);
      }
    }
  }

  /** Lines of UTF-8 text without their "\n" or "\r\n", the last one also without. */
  lines(options?: LineOptions): AsyncIterableIterator<string> {
    return new LineReader(this, options);
  }

  /** Everything until the end; LIMIT when it is more than limitBytes (default 64 MiB). */
  async readAll(options: ReadLimit = {}): Promise<Uint8Array> {
    const limitBytes = options.limitBytes ?? 64 * DEFAULT_LIMIT_BYTES;
    const budget = new WaitBudget(options);
    const parts: Uint8Array[] = [];
    let sizeBytes = 0;
    do {
      if (this.#ahead.sizeBytes === 0) continue;
      const part = this.#ahead.view().slice();
      this.consume(part.length);
      sizeBytes += part.length;
      if (sizeBytes > limitBytes) {
        throw new RuntimeError("LIMIT", `More than ${limitBytes} bytes from ${this.name}`);
      }
      parts.push(part);
    } while (this.#ahead.sizeBytes > 0 || (await this.fill(1, budget.left())));
    return Buffer.concat(parts, sizeBytes);
  }

  /** Chunks as they come; each is the caller's own. */
  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array, void, undefined> {
    while (this.#ahead.sizeBytes > 0 || (await this.fill())) {
      const chunk = this.#ahead.view().slice();
      this.consume(chunk.length);
      yield chunk;
    }
  }

  // The source's side.

  received(chunk: Uint8Array): void {
    if (this.#state !== "open") return;
    if (this.tap !== undefined) return this.#offer(chunk, this.tap);
    let offset = 0;
    if (this.#into !== undefined && this.#ahead.sizeBytes === 0) {
      offset = this.#land(chunk);
      if (offset === chunk.length) return;
    }
    this.#ahead.append(offset === 0 ? chunk : chunk.subarray(offset));
    const { sizeBytes } = this.#ahead;
    if (sizeBytes >= this.#readAheadBytes && sizeBytes >= this.#wanted) this.#stop();
    if (this.#park !== undefined && sizeBytes >= this.#wanted) this.#wakeFiller();
  }

  /** Shows the tap everything that has not been dealt with, and keeps what it leaves. */
  #offer(chunk: Uint8Array, tap: (chunk: Uint8Array) => number): void {
    if (this.#ahead.sizeBytes === 0) {
      const count = tap(chunk);
      if (this.#state !== "open" || count >= chunk.length) return;
      this.#ahead.append(chunk.subarray(count));
    } else {
      this.#ahead.append(chunk);
      const count = tap(this.#ahead.view());
      if (this.#state !== "open") return;
      this.#ahead.consume(count);
    }
    if (this.#ahead.sizeBytes >= this.#readAheadBytes) this.#stop();
  }

  /** The other side has sent everything. */
  sourceEnded(): void {
    this.#finish("ended", undefined);
  }

  sourceFailed(error: IoError): void {
    this.#finish("failed", error);
  }

  /** The owner closes: what is buffered is dropped and whoever reads is told. */
  close(): void {
    this.#ahead.clear();
    this.#finish("closed", undefined);
    this.#state = "closed";
  }

  abandon(): void {
    this.#park = undefined;
    this.#into = undefined;
    this.#wanted = 0;
    if (this.#lazy) this.#stop();
  }

  #finish(state: State, error: unknown): void {
    if (this.#state !== "open") return;
    this.#state = state;
    this.#error = error;
    const park = this.#park;
    if (park !== undefined) {
      const into = this.#into;
      this.abandon();
      if (state === "ended") park.wake(park, (into === undefined ? false : 0) as never);
      else park.fail(park, this.#failure());
    }
    this.onEnd?.();
  }

  #wait<T>(
    scope: Scope,
    verb: string,
    wanted: number,
    into: Uint8Array | undefined,
    options: WaitOptions | undefined,
  ): Promise<T> {
    if (this.#park !== undefined) {
      const reader = this.#park.scope.describe();
      return Promise.reject(
        new RuntimeError("BUSY", `Cannot read ${this.name}: ${reader} is reading it`),
      );
    }
    try {
      this.#wanted = wanted;
      this.#start();
    } catch (error) {
      return Promise.reject(error);
    }
    const park = new Park<T>(scope, this, verb);
    this.#park = park as unknown as Park<never>;
    this.#into = into;
    return park.wait(options);
  }

  /** Gives arriving bytes to the task that waits in read(into): how many it took. */
  #land(chunk: Uint8Array): number {
    const into = this.#into!;
    const count = Math.min(chunk.length, into.length);
    into.set(count === chunk.length ? chunk : chunk.subarray(0, count));
    const park = this.#park!;
    this.abandon();
    park.wake(park, count as never);
    return count;
  }

  #wakeFiller(): void {
    const park = this.#park!;
    const into = this.#into;
    this.abandon();
    park.wake(park, (into === undefined ? true : this.#take(into)) as never);
  }

  #take(into: Uint8Array): number {
    const count = this.#ahead.take(into);
    this.#restart();
    return count;
  }

  #start(): void {
    if (this.#reading) return;
    this.#source.readStart();
    this.#reading = true;
  }

  #stop(): void {
    if (!this.#reading) return;
    this.#reading = false;
    this.#source.readStop();
  }

  /** After bytes were taken: goes on receiving once the read-ahead is empty. */
  #restart(): void {
    if (this.#reading || this.#lazy) return;
    if (this.#state === "open" && this.#ahead.sizeBytes === 0) this.#start();
  }

  #over<T>(scope: Scope, atEnd: T): Promise<T> {
    if (this.#state === "ended") return scope.runtime.ready(atEnd);
    return Promise.reject(this.#failure());
  }

  #failure(): unknown {
    if (this.#state === "failed") return this.#error;
    return new ClosedError(`Cannot read ${this.name}: it is closed`);
  }

  #tooShort(wanted: number, filled: number): RuntimeError {
    const came = filled + this.#ahead.sizeBytes;
    return new RuntimeError("END", `${this.name} ended after ${came} of ${wanted} bytes`);
  }
}

function emptyBuffer(name: string): RangeError {
  return new RangeError(`Cannot read ${name} into a buffer of 0 bytes: that looks like its end`);
}
