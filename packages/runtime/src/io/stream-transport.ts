/**
 * A transport on Node's streams: the pipes of child processes, standard input and output, and sockets
 * where the host's handles cannot be had.
 */
import type { Readable, Writable } from "node:stream";
import { IoError } from "./io-error.ts";
import {
  formatAddress,
  type Address,
  type TextEncoding,
  type Transport,
  type TransportSink,
  type TransportTuning,
} from "./net.ts";

/** What a net.Socket can do besides. */
interface SocketExtras {
  setNoDelay?: (on: boolean) => unknown;
  setKeepAlive?: (on: boolean, delayMs: number) => unknown;
  resetAndDestroy?: () => unknown;
}

export interface StreamEnds {
  readonly readable?: Readable | undefined;
  readonly writable?: Writable | undefined;
  readonly local?: Address | undefined;
  readonly remote?: Address | undefined;
  /** For messages, where there is no address: "standard input". */
  readonly name?: string;
  /** Leave the streams open when the transport is closed: the process's own input and output. */
  readonly borrowed?: boolean;
}

/**
 * Listens until the first read. When a child process ends, Node resumes pipes that nobody listens to and drops
 * what is in them: the output of a program that is quicker than its reader.
 */
const hold = (): void => {};

export class StreamTransport implements Transport {
  readonly local: Address | undefined;
  readonly remote: Address | undefined;
  readonly #name: string;
  readonly #readable: Readable | undefined;
  readonly #writable: Writable | undefined;
  readonly #borrowed: boolean;
  #sink: TransportSink | undefined = undefined;
  #ended = false;
  #closed = false;
  readonly #onData = (chunk: Uint8Array): void => {
    // A plain Uint8Array, whose slice() copies, in place of Node's Buffer.
    const { buffer, byteOffset, byteLength } = chunk;
    if (!this.#closed) this.#sink!.received(new Uint8Array(buffer, byteOffset, byteLength));
  };
  readonly #onEnd = (): void => {
    if (this.#closed || this.#ended) return;
    this.#ended = true;
    this.#sink!.ended();
  };
  readonly #onError = (cause: Error): void => {
    if (!this.#closed) this.#sink!.failed(this.#error("use", cause));
  };

  constructor(ends: StreamEnds) {
    this.#readable = ends.readable;
    this.#writable = ends.writable;
    this.#borrowed = ends.borrowed ?? false;
    this.local = ends.local;
    this.remote = ends.remote;
    this.#name = ends.name ?? formatAddress(ends.remote);
    // What is borrowed is not read before it is asked for: an open input keeps the process alive.
    if (!this.#borrowed) this.#readable?.on("readable", hold);
  }

  #error(operation: string, cause: unknown): IoError {
    return IoError.from(operation, this.#name, cause);
  }

  open(sink: TransportSink): void {
    this.#sink = sink;
    this.#readable?.on("end", this.#onEnd).on("close", this.#onEnd).on("error", this.#onError);
    if ((this.#writable as unknown) !== this.#readable) this.#writable?.on("error", this.#onError);
  }

  readStart(): void {
    const readable = this.#readable;
    if (readable === undefined || this.#closed) return;
    readable.off("readable", hold);
    if (readable.listenerCount("data", this.#onData) === 0) readable.on("data", this.#onData);
    readable.resume();
    // It may have ended before anybody listened.
    if (readable.readableEnded || readable.destroyed) queueMicrotask(this.#onEnd);
  }

  readStop(): void {
    if (!this.#closed) this.#readable?.pause();
  }

  write(chunk: Uint8Array): boolean {
    return this.#write((done) => this.#writable!.write(chunk, done));
  }

  writev(chunks: readonly Uint8Array[]): boolean {
    return this.#write((done) => {
      const writable = this.#writable!;
      writable.cork();
      const last = chunks.length - 1;
      for (let index = 0; index < last; index++) writable.write(chunks[index]);
      writable.write(chunks[last] ?? new Uint8Array(0), done);
      writable.uncork();
    });
  }

  writeText(text: string, encoding: TextEncoding): boolean {
    return this.#write((done) => this.#writable!.write(text, encoding, done));
  }

  #write(send: (done: (error?: Error | null) => void) => unknown): boolean {
    const writable = this.#writable;
    if (writable === undefined || writable.destroyed || writable.writableEnded) {
      throw new IoError("write to", this.#name, "EPIPE");
    }
    let pending = true;
    send((cause) => {
      if (!pending || this.#closed) return;
      this.#sink!.written(cause ? this.#error("write to", cause) : undefined);
    });
    // The callback comes later even for what was sent at once; the length tells them apart.
    if (writable.writableLength === 0 && writable.errored === null) pending = false;
    return !pending;
  }

  shutdown(): void {
    const shut = (cause?: Error | null): void => {
      if (!this.#closed) this.#sink!.shut(cause ? this.#error("shut down", cause) : undefined);
    };
    if (this.#writable === undefined || this.#borrowed) setImmediate(shut);
    else this.#writable.end(shut);
  }

  close(): void {
    this.#release(false);
  }

  reset(): void {
    this.#release(true);
  }

  #release(reset: boolean): void {
    if (this.#closed) return;
    this.#closed = true;
    const readable = this.#readable;
    if (this.#borrowed) {
      readable?.off("data", this.#onData).off("end", this.#onEnd).off("close", this.#onEnd);
      readable?.off("error", this.#onError).pause();
      this.#writable?.off("error", this.#onError);
      return;
    }
    const extras = readable as SocketExtras | undefined;
    // The error listeners stay: what is destroyed may still report one.
    if (reset && extras?.resetAndDestroy !== undefined) extras.resetAndDestroy();
    else readable?.destroy();
    if ((this.#writable as unknown) !== readable) this.#writable?.destroy();
  }

  tune(options: TransportTuning): void {
    const extras = this.#writable as SocketExtras | undefined;
    if (options.noDelay !== undefined) extras?.setNoDelay?.(options.noDelay);
    if (options.keepAliveSeconds !== undefined) {
      extras?.setKeepAlive?.(options.keepAliveSeconds > 0, options.keepAliveSeconds * 1000);
    }
  }
}
