/**
 * Writing bytes: the writing half of sockets, pipes and standard output.
 *
 * A write is offered to the host at once. Usually all of it fits into the host's buffer: then there is
 * no wait, no promise of its own, and the memory is the caller's again. Otherwise the host keeps the
 * chunk and the writer is parked until it is through: that is the backpressure.
 *
 * Invariants:
 * 1. `pending` has one entry per write that the host still holds, oldest first; entry = who waits for
 *    it, or undefined for a `post`. The host finishes them in order.
 * 2. A write that is given up has sent any part of its bytes. The stream is then torn: every later
 *    write fails, reading goes on. (Nothing can take bytes back from a kernel.)
 * 3. While corked, bytes are copied to `gathered`, and nothing waits.
 */
import { ClosedError, RuntimeError } from "../errors.ts";
import type { IoError } from "../io/io-error.ts";
import type { TextEncoding } from "../io/net.ts";
import { currentScope } from "../runtime/runtime.ts";
import { Park, type WaitOptions } from "../wait/park.ts";
import { WaitQueue, type Waitable, type Waiter } from "../wait/waiter.ts";

/** Where bytes go. */
export interface ByteSink {
  write(chunk: Uint8Array): boolean;
  writev(chunks: readonly Uint8Array[]): boolean;
  writeText(text: string, encoding: TextEncoding): boolean;
  shutdown(): void;
}

type State = "open" | "shutting" | "shut" | "torn" | "failed" | "closed";

/** Bytes that `post` may leave with the host before it refuses: somebody is not waiting for `flushed`. */
export const PENDING_LIMIT_BYTES: number = 64 * 1024 * 1024;

const GATHER_BYTES = 4 * 1024;

export class ByteWriter implements Waitable {
  readonly name: string;
  readonly #sink: ByteSink;
  #state: State = "open";
  #error: unknown = undefined;
  readonly #pending: (Park<void> | undefined)[] = [];
  readonly #pendingSizes: number[] = [];
  #pendingBytes = 0;
  readonly #flushers = new WaitQueue();
  #shutting: Park<void> | undefined = undefined;
  #corks = 0;
  #gathered: Buffer | undefined = undefined;
  #gatheredBytes = 0;

  constructor(sink: ByteSink, name: string) {
    this.#sink = sink;
    this.name = name;
  }

  describe(): string {
    return this.name;
  }

  /** Bytes that the host holds and has not sent. */
  get pendingBytes(): number {
    return this.#pendingBytes;
  }

  /** Not closed, half-closed, torn or broken. While it is half-closing, what is pending still goes out. */
  get writable(): boolean {
    return this.#state === "open" || this.#state === "shutting";
  }

