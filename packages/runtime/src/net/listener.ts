/**
 * Accepting connections.
 *
 *     kernel's queue ──> waiting (at most `backlog`) ──accept()──> a task
 *
 * Node gives no way to leave a connection in the kernel's queue, so what nobody accepts waits here,
 * unread: its bytes stay in the kernel and fill the sender's window, and nothing is allocated for it
 * but its handle. When `backlog` of them wait, further ones are reset, as a full kernel queue does.
 */
import { ClosedError } from "../errors.ts";
import type { IoError } from "../io/io-error.ts";
import {
  formatAddress,
  type AcceptSink,
  type Acceptor,
  type Address,
  type Transport,
} from "../io/net.ts";
import { currentScope } from "../runtime/runtime.ts";
import { NOT_READY, type Got, type Selectable } from "../select/selectable.ts";
import type { Scope } from "../task/scope.ts";
import { Park, type WaitOptions } from "../wait/park.ts";
import { WaitQueue, type Waiter } from "../wait/waiter.ts";
import { Connection, type ConnectionOptions } from "./connection.ts";

export class Listener
  implements
    AcceptSink,
    Selectable<Got<Connection>>,
    AsyncIterable<Connection>,
    AsyncDisposable,
    Disposable
{
  declare readonly outcome?: Got<Connection>;
  readonly #backlog: number;
  readonly #options: ConnectionOptions;
  readonly #owner: Scope;
  readonly #waiting: Transport[] = [];
  readonly #acceptors = new WaitQueue();
  #acceptor: Acceptor | undefined = undefined;
  #closed = false;
  #error: IoError | undefined = undefined;
  #handler: ((connection: Connection) => void) | undefined = undefined;
  /** Connections that were reset because `backlog` others waited. */
  refusedCount = 0;

  constructor(backlog: number, options: ConnectionOptions) {
    this.#backlog = backlog;
    this.#options = options;
    this.#owner = currentScope();
  }

  /** The host listens. Called once, by `listenTcp` and `listenUnix`. */
  begin(acceptor: Acceptor): this {
    this.#acceptor = acceptor;
    this.#owner.runtime.ledger?.opened(this, this.#owner);
    return this;
  }

  describe(): string {
    return `listener on ${formatAddress(this.#acceptor?.address)}`;
  }

  /** Where it listens, with the port that was chosen when 0 was asked for. */
  get address(): Address {
    return this.#acceptor!.address;
  }

  get port(): number {
    const { address } = this;
    if (address.kind === "tcp") return address.port;
    throw new TypeError(`${this.describe()} has no port`);
  }

  get closed(): boolean {
    return this.#closed;
  }

  /** Waits for the next connection. */
  accept(options?: WaitOptions): Promise<Connection> {
    const scope = currentScope();
    if (scope.cancellation !== undefined) return scope.refuse();
    try {
      const connection = this.tryAccept();
      if (connection !== undefined) return scope.runtime.ready(connection);
    } catch (error) {
      return Promise.reject(error);
    }
    const park = new Park<Connection>(scope, this, "accept");
    this.#acceptors.push(park);
    return park.wait(options);
  }

  /** As `accept`, without waiting. */
  tryAccept(): Connection | undefined {
    if (this.#closed) throw new ClosedError(`Cannot accept on ${this.describe()}: it is closed`);
    const transport = this.#waiting.shift();
    if (transport !== undefined) return new Connection(transport, this.#options);
    const error = this.#error;
    this.#error = undefined;
    if (error !== undefined) throw error;
    return undefined;
  }

  /**
   * Hands every connection, from now on, to `handler`: in the host's own callback, without a task
   * switch, and outside of any scope. For servers that count microseconds; it must not throw. With
   * undefined connections wait for `accept` again.
   */
  onConnection(handler: ((connection: Connection) => void) | undefined): void {
    this.#handler = handler;
    if (handler === undefined) return;
    for (let next = this.#waiting.shift(); next; next = this.#waiting.shift()) {
      handler(new Connection(next, this.#options, this.#owner));
    }
  }

  /** Connections until the listener is closed. */
  async *[Symbol.asyncIterator](): AsyncGenerator<Connection, void, undefined> {
    while (!this.#closed) {
      try {
        yield await this.accept();
      } catch (error) {
        if (!(this.#closed && error instanceof ClosedError)) throw error;
      }
    }
  }

  poll(): unknown {
    return this.tryAccept() ?? NOT_READY;
  }

  enlist(waiter: Waiter): void {
    this.#acceptors.push(waiter);
  }

  /** Stops listening. Connections that nobody has accepted are reset; whoever waits in `accept` is told. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#owner.runtime.ledger?.closed(this);
    this.#acceptor?.close();
    for (const transport of this.#waiting) transport.reset();
    this.#waiting.length = 0;
    for (let waiter = this.#acceptors.shift(); waiter; waiter = this.#acceptors.shift()) {
      waiter.park.fail(waiter, new ClosedError(`${this.describe()} was closed`));
    }
  }

  [Symbol.dispose](): void {
    this.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.close();
  }

  accepted(transport: Transport): void {
    if (this.#closed) return transport.reset();
    if (this.#handler !== undefined)
      return this.#handler(new Connection(transport, this.#options, this.#owner));
    const waiter = this.#acceptors.shift();
    if (waiter !== undefined) {
      return waiter.park.wake(waiter, new Connection(transport, this.#options, waiter.park.scope));
    }
    if (this.#waiting.length >= this.#backlog) {
      this.refusedCount++;
      return transport.reset();
    }
    this.#waiting.push(transport);
  }

  failed(error: IoError): void {
    const waiter = this.#acceptors.shift();
    if (waiter !== undefined) waiter.park.fail(waiter, error);
    else this.#error = error;
  }
}
