/** Opening a connection. */
import { isIP } from "node:net";
import { defaultResolver, type Resolver } from "../dns/resolver.ts";
import type { HostAddress } from "../io/dns.ts";
import { hostCall } from "../io/host-call.ts";
import { IoError } from "../io/io-error.ts";
import type { Transport } from "../io/net.ts";
import { currentRuntime } from "../runtime/runtime.ts";
import { WaitBudget } from "../stream/wait-budget.ts";
import type { WaitOptions } from "../wait/park.ts";
import { checkPath, checkPort } from "./address.ts";
import { Connection, type ConnectionOptions } from "./connection.ts";
import { ConnectRace } from "./race.ts";

export interface ConnectOptions extends ConnectionOptions, WaitOptions {}

export interface TcpConnectOptions extends ConnectOptions {
  readonly port: number;
  /** A name or a numeric address. Default: "127.0.0.1". */
  readonly host?: string;
  /** Connect only to addresses of this family. */
  readonly family?: 4 | 6;
  /** Who knows the names. Default: one resolver per runtime. */
  readonly resolver?: Resolver;
}

/** Connects to a TCP port; the timeout covers the lookup and every attempt. Error IO: ECONNREFUSED, … */
export async function connectTcp(options: TcpConnectOptions): Promise<Connection> {
  const { host = "127.0.0.1", port } = options;
  checkPort(port);
  if (port === 0) throw new RangeError("Port 0 cannot be connected to");
  const budget = new WaitBudget(options);
  const numeric = isIP(host);
  let addresses: readonly HostAddress[];
  if (numeric !== 0) addresses = [{ address: host, family: numeric === 6 ? 6 : 4 }];
  else addresses = await (options.resolver ?? defaultResolver()).resolve(host, budget.left());
  if (options.family !== undefined) {
    addresses = addresses.filter(({ family }) => family === options.family);
  }
  if (addresses.length === 0) throw new IoError("connect to", `${host}:${port}`, "ENOTFOUND");
  const { io, timers } = currentRuntime();
  const transport = await hostCall<Transport>(
    "connect to",
    `${host}:${port}`,
    (settle) => new ConnectRace(io.net, timers, { addresses, host, port }, settle).start(),
    { ...budget.left(), dispose: (late) => late.close() },
  );
  return new Connection(transport, options);
}

/** Connects to a Unix socket. Error IO: ENOENT, ECONNREFUSED, EACCES. */
export async function connectUnix(path: string, options: ConnectOptions = {}): Promise<Connection> {
  checkPath(path);
  const { io } = currentRuntime();
  const transport = await hostCall<Transport>(
    "connect to",
    path,
    (settle) => io.net.connect({ kind: "unix", path }, settle),
    { ...options, dispose: (late) => late.close() },
  );
  return new Connection(transport, options);
}