  /** Writes all of the bytes or the text (UTF-8), waiting until the host has taken them. */
  write(data: Uint8Array | string, options?: WaitOptions): Promise<void> {
    const scope = currentScope();
    if (scope.cancellation !== undefined) return scope.refuse();
    try {
      if (this.#send(data)) return scope.runtime.done();
    } catch (error) {
      return Promise.reject(error);
    }
    return this.#wait(options);
  }

  /** Writes several pieces with one system call, as if they were one. */
  writev(chunks: readonly Uint8Array[], options?: WaitOptions): Promise<void> {
    const scope = currentScope();
    if (scope.cancellation !== undefined) return scope.refuse();
    try {
      this.#check();
      let sizeBytes = 0;
      for (const chunk of chunks) sizeBytes += chunk.length;
      if (sizeBytes === 0) return scope.runtime.done();
      if (this.#corks > 0) {
        for (const chunk of chunks) this.#gather(chunk);
        return scope.runtime.done();
      }
      if (this.#sink.writev(chunks)) return scope.runtime.done();
      this.#hold(sizeBytes);
    } catch (error) {
      return Promise.reject(this.#broken(error));
    }
    return this.#wait(options);
  }

  /**
   * The write for those who count microseconds: hands the bytes over without a promise. True: sent, the
   * memory is the caller's again. False: the host holds them; the memory must not change before
   * `flushed()`. Throws when the stream is closed or broken, LIMIT when too much is held already.
   */
  post(chunk: Uint8Array): boolean {
    return this.#send(chunk);
  }

  /** As `post`, for text; "latin1" (the default) needs no copy at all when the text is ASCII. */
  postText(text: string, encoding: TextEncoding = "latin1"): boolean {
    this.#check();
    if (text.length === 0) return true;
    if (this.#corks > 0) {
      this.#gather(Buffer.from(text, encoding));
      return true;
    }
    try {
      if (this.#sink.writeText(text, encoding)) return true;
    } catch (error) {
      throw this.#broken(error);
    }
    this.#hold(text.length);
    return false;
  }

  /** Waits until the host has sent everything that was written so far. */
  flushed(options?: WaitOptions): Promise<void> {
    const scope = currentScope();
    if (scope.cancellation !== undefined) return scope.refuse();
    if (this.#state === "failed") return Promise.reject(this.#refusal());
    if (this.#pending.length === 0) return scope.runtime.done();
    const park = new Park<void>(scope, this, "flush");
    this.#flushers.push(park);
    return park.wait(options);
  }

  /** Gathers what is written from now on, until `uncork`, into one write. Nests. */
  cork(): Disposable {
    this.#corks++;
    return { [Symbol.dispose]: once(() => this.uncork()) };
  }

  /** Sends what was gathered; true when the host has taken all of it, as `post`. */
  uncork(): boolean {
    if (this.#corks === 0) throw new RangeError(`${this.name} is not corked`);
    this.#corks--;
    if (this.#corks > 0 || this.#gatheredBytes === 0) return true;
    const gathered = this.#gathered!;
    const chunk = gathered.subarray(0, this.#gatheredBytes);
    this.#gatheredBytes = 0;
    const sent = this.#send(chunk);
    // The host holds the memory: the next cork needs its own.
    if (!sent) this.#gathered = undefined;
    return sent;
  }

  /** Half-close: tells the other side that nothing more comes, after everything written. */
  closeWrite(options?: WaitOptions): Promise<void> {
    const scope = currentScope();
    if (scope.cancellation !== undefined) return scope.refuse();
    if (this.#state === "shut") return scope.runtime.done();
    try {
      this.#check();
      this.#state = "shutting";
      this.#sink.shutdown();
    } catch (error) {
      return Promise.reject(this.#broken(error));
    }
    const park = new Park<void>(scope, this, "half-close");
    this.#shutting = park;
    return park.wait(options);
  }

  // The sink's side.

  /** The oldest write that the host held is over. */
  written(error: IoError | undefined): void {
    const park = this.#pending.shift();
    this.#pendingBytes -= this.#pendingSizes.shift() ?? 0;
    if (error !== undefined) this.fail(error);
    if (park !== undefined && !park.settled) {
      if (error === undefined) park.wake(park, undefined);
      else park.fail(park, error);
    }
    if (this.#pending.length > 0) return;
    for (let waiter = this.#flushers.shift(); waiter; waiter = this.#flushers.shift()) {
      if (error === undefined) waiter.park.wake(waiter, undefined);
      else waiter.park.fail(waiter, error);
    }
  }

  shut(error: IoError | undefined): void {
    const park = this.#shutting;
    this.#shutting = undefined;
    if (this.#state === "shutting") this.#state = "shut";
    if (park === undefined || park.settled) return;
    if (error === undefined) park.wake(park, undefined);
    else park.fail(park, error);
  }

  /** Broken for good; whoever waits is told. */
  fail(error: unknown): void {
    if (this.#state !== "closed") this.#state = "failed";
    this.#error ??= error;
  }

  close(): void {
    if (this.#state === "closed") return;
    this.#state = "closed";
    this.#failAll();
  }

  /** The transport reported that it broke: everything that waits fails with that. */
  sinkFailed(error: IoError): void {
    this.fail(error);
    this.#failAll();
  }

  abandon(waiter: Waiter): void {
    const park = waiter as Park<void>;
    const wrote = this.#pending.includes(park);
    if (wrote && this.#state === "open") this.#state = "torn";
  }

  #failAll(): void {
    // The usual close has nobody to tell, and an error with its stack costs as much as the close.
    if (this.#pending.length + this.#flushers.size === 0 && this.#shutting === undefined) return;
    const error = this.#refusal();
    for (const park of this.#pending)
      if (park !== undefined && !park.settled) park.fail(park, error);
    this.#pending.length = 0;
    this.#pendingSizes.length = 0;
    this.#pendingBytes = 0;
    for (let waiter = this.#flushers.shift(); waiter; waiter = this.#flushers.shift()) {
      waiter.park.fail(waiter, error);
    }
    const shutting = this.#shutting;
    this.#shutting = undefined;
    if (shutting !== undefined && !shutting.settled) shutting.fail(shutting, error);
  }

  #send(data: Uint8Array | string): boolean {
    if (typeof data === "string") return this.postText(data, "utf8");
    this.#check();
    if (data.length === 0) return true;
    if (this.#corks > 0) {
      this.#gather(data);
      return true;
    }
    try {
      if (this.#sink.write(data)) return true;
    } catch (error) {
      throw this.#broken(error);
    }
    this.#hold(data.length);
    return false;
  }

  /** The host holds a chunk; nobody waits for it yet. */
  #hold(sizeBytes: number): void {
    this.#pending.push(undefined);
    this.#pendingSizes.push(sizeBytes);
    this.#pendingBytes += sizeBytes;
  }

  /** Parks the caller until the newest chunk is through. */
  #wait(options: WaitOptions | undefined): Promise<void> {
    const park = new Park<void>(currentScope(), this, "write");
    this.#pending[this.#pending.length - 1] = park;
    return park.wait(options);
  }

  #gather(chunk: Uint8Array): void {
    const neededBytes = this.#gatheredBytes + chunk.length;
    let gathered = this.#gathered;
    if (gathered === undefined || gathered.length < neededBytes) {
      let length = gathered?.length ?? GATHER_BYTES;
      while (length < neededBytes) length *= 2;
      const larger = Buffer.allocUnsafeSlow(length);
      if (gathered !== undefined) larger.set(gathered.subarray(0, this.#gatheredBytes));
      gathered = larger;
      this.#gathered = larger;
    }
    gathered.set(chunk, this.#gatheredBytes);
    this.#gatheredBytes = neededBytes;
  }

  #check(): void {
    if (this.#state !== "open") throw this.#refusal();
    if (this.#pendingBytes > PENDING_LIMIT_BYTES) {
      throw new RuntimeError(
        "LIMIT",
        `Cannot write to ${this.name}: ${this.#pendingBytes} bytes wait already`,
      );
    }
  }

  /** The host refused a write: what comes later is refused with the same. */
  #broken(error: unknown): unknown {
    if (!(error instanceof RuntimeError) || error.code !== "IO") return error;
    this.fail(error);
    return error;
  }

  #refusal(): unknown {
    switch (this.#state) {
      case "failed":
        return this.#error;
      case "torn":
        return new RuntimeError(
          "TORN",
          `Cannot write to ${this.name}: an earlier write was given up half-way`,
        );
      case "shutting":
      case "shut":
        return new ClosedError(`Cannot write to ${this.name}: its writing half is closed`);
      case "open":
      case "closed":
        return new ClosedError(`Cannot write to ${this.name}: it is closed`);
    }
  }
}

function once(action: () => unknown): () => void {
  let done = false;
  return () => {
    if (done) return;
    done = true;
    action();
  };
}
