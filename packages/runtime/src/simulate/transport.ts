/**
 * One end of a simulated connection.
 *
 *     write ──> outbox (waits for the window) ──latency──> inbox of the peer ──> its sink, while it reads
 *
 * Invariants:
 * 1. travelling + inbox of the peer ≤ windowBytes; what does not fit waits in the outbox, and its write
 *    is pending: backpressure.
 * 2. Pieces arrive in the order in which they were sent: each is due no earlier than the one before.
 * 3. After close() or loss the sink is not called; the peer learns of a close in order (end), of a
 *    reset when the news arrives.
 */
import { IoError } from "../io/io-error.ts";
import {
  formatAddress,
  type Address,
  type TextEncoding,
  type Transport,
  type TransportSink,
} from "../io/net.ts";
import type { SimulatedNetwork } from "./network.ts";

type Piece =
  | { readonly kind: "bytes"; readonly bytes: Uint8Array }
  | { readonly kind: "end" }
  | { readonly kind: "reset" };

export class SimulatedTransport implements Transport {
  readonly host: string;
  readonly peerHost: string;
  readonly local: Address;
  readonly remote: Address;
  readonly #network: SimulatedNetwork;
  #peer: SimulatedTransport | undefined = undefined;
  #sink: TransportSink | undefined = undefined;
  #reading = false;
  #delivering = false;
  #closed = false;
  #lost: string | undefined = undefined;
  #shut = false;
  /** Sent by this end and not yet let into the window. */
  readonly #outbox: Piece[] = [];
  /** Arrived and not yet given to the sink. */
  readonly #inbox: Piece[] = [];
  #windowUsedBytes = 0;
  #lastDueMs = 0;

  constructor(
    network: SimulatedNetwork,
    host: string,
    peerHost: string,
    addresses: { readonly local: Address; readonly remote: Address },
  ) {
    this.#network = network;
    this.host = host;
    this.peerHost = peerHost;
    this.local = addresses.local;
    this.remote = addresses.remote;
  }

  join(peer: SimulatedTransport): void {
    this.#peer = peer;
    peer.#peer = this;
  }

