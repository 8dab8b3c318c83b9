/**
 * Opens the socket of one server connection, with TLS where the URL asks for it.
 *
 * We open it ourselves, and hand it to the postgres driver ready, because COPY reads and writes it
 * directly (copy-wire.ts). It reads into one buffer again and again: Node's own way, a new buffer for
 * each read, leaves 100 MB for the garbage collector in the course of a COPY of 1,000,000 rows.
 */
import { connect, isIP, type Socket } from "node:net";
import { connect as connectTls } from "node:tls";
import { TablesError } from "../errors.ts";
import type { ServerAddress } from "./server-address.ts";

/** The protocol's SSLRequest: length 8, code 80877103. */
const SSL_REQUEST = Buffer.from([0, 0, 0, 8, 4, 210, 22, 47]);
const ACCEPTED = 83; // "S"

const READ_BYTES = 1 << 16;

type RawReader = (bytes: Buffer) => void;
const RAW_READERS = new WeakMap<Socket, RawReader>();
const OWN_BUFFER = new WeakSet<Socket>();

/**
 * Gives all that the socket reads to `reader`, which must be done with the bytes when it returns, instead
 * of its "data" listeners. @returns what undoes it
 */
export function readRaw(socket: Socket, reader: RawReader): () => void {
  const listeners = socket.listeners("data") as RawReader[];
  socket.removeAllListeners("data");
  RAW_READERS.set(socket, reader);
  // An encrypted socket has no buffer of ours, and emits.
  socket.on("data", reader);
  return () => {
    RAW_READERS.delete(socket);
    socket.off("data", reader);
    for (const listener of listeners) socket.on("data", listener);
  };
}

/**
 * Whether a read of `size` bytes has taken all that had arrived: it has not filled our buffer. Never true of
 * an encrypted socket, whose reads are records of at most 16 KiB.
 */
export function tookAll(socket: Socket, size: number): boolean {
  return OWN_BUFFER.has(socket) && size < READ_BYTES;
}

export async function openSocket(address: ServerAddress, timeoutMs: number): Promise<Socket> {
  const target =
    address.socketPath === undefined
      ? { host: address.host, port: address.port, noDelay: true, keepAlive: true }
      : { path: address.socketPath };
  const onread = {
    buffer: Buffer.allocUnsafeSlow(READ_BYTES),
    callback: (size: number, buffer: Uint8Array): boolean => {
      const bytes = Buffer.from(buffer.buffer, buffer.byteOffset, size);
      const reader = RAW_READERS.get(socket);
      if (reader !== undefined) reader(bytes);
      else socket.emit("data", Buffer.from(bytes));
      return !socket.isPaused();
    },
  };
  const socket: Socket = connect({ ...target, onread });
  OWN_BUFFER.add(socket);
  await settled(socket, "connect", address, timeoutMs);
  if (address.sslMode === "disable" || address.socketPath !== undefined) return socket;
  return await secure(socket, address, timeoutMs);
}

async function secure(socket: Socket, address: ServerAddress, timeoutMs: number): Promise<Socket> {
  const answer = new Promise<number>((resolve, reject) => {
    socket.once("data", (bytes: Buffer) => resolve(bytes.length === 1 ? bytes[0]! : -1));
    socket.once("close", () => reject(unreachable(address, "the server closed the connection")));
  });
  socket.write(SSL_REQUEST);
  const accepted = (await withTimeout(answer, socket, address, timeoutMs)) === ACCEPTED;
  socket.removeAllListeners();
  if (!accepted) {
    if (address.sslMode === "prefer") return socket;
    socket.destroy();
    throw unreachable(address, `the server refuses TLS, and sslmode is ${address.sslMode}`);
  }
  const encrypted = connectTls({
    socket,
    ...(isIP(address.host) === 0 ? { servername: address.host } : {}),
    rejectUnauthorized: address.sslMode === "verify-full",
  });
  await settled(encrypted, "secureConnect", address, timeoutMs);
  return encrypted;
}

export interface BackendKey {
  readonly pid: number;
  readonly secret: number;
}

/** Asks the server, on a connection of its own, to cancel what a session runs. Never throws. */
export async function cancelStatement(
  address: ServerAddress,
  key: BackendKey,
  timeoutMs: number,
): Promise<void> {
  const request = Buffer.alloc(16);
  request.writeUInt32BE(16, 0);
  request.writeUInt32BE(80_877_102, 4);
  request.writeUInt32BE(key.pid, 8);
  request.writeUInt32BE(key.secret, 12);
  try {
    const socket = await openSocket(address, timeoutMs);
    socket.on("error", () => {});
    socket.end(request);
    socket.resume();
  } catch {
    // The server is gone, and so is the statement.
  }
}

/** Waits for `event`, or fails with the socket's error; leaves no listener behind. */
async function settled(
  socket: Socket,
  event: "connect" | "secureConnect",
  address: ServerAddress,
  timeoutMs: number,
): Promise<void> {
  const opened = new Promise<void>((resolve, reject) => {
    socket.once(event, () => resolve());
    socket.once("error", (error) => reject(unreachable(address, reasonOf(error), error)));
    socket.once("close", () => reject(unreachable(address, "the server closed the connection")));
  });
  await withTimeout(opened, socket, address, timeoutMs);
  socket.removeAllListeners();
}

async function withTimeout<Value>(
  wait: Promise<Value>,
  socket: Socket,
  address: ServerAddress,
  timeoutMs: number,
): Promise<Value> {
  const timer = setTimeout(
    () => socket.destroy(unreachable(address, `no answer in ${timeoutMs} ms`)),
    timeoutMs,
  );
  try {
    return await wait;
  } catch (error) {
    socket.on("error", () => {});
    socket.destroy();
    throw error;
  } finally {
    clearTimeout(timer);
  }
}

function reasonOf(error: Error & { readonly code?: string }): string {
  if (error instanceof TablesError) return error.message.replace(/^.*?: /, "");
  if (error instanceof AggregateError)
    return (error.errors as Error[]).map((e) => e.message).join("; ");
  return error.message;
}

function unreachable(address: ServerAddress, why: string, cause?: unknown): TablesError {
  const place = address.socketPath ?? `${address.host}:${address.port}`;
  return new TablesError(
    "DATABASE_UNREACHABLE",
    `Cannot connect to PostgreSQL at ${place}: ${why}`,
    {
      cause,
    },
  );
}
