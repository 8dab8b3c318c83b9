/** Connecting and listening with node:net, for hosts whose handles cannot be had. */
import { createServer, createConnection, type Socket } from "node:net";
import { IoError } from "./io-error.ts";
import {
  formatAddress,
  type AcceptSink,
  type Acceptor,
  type Address,
  type ListenOptions,
  type Net,
  type Settle,
  type Transport,
} from "./net.ts";
import { StreamTransport } from "./stream-transport.ts";

export const socketNet: Net = { connect, listen };

function connect(address: Address, settle: Settle<Transport>): () => void {
  const target =
    address.kind === "unix" ? { path: address.path } : { host: address.host, port: address.port };
  const socket = createConnection({ ...target, allowHalfOpen: true });
  let over = false;
  socket.pause();
  const onError = (cause: Error): void => {
    if (over) return;
    over = true;
    settle(IoError.from("connect to", formatAddress(address), cause), undefined);
  };
  socket.on("error", onError).once("connect", () => {
    if (over) return;
    over = true;
    socket.off("error", onError);
    settle(undefined, transportOf(socket, address));
  });
  return () => {
    if (over) return;
    over = true;
    socket.destroy();
  };
}

function listen(
  address: Address,
  options: ListenOptions,
  sink: AcceptSink,
  settle: Settle<Acceptor>,
): () => void {
  const server = createServer({ allowHalfOpen: true, pauseOnConnect: true });
  const subject = formatAddress(address);
  let over = false;
  let open = true;
  const close = (): void => {
    if (open) server.close();
    open = false;
    over = true;
  };
  server.on("connection", (socket) => {
    if (open) sink.accepted(transportOf(socket, remoteOf(socket, address)));
    else socket.destroy();
  });
  server.on("error", (cause) => {
    if (over) {
      if (open) sink.failed(IoError.from("accept on", subject, cause));
      return;
    }
    over = true;
    settle(IoError.from("listen on", subject, cause), undefined);
  });
  const { backlog, ipv6Only, reusePort } = options;
  const bind =
    address.kind === "unix"
      ? { path: address.path }
      : { host: address.host, port: address.port, ipv6Only, reusePort };
  server.listen({ ...bind, backlog }, () => {
    if (over) return;
    over = true;
    settle(undefined, { address: boundAddress(server.address(), address), close });
  });
  return close;
}

function boundAddress(bound: unknown, address: Address): Address {
  if (address.kind === "unix" || bound === null || typeof bound !== "object") return address;
  const { address: host, port } = bound as { readonly address: string; readonly port: number };
  return { kind: "tcp", host, port };
}

function remoteOf(socket: Socket, listening: Address): Address | undefined {
  if (listening.kind === "unix") return undefined;
  return { kind: "tcp", host: socket.remoteAddress ?? "", port: socket.remotePort ?? 0 };
}

function transportOf(socket: Socket, remote: Address | undefined): Transport {
  const { localAddress, localPort } = socket;
  const local: Address | undefined =
    localAddress === undefined || localPort === undefined
      ? undefined
      : { kind: "tcp", host: localAddress, port: localPort };
  return new StreamTransport({ readable: socket, writable: socket, local, remote });
}
