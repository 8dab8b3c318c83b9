/**
 * TLS for a connection that has been made: node:tls over the runtime's connection, so that names,
 * timeouts, cancellation and Unix sockets are those of every other connection.
 */
import { AsyncLocalStorage } from "node:async_hooks";
import { isIP } from "node:net";
import { connect, type ConnectionOptions as TlsConnectOptions, type TLSSocket } from "node:tls";
import { Connection, Oneshot, StreamTransport, type WaitOptions } from "@hotpath/runtime";
import { Underlay } from "../server/tls.ts";

/** As node:tls takes them: `ca`, `cert`, `key`, `minVersion`, … Certificates are always checked. */
export type ClientTls = Omit<
  TlsConnectOptions,
  "host" | "port" | "path" | "socket" | "timeout" | "ALPNProtocols" | "rejectUnauthorized"
>;

export interface Securing extends WaitOptions {
  /** The name that the certificate must have. */
  readonly host: string;
  readonly tls: ClientTls | undefined;
  readonly readAheadBytes: number;
}

/** The secure connection; the one below it belongs to it from now on, also when this fails. */
export async function secure(below: Connection, options: Securing): Promise<Connection> {
  const { host, readAheadBytes } = options;
  // Waits below belong to whoever makes the connection, not to the request that writes at the moment:
  // that may be cancelled, and the bytes of others be in the same buffer.
  const inScope = AsyncLocalStorage.snapshot();
  const underlay = new Underlay(below, () => inScope(() => below.flushed()));
  const socket = connect({
    // A numeric address is no server name (RFC 6066 section 3), but is compared with the certificate.
    ...(isIP(host) === 0 ? { servername: host } : { host }),
    ...options.tls,
    socket: underlay,
    ALPNProtocols: ["http/1.1"],
    rejectUnauthorized: true,
  });
  try {
    await shaken(socket, options);
  } catch (error) {
    socket.destroy();
    underlay.destroy();
    throw error;
  }
  const { remote, local } = below;
  const transport = new StreamTransport({ readable: socket, writable: socket, remote, local });
  return new Connection(transport, { readAheadBytes });
}

/** Waits for the end of the handshake. */
async function shaken(socket: TLSSocket, options: WaitOptions): Promise<void> {
  const done = new Oneshot<void>({ name: "a TLS handshake" });
  socket.once("secureConnect", () => done.send());
  // The listener stays: what is destroyed may still report an error.
  socket.on("error", (error) => done.fail(error));
  socket.once("close", () => done.fail(new Error("The connection ended in the TLS handshake")));
  await done.receive(options);
}
