/**
 * The network as the runtime sees it: transports that call back, one interface for the host's sockets
 * (`node-net.ts`) and for simulated ones (`../simulate/`).
 *
 * Nothing here waits. A transport reports what happens, synchronously, to the one sink it was opened
 * with; buffering, parking, timeouts and cancellation are in `../stream/` and `../net/`, written once.
 */
import type { IoError } from "./io-error.ts";

export interface TcpAddress {
  readonly kind: "tcp";
  /** A numeric address, IPv4 or IPv6 without brackets. */
  readonly host: string;
  readonly port: number;
}

export interface UnixAddress {
  readonly kind: "unix";
  readonly path: string;
}

export type Address = TcpAddress | UnixAddress;

/** What the owner of a transport is told. None of these may throw. */
export interface TransportSink {
  /** Bytes came. The memory belongs to the transport and is overwritten after the call. */
  received(chunk: Uint8Array): void;
  /** The other side has sent all that it will send. */
  ended(): void;
  /** The oldest write that answered false is over. */
  written(error: IoError | undefined): void;
  /** The `shutdown` is over. */
  shut(error: IoError | undefined): void;
  /** The transport broke: nothing more comes. */
  failed(error: IoError): void;
}

/** One connected stream of bytes. */
export interface Transport {
  /** Address of this end, where it has one. */
  readonly local: Address | undefined;
  readonly remote: Address | undefined;
  /** Sets who is told. Called once, before anything else. */
  open(sink: TransportSink): void;
  readStart(): void;
  readStop(): void;
  /**
   * Sends the bytes. True: all of them are with the host and the memory may be reused. False: it must
   * not change until `written`. Throws IoError when the transport is broken.
   */
  write(chunk: Uint8Array): boolean;
  writev(chunks: readonly Uint8Array[]): boolean;
  /** As `write`, encoding on the way; "latin1" is the fastest there is for ASCII. */
  writeText(text: string, encoding: TextEncoding): boolean;
  /** Half-close: tells the other side that nothing more comes, after what is being written. */
  shutdown(): void;
  /** Gives the transport back at once; what is not yet with the host is dropped. */
  close(): void;
  /** As `close`, but tells the other side that something is wrong, where the transport can. */
  reset(): void;
  tune(options: TransportTuning): void;
}

export type TextEncoding = "latin1" | "utf8";

export interface TransportTuning {
  /** Send small writes at once instead of gathering them (TCP_NODELAY). */
  readonly noDelay?: boolean;
  /** Probe an idle connection after this many seconds; 0: never. */
  readonly keepAliveSeconds?: number;
}

export interface ListenOptions {
  /** Connections that wait to be accepted, in the kernel and again here. */
  readonly backlog: number;
  /** Accept only IPv6 on the unspecified IPv6 address, not IPv4 as well. */
  readonly ipv6Only: boolean;
  /** Several processes or threads may listen on the same port. */
  readonly reusePort: boolean;
}

export interface AcceptSink {
  accepted(transport: Transport): void;
  failed(error: IoError): void;
}

export interface Acceptor {
  /** With the port that the host has chosen. */
  readonly address: Address;
  close(): void;
}

/** Calls back exactly once, never before the call that takes it has returned. */
export type Settle<T> = (error: IoError | undefined, value: T | undefined) => void;

export interface Net {
  /** Returns how to call it off; then `settle` is not called any more. */
  connect(address: Address, settle: Settle<Transport>): () => void;
  listen(
    address: Address,
    options: ListenOptions,
    sink: AcceptSink,
    settle: Settle<Acceptor>,
  ): () => void;
}

/** `127.0.0.1:80`, `[::1]:80` or the path. */
export function formatAddress(address: Address | undefined): string {
  if (address === undefined) return "an unnamed socket";
  if (address.kind === "unix") return address.path === "" ? "an unnamed socket" : address.path;
  return address.host.includes(":")
    ? `[${address.host}]:${address.port}`
    : `${address.host}:${address.port}`;
}
