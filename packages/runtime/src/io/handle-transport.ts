/**
 * A transport directly on a socket handle of the host.
 *
 *     kernel ──uv read──> LANDING (64 KiB, one per thread) ──received(view)──> sink copies what it wants
 *     sink ──write(chunk)──> tried at once; only the rest is queued by libuv, which then owns the chunk
 *
 * Invariants:
 * 1. Every socket of a thread reads into the same LANDING: a read and its callback are one synchronous
 *    step, so nobody else can read in between, and an idle connection holds no read buffer at all.
 * 2. A request is made only for a write that did not complete at once.
 * 3. After close() no callback reaches the sink.
 */
import { IoError } from "./io-error.ts";
import {
  hostHandles,
  type HostHandles,
  type PipeHandle,
  type SocketName,
  type StreamHandle,
  type TcpHandle,
  type WriteRequest,
} from "./host-handles.ts";
import {
  formatAddress,
  type Address,
  type TextEncoding,
  type Transport,
  type TransportSink,
  type TransportTuning,
} from "./net.ts";

const LANDING_BYTES = 64 * 1024;
/** What the host reads into, and the same memory as a plain Uint8Array, whose slice() copies. */
let landing: Buffer | undefined;
let landed: Uint8Array;

const UV_EOF = -4095;

export class HandleTransport implements Transport {
  readonly #host: HostHandles;
  readonly #handle: StreamHandle;
  readonly #tcp: TcpHandle | undefined;
  #remote: Address | undefined;
  #local: Address | undefined;
  #sink: TransportSink | undefined = undefined;
  #reading = false;
  #closed = false;

  constructor(handle: TcpHandle | PipeHandle, remote: Address | undefined) {
    this.#host = hostHandles()!;
    this.#handle = handle;
    this.#tcp = "setNoDelay" in handle ? handle : undefined;
    this.#remote = remote;
  }

  get remote(): Address | undefined {
    if (this.#remote === undefined && !this.#closed) this.#remote = this.#name("getpeername");
    return this.#remote;
  }

  get local(): Address | undefined {
    if (this.#local === undefined && !this.#closed) this.#local = this.#name("getsockname");
    return this.#local;
  }

  #name(which: "getpeername" | "getsockname"): Address | undefined {
    if (this.#tcp === undefined) return undefined;
    const out: SocketName = {};
    if (this.#tcp[which](out) !== 0) return undefined;
    return { kind: "tcp", host: out.address ?? "", port: out.port ?? 0 };
  }

  open(sink: TransportSink): void {
    this.#sink = sink;
    if (landing === undefined) {
      landing = Buffer.allocUnsafeSlow(LANDING_BYTES);
      landed = new Uint8Array(landing.buffer);
    }
    this.#handle.useUserBuffer(landing);
    this.#handle.onread = () => this.#onread();
  }

  #onread(): void {
    const count = this.#host.state[this.#host.readBytesIndex]!;
    if (this.#closed || count === 0) return;
    if (count > 0) return this.#sink!.received(landed.subarray(0, count));
    this.#reading = false;
    this.#handle.readStop();
    if (count === UV_EOF) this.#sink!.ended();
    else this.#sink!.failed(this.#error("read from", count));
  }

  #error(operation: string, status: number): IoError {
    return IoError.fromStatus(operation, formatAddress(this.remote), status);
  }

  readStart(): void {
    if (this.#reading || this.#closed) return;
    const status = this.#handle.readStart();
    if (status !== 0) throw this.#error("read from", status);
    this.#reading = true;
  }

  readStop(): void {
    if (!this.#reading || this.#closed) return;
    this.#reading = false;
    this.#handle.readStop();
  }

  write(chunk: Uint8Array): boolean {
    return this.#after(this.#handle.writeBuffer(null, chunk), chunk);
  }

  writev(chunks: readonly Uint8Array[]): boolean {
    return this.#after(this.#handle.writev(null, chunks, true), chunks);
  }

  writeText(text: string, encoding: TextEncoding): boolean {
    const result =
      encoding === "latin1"
        ? this.#handle.writeLatin1String(null, text)
        : this.#handle.writeUtf8String(null, text);
    return this.#after(result, undefined);
  }

  #after(result: number | WriteRequest, buffer: unknown): boolean {
    if (result === 0) return true;
    if (typeof result === "number") throw this.#error("write to", result);
    return this.#pending(result, buffer);
  }

  #pending(request: WriteRequest, buffer: unknown): boolean {
    const error = this.#host.state[this.#host.writeErrorIndex]!;
    if (error !== 0) throw this.#error("write to", error);
    request.buffer = buffer;
    if (request.writeStatus !== null) {
      const status = request.writeStatus;
      request.writeStatus = null;
      if (status !== 0) throw this.#error("write to", status);
      return true;
    }
    request.oncomplete = (status) => {
      if (this.#closed) return;
      this.#sink!.written(status === 0 ? undefined : this.#error("write to", status));
    };
    return false;
  }

  shutdown(): void {
    const request = new this.#host.Shutdown();
    request.oncomplete = (status) => {
      if (this.#closed) return;
      this.#sink!.shut(status === 0 ? undefined : this.#error("shut down", status));
    };
    const status = this.#handle.shutdown(request);
    // 1: nothing to wait for. The sink is told in any case, and not from inside this call.
    if (status !== 0) setImmediate(() => request.oncomplete(status === 1 ? 0 : status));
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#handle.close();
  }

  reset(): void {
    if (this.#closed) return;
    this.#closed = true;
    // Refused while a shutdown is under way; then an ordinary close has to do.
    if (this.#tcp === undefined || this.#tcp.reset() !== 0) this.#handle.close();
  }

  tune(options: TransportTuning): void {
    const tcp = this.#tcp;
    if (tcp === undefined || this.#closed) return;
    if (options.noDelay !== undefined) tcp.setNoDelay(options.noDelay);
    if (options.keepAliveSeconds !== undefined) {
      tcp.setKeepAlive(options.keepAliveSeconds > 0, options.keepAliveSeconds);
    }
  }
}
