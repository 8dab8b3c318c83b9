/**
 * A connected stream of bytes: TCP or a Unix socket, from `connectTcp`, `connectUnix` or a listener.
 *
 * One task may read and another write at the same time. The two halves are a ByteReader and a
 * ByteWriter (`../stream/`), on the transport that the Io gave.
 */
import type { Ledger } from "../insight/ledger.ts";
import type { IoError } from "../io/io-error.ts";
import {
  formatAddress,
  type Address,
  type TextEncoding,
  type Transport,
  type TransportSink,
  type TransportTuning,
} from "../io/net.ts";
import { currentScope } from "../runtime/runtime.ts";
import { ByteReader, type ReadLimit } from "../stream/byte-reader.ts";
import { ByteWriter } from "../stream/byte-writer.ts";
import type { LineOptions } from "../stream/lines.ts";
import type { Scope } from "../task/scope.ts";
import type { WaitOptions } from "../wait/park.ts";

export interface ConnectionOptions extends TransportTuning {
  /** Bytes to receive ahead of the reader before the other side is made to wait. Default: 64 KiB. */
  readonly readAheadBytes?: number;
}

export class Connection implements TransportSink, AsyncDisposable, Disposable {
  readonly reader: ByteReader;
  readonly writer: ByteWriter;
  readonly #transport: Transport;
  readonly #ledger: Ledger | undefined;
  #closed = false;
  /** Called once when the connection has been closed from this side. For servers that count them. */
  onClose: (() => void) | undefined = undefined;

  /** Adopts a transport that nobody has opened yet. `owner`: who is named when it is never closed. */
  constructor(
    transport: Transport,
    options: ConnectionOptions = {},
    owner: Scope = currentScope(),
  ) {
    this.#transport = transport;
    this.#ledger = owner.runtime.ledger;
    this.#ledger?.opened(this, owner);
    const name = `connection to ${formatAddress(transport.remote)}`;
    this.reader = new ByteReader(transport, name, options.readAheadBytes);
    this.writer = new ByteWriter(transport, name);
    transport.open(this);
    transport.tune({ noDelay: true, ...options });
  }

  describe(): string {
    return this.reader.name;
  }

  get local(): Address | undefined {
    return this.#transport.local;
  }

  get remote(): Address | undefined {
    return this.#transport.remote;
  }

  get closed(): boolean {
    return this.#closed;
  }

  /** Reads what there is, at most into.length bytes, waiting for at least one. 0: the other side is done. */
  read(into: Uint8Array, options?: WaitOptions): Promise<number> {
    return this.reader.read(into, options);
  }

  /** As `read`, without waiting: undefined when nothing has arrived. */
  tryRead(into: Uint8Array): number | undefined {
    return this.reader.tryRead(into);
  }

  readExactly(into: Uint8Array, options?: WaitOptions): Promise<void> {
    return this.reader.readExactly(into, options);
  }

  readUntil(delimiter: Uint8Array | string, options?: ReadLimit): Promise<Uint8Array | undefined> {
    return this.reader.readUntil(delimiter, options);
  }

  lines(options?: LineOptions): AsyncIterableIterator<string> {
    return this.reader.lines(options);
  }

  /** Writes all of it, waiting while the other side does not keep up. */
  write(data: Uint8Array | string, options?: WaitOptions): Promise<void> {
    return this.writer.write(data, options);
  }

  /** Writes several pieces as if they were one, with one system call. */
  writev(chunks: readonly Uint8Array[], options?: WaitOptions): Promise<void> {
    return this.writer.writev(chunks, options);
  }

  /** Writes without a promise; see ByteWriter.post. */
  post(chunk: Uint8Array): boolean {
    return this.writer.post(chunk);
  }

  postText(text: string, encoding?: TextEncoding): boolean {
    return this.writer.postText(text, encoding);
  }

  flushed(options?: WaitOptions): Promise<void> {
    return this.writer.flushed(options);
  }

  /** Half-close: says that nothing more will be written. Reading goes on. */
  closeWrite(options?: WaitOptions): Promise<void> {
    return this.writer.closeWrite(options);
  }

  tune(options: TransportTuning): void {
    this.#transport.tune(options);
  }

  /**
   * Waits until everything written is with the host, then closes; closes also when that wait fails, is
   * cancelled or times out. After a write that was given up, and in a cancelled scope, there is nothing
   * to wait for: it closes at once, as `using` does. Closing twice does nothing.
   */
  close(options?: WaitOptions): Promise<void> {
    const { writer } = this;
    const waits = !this.#closed && writer.pendingBytes > 0 && writer.writable;
    if (waits && currentScope().cancellation === undefined) return this.#closeFlushed(options);
    this.#end(false);
    return Promise.resolve();
  }

  async #closeFlushed(options: WaitOptions | undefined): Promise<void> {
    try {
      await this.writer.flushed(options);
    } finally {
      this.#end(false);
    }
  }

  /** Closes at once and lets the other side see a failure (TCP RST) instead of an orderly end. */
  reset(): void {
    this.#end(true);
  }

  [Symbol.dispose](): void {
    this.#end(false);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#end(false);
  }

  #end(reset: boolean): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#ledger?.closed(this);
    if (reset) this.#transport.reset();
    else this.#transport.close();
    this.reader.close();
    this.writer.close();
    this.onClose?.();
  }

  // The transport's side.

  received(chunk: Uint8Array): void {
    this.reader.received(chunk);
  }

  ended(): void {
    this.reader.sourceEnded();
  }

  written(error: IoError | undefined): void {
    this.writer.written(error);
  }

  shut(error: IoError | undefined): void {
    this.writer.shut(error);
  }

  failed(error: IoError): void {
    this.reader.sourceFailed(error);
    this.writer.sinkFailed(error);
  }
}
