/**
 * Datagrams: each arrives whole, or not at all, in any order.
 *
 * What arrives while nobody waits is kept, up to `queueLimit` datagrams; further ones are dropped and
 * counted, as the kernel drops them when its own buffer is full.
 */
import { isIP } from "node:net";
import { ClosedError } from "../errors.ts";
import {
  formatUdp,
  type DatagramPort,
  type DatagramSink,
  type UdpAddress,
} from "../io/datagrams.ts";
import { hostCall } from "../io/host-call.ts";
import type { IoError } from "../io/io-error.ts";
import { currentRuntime, currentScope } from "../runtime/runtime.ts";
import { NOT_READY, type Got, type Selectable } from "../select/selectable.ts";
import type { Scope } from "../task/scope.ts";
import { Park, type WaitOptions } from "../wait/park.ts";
import { WaitQueue, type Waiter } from "../wait/waiter.ts";
import { checkPort } from "./address.ts";

export interface UdpOptions extends WaitOptions {
  /** 0 (the default): the host chooses one. */
  readonly port?: number;
  /** A numeric address of this machine. Default: "127.0.0.1". */
  readonly host?: string;
  /** Datagrams that are kept while nobody receives. Default: 256. */
  readonly queueLimit?: number;
}

export interface Datagram {
  readonly data: Uint8Array;
  readonly from: UdpAddress;
}

/** What IPv4 can carry: 65535 less the headers of IP and UDP. */
const LARGEST_BYTES = 65_507;

export class UdpSocket
  implements DatagramSink, Selectable<Got<Datagram>>, Disposable, AsyncDisposable
{
  declare readonly outcome?: Got<Datagram>;
  readonly #queueLimit: number;
  readonly #owner: Scope;
  readonly #queue: Datagram[] = [];
  readonly #receivers = new WaitQueue();
  #port: DatagramPort | undefined = undefined;
  #error: IoError | undefined = undefined;
  #closed = false;
  /** Datagrams that came when queueLimit others waited. */
  droppedCount = 0;

  constructor(queueLimit: number) {
    this.#queueLimit = queueLimit;
    this.#owner = currentScope();
  }

  begin(port: DatagramPort): this {
    this.#port = port;
    this.#owner.runtime.ledger?.opened(this, this.#owner);
    return this;
  }

  describe(): string {
    return this.#port === undefined ? "UDP socket" : `UDP socket ${formatUdp(this.#port.address)}`;
  }

  get address(): UdpAddress {
    return this.#port!.address;
  }

  get port(): number {
    return this.address.port;
  }

  /** Sends one datagram; returns when the host has taken it. Whether it arrives nobody knows. */
  send(
    data: Uint8Array | string,
    to: { readonly host: string; readonly port: number },
    options?: WaitOptions,
  ): Promise<void> {
    const bytes = typeof data === "string" ? Buffer.from(data) : data;
    checkPort(to.port);
    if (isIP(to.host) === 0)
      throw new TypeError(`Not a numeric address: ${JSON.stringify(to.host)}`);
    if (bytes.length > LARGEST_BYTES) {
      throw new RangeError(`A datagram has at most ${LARGEST_BYTES} bytes: not ${bytes.length}`);
    }
    if (this.#closed) return Promise.reject(this.#closedError("send on"));
    const address: UdpAddress = { kind: "udp", host: to.host, port: to.port };
    const start = (settle: Parameters<DatagramPort["send"]>[2]): void =>
      this.#port!.send(bytes, address, settle);
    return hostCall<void>("send on", this.describe(), start, options);
  }

  /** Waits for the next datagram; its memory is the caller's. */
  receive(options?: WaitOptions): Promise<Datagram> {
    const scope = currentScope();
    if (scope.cancellation !== undefined) return scope.refuse();
    try {
      const datagram = this.tryReceive();
      if (datagram !== undefined) return scope.runtime.ready(datagram);
    } catch (error) {
      return Promise.reject(error);
    }
    const park = new Park<Datagram>(scope, this, "receive on");
    this.#receivers.push(park);
    return park.wait(options);
  }

  tryReceive(): Datagram | undefined {
    if (this.#closed) throw this.#closedError("receive on");
    const datagram = this.#queue.shift();
    const error = this.#error;
    if (datagram !== undefined || error === undefined) return datagram;
    this.#error = undefined;
    throw error;
  }

  poll(): unknown {
    return this.tryReceive() ?? NOT_READY;
  }

  enlist(waiter: Waiter): void {
    this.#receivers.push(waiter);
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#owner.runtime.ledger?.closed(this);
    this.#queue.length = 0;
    this.#port?.close();
    for (let waiter = this.#receivers.shift(); waiter; waiter = this.#receivers.shift()) {
      waiter.park.fail(waiter, this.#closedError("receive on"));
    }
  }

  [Symbol.dispose](): void {
    this.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.close();
  }

  received(data: Uint8Array, from: UdpAddress): void {
    const waiter = this.#receivers.shift();
    if (waiter !== undefined) waiter.park.wake(waiter, { data, from });
    else if (this.#queue.length < this.#queueLimit) this.#queue.push({ data, from });
    else this.droppedCount++;
  }

  failed(error: IoError): void {
    const waiter = this.#receivers.shift();
    if (waiter === undefined) this.#error = error;
    else waiter.park.fail(waiter, error);
  }

  #closedError(verb: string): ClosedError {
    return new ClosedError(`Cannot ${verb} ${this.describe()}: it is closed`);
  }
}

/** Opens a socket for datagrams. Error IO: EADDRINUSE, EACCES. */
export async function bindUdp(options: UdpOptions = {}): Promise<UdpSocket> {
  const { port = 0, host = "127.0.0.1", queueLimit = 256 } = options;
  checkPort(port);
  if (isIP(host) === 0) throw new TypeError(`Not a numeric address: ${JSON.stringify(host)}`);
  if (!(queueLimit >= 1))
    throw new RangeError(`A queue holds at least 1 datagram: not ${queueLimit}`);
  const { datagrams } = currentRuntime().io;
  const socket = new UdpSocket(queueLimit);
  const address: UdpAddress = { kind: "udp", host, port };
  const bound = await hostCall<DatagramPort>(
    "listen",
    formatUdp(address),
    (settle) => datagrams.bind(address, socket, settle),
    { ...options, dispose: (late) => late.close() },
  );
  return socket.begin(bound);
}
