/**
 * TLS: node:tls between the runtime's connection below and another above.
 *
 *     transport ──> Connection ──> Underlay (a Duplex) ──> TLSSocket ──> StreamTransport ──> Connection
 *
 * node:tls would open sockets of its own; over a Duplex it encrypts whatever carries bytes, so limits,
 * deadlines, shedding and Unix sockets are the same with TLS as without.
 */
import { AsyncLocalStorage } from "node:async_hooks";
import { Duplex } from "node:stream";
import { createServer, type Server, type TlsOptions, type TLSSocket } from "node:tls";
import { Connection, StreamTransport } from "@hotpath/runtime";

/** As node:tls takes them: `key`, `cert`, `ca`, `requestCert`, `SNICallback`, … */
export type ServerTls = TlsOptions;

type Done = (error?: Error | null) => void;

/** Tells a stream of Node how a wait of ours ended. */
async function report(wait: Promise<void>, done: Done): Promise<void> {
  try {
    await wait;
  } catch (error) {
    return done(error as Error);
  }
  done();
}

/** A connection of the runtime as a stream of Node. */
export class Underlay extends Duplex {
  readonly #connection: Connection;
  readonly #flushed: () => Promise<void>;
  /** The stream above wants no more for now. */
  #full = false;

  constructor(connection: Connection, flushed: () => Promise<void>) {
    super({ allowHalfOpen: true });
    this.#connection = connection;
    this.#flushed = flushed;
    const { reader } = connection;
    reader.tap = (chunk) => this.#take(chunk);
    reader.onEnd = () => this.push(null);
    reader.arm();
  }

  #take(chunk: Uint8Array): number {
    if (this.#full) return 0;
    this.#full = !this.push(Buffer.from(chunk));
    return chunk.length;
  }

  override _read(): void {
    if (!this.#full) return;
    this.#full = false;
    const { reader } = this.#connection;
    if (reader.bufferedBytes > 0) reader.consume(this.#take(reader.buffered));
  }

  override _write(chunk: Buffer, _encoding: string, done: Done): void {
    try {
      if (this.#connection.post(chunk)) return done();
    } catch (error) {
      return done(error as Error);
    }
    void report(this.#flushed(), done);
  }

  override _final(done: Done): void {
    void report(this.#connection.closeWrite(), done);
  }

  override _destroy(error: Error | null, done: Done): void {
    if (error === null) void report(this.#connection.close(), () => {});
    else this.#connection.reset();
    done(error);
  }
}

/**
 * Whose handshake is going on. A tls.Server tells only of the socket that it made; that socket's
 * callbacks keep the context in which it was made, and so lead back to the connection below it.
 */
const opening = new AsyncLocalStorage<Connection>();

/** Makes secure connections of plain ones. */
export class TlsListener {
  readonly #server: Server;
  readonly #open = new Set<Underlay>();

  constructor(options: ServerTls, handshakeMs: number, secured: (connection: Connection) => void) {
    this.#server = createServer({
      ALPNProtocols: ["http/1.1"],
      ...options,
      handshakeTimeout: Math.min(handshakeMs, 2 ** 31 - 1),
    });
    this.#server.on("secureConnection", (socket: TLSSocket) => {
      const plain = opening.getStore();
      const addresses = { local: plain?.local, remote: plain?.remote };
      const transport = new StreamTransport({ readable: socket, writable: socket, ...addresses });
      opening.exit(() => secured(new Connection(transport)));
    });
    // Whoever fails the handshake is closed; what was wrong concerns nobody else.
    this.#server.on("tlsClientError", (_error, socket) => socket.destroy());
  }

  /** Connections, those whose handshake goes on among them. */
  get openCount(): number {
    return this.#open.size;
  }

  /** Begins the handshake. `flushed` waits, in a task of the server, until the client has taken what was sent. */
  accept(connection: Connection, flushed: () => Promise<void>): void {
    const underlay = new Underlay(connection, flushed);
    this.#open.add(underlay);
    underlay.once("close", () => this.#open.delete(underlay));
    underlay.on("error", () => underlay.destroy());
    opening.run(connection, () => this.#server.emit("connection", underlay));
  }

  close(): void {
    for (const underlay of this.#open) underlay.destroy();
  }
}
