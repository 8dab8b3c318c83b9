/** Opening a listener. */
import { isIP } from "node:net";
import { hostCall } from "../io/host-call.ts";
import { formatAddress, type Acceptor, type Address } from "../io/net.ts";
import { currentRuntime } from "../runtime/runtime.ts";
import type { WaitOptions } from "../wait/park.ts";
import { checkPath, checkPort } from "./address.ts";
import type { ConnectionOptions } from "./connection.ts";
import { Listener } from "./listener.ts";

export interface ListenerOptions extends ConnectionOptions, WaitOptions {
  /** Connections that may wait to be accepted; further ones are reset. Default: 511. */
  readonly backlog?: number;
}

export interface TcpListenOptions extends ListenerOptions {
  /** 0 (the default): the host chooses one; see `listener.port`. */
  readonly port?: number;
  /** A numeric address of this machine. Default: "127.0.0.1"; "::" or "0.0.0.0" for every interface. */
  readonly host?: string;
  /** On "::", do not accept IPv4. */
  readonly ipv6Only?: boolean;
  /** Let other processes and threads listen on the same port (Linux shares connections among them). */
  readonly reusePort?: boolean;
}

/** Listens for TCP connections. Error IO: EADDRINUSE, EACCES, EADDRNOTAVAIL. */
export function listenTcp(options: TcpListenOptions = {}): Promise<Listener> {
  const { port = 0, host = "127.0.0.1" } = options;
  checkPort(port);
  if (isIP(host) === 0) {
    throw new TypeError(`Listening takes a numeric address, such as "0.0.0.0": "${host}" is none`);
  }
  return listen({ kind: "tcp", host, port }, options);
}

/** Listens on a Unix socket, which is a file that must not exist yet; closing removes it. */
export function listenUnix(path: string, options: ListenerOptions = {}): Promise<Listener> {
  checkPath(path);
  return listen({ kind: "unix", path }, options);
}

async function listen(address: Address, options: TcpListenOptions): Promise<Listener> {
  const { backlog = 511, ipv6Only = false, reusePort = false } = options;
  if (!Number.isInteger(backlog) || backlog < 1) {
    throw new RangeError(`A backlog must be a whole number above 0: ${backlog} is not`);
  }
  const { net } = currentRuntime().io;
  const listener = new Listener(backlog, options);
  const acceptor = await hostCall<Acceptor>(
    "listen",
    formatAddress(address),
    (settle) => net.listen(address, { backlog, ipv6Only, reusePort }, listener, settle),
    { ...options, dispose: (late) => late.close() },
  );
  return listener.begin(acceptor);
}