  open(sink: TransportSink): void {
    this.#sink = sink;
    if (this.#lost !== undefined) this.#network.later(0, () => this.#report());
  }

  readStart(): void {
    this.#reading = true;
    if (this.#inbox.length > 0) this.#deliverSoon();
  }

  readStop(): void {
    this.#reading = false;
  }

  write(chunk: Uint8Array): boolean {
    return this.#send(chunk);
  }

  writev(chunks: readonly Uint8Array[]): boolean {
    return this.#send(Buffer.concat(chunks));
  }

  writeText(text: string, encoding: TextEncoding): boolean {
    return this.#send(Buffer.from(text, encoding));
  }

  #send(chunk: Uint8Array): boolean {
    if (this.#lost !== undefined) throw this.#error("write to", this.#lost);
    if (this.#shut) throw this.#error("write to", "EPIPE");
    const roomBytes = this.#network.conditions.windowBytes - this.#windowUsedBytes;
    if (this.#outbox.length === 0 && roomBytes >= chunk.length) {
      this.#launch({ kind: "bytes", bytes: new Uint8Array(chunk) });
      return true;
    }
    // The caller must not change the memory, so it need not be copied before it travels.
    this.#outbox.push({ kind: "bytes", bytes: chunk });
    this.#pump();
    return false;
  }

  /** Moves what fits from the outbox into the window. */
  #pump(): void {
    for (let piece = this.#outbox[0]; piece !== undefined; piece = this.#outbox[0]) {
      if (piece.kind !== "bytes") {
        this.#outbox.shift();
        this.#launch(piece);
        if (piece.kind === "end") this.#sink?.shut(undefined);
        continue;
      }
      const { windowBytes } = this.#network.conditions;
      const roomBytes = windowBytes - this.#windowUsedBytes;
      // Not byte by byte as the window opens: that would be the silly window of RFC 1122, 4.2.3.4.
      if (roomBytes < Math.min(piece.bytes.length, windowBytes / 4)) return;
      if (piece.bytes.length > roomBytes) {
        this.#outbox[0] = { ...piece, bytes: piece.bytes.subarray(roomBytes) };
        this.#launch({ kind: "bytes", bytes: new Uint8Array(piece.bytes.subarray(0, roomBytes)) });
        return;
      }
      this.#outbox.shift();
      this.#launch({ kind: "bytes", bytes: new Uint8Array(piece.bytes) });
      this.#network.later(0, () => {
        if (!this.#closed && this.#lost === undefined) this.#sink?.written(undefined);
      });
    }
  }

  /** Puts a piece on its way. */
  #launch(piece: Piece): void {
    if (piece.kind === "bytes") this.#windowUsedBytes += piece.bytes.length;
    const peer = this.#peer!;
    this.#network.whenReachable(this.host, this.peerHost, () => {
      const nowMs = this.#network.nowMs();
      const dueMs = Math.max(this.#lastDueMs, nowMs + this.#network.latencyMs());
      // Later than the one before by something: entries of one time may fire in any order.
      this.#lastDueMs = dueMs + 1e-6;
      this.#network.later(dueMs - nowMs, () => peer.#arrive(piece));
    });
  }

  #arrive(piece: Piece): void {
    if (this.#closed || this.#lost !== undefined) {
      // Nobody is there any more; the sender learns it as from a real host, by a reset.
      if (piece.kind === "bytes") this.#peer!.lose("ECONNRESET");
      return;
    }
    if (piece.kind === "reset") return this.lose("ECONNRESET");
    if (piece.kind === "bytes" && this.#network.chance(this.#network.conditions.resetChance)) {
      this.#peer!.lose("ECONNRESET");
      return this.lose("ECONNRESET");
    }
    this.#inbox.push(piece);
    if (this.#reading) this.#deliver();
  }

  #deliverSoon(): void {
    if (this.#delivering) return;
    this.#delivering = true;
    this.#network.later(0, () => {
      this.#delivering = false;
      this.#deliver();
    });
  }

  /** Gives the sink one piece, or the beginning of one, and the rest a moment later. */
  #deliver(): void {
    if (!this.#reading || this.#closed || this.#lost !== undefined) return;
    const piece = this.#inbox.shift();
    if (piece === undefined) return;
    if (piece.kind === "bytes") this.#deliverBytes(piece.bytes);
    else if (piece.kind === "end") this.#sink!.ended();
    if (this.#inbox.length > 0) this.#deliverSoon();
  }

  #deliverBytes(bytes: Uint8Array): void {
    let count = bytes.length;
    if (count > 1 && this.#network.chance(this.#network.conditions.shortReadChance)) {
      count = 1 + this.#network.below(count - 1);
      this.#inbox.unshift({ kind: "bytes", bytes: bytes.subarray(count) });
    }
    const peer = this.#peer!;
    peer.#windowUsedBytes -= count;
    this.#sink!.received(bytes.subarray(0, count));
    if (peer.#outbox.length > 0) peer.#pump();
  }

  shutdown(): void {
    this.#shut = true;
    if (this.#outbox.length > 0) {
      this.#outbox.push({ kind: "end" });
      return;
    }
    this.#launch({ kind: "end" });
    this.#network.later(0, () => {
      if (!this.#closed && this.#lost === undefined) this.#sink?.shut(undefined);
    });
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#network.forget(this);
    if (this.#lost !== undefined) return;
    // Bytes that nobody read are lost, and the other side is told so, as TCP does.
    const unread = this.#inbox.some((piece) => piece.kind === "bytes");
    if (unread || this.#outbox.length > 0) this.#launch({ kind: "reset" });
    else if (!this.#shut) this.#launch({ kind: "end" });
  }

  reset(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#network.forget(this);
    if (this.#lost === undefined) this.#launch({ kind: "reset" });
  }

  /** The connection broke. */
  lose(code: string): void {
    if (this.#closed || this.#lost !== undefined) return;
    this.#lost = code;
    this.#inbox.length = 0;
    this.#network.forget(this);
    if (this.#sink !== undefined) this.#report();
  }

  #report(): void {
    if (!this.#closed) this.#sink!.failed(this.#error("use the connection to", this.#lost!));
  }

  #error(operation: string, code: string): IoError {
    return new IoError(operation, formatAddress(this.remote), code);
  }

  tune(): void {}
}
