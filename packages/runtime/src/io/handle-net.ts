/** Connecting and listening on the host's handles. */
import { isIPv6 } from "node:net";
import { IoError } from "./io-error.ts";
import {
  hostHandles,
  SERVER_KIND,
  SOCKET_KIND,
  type ConnectRequest,
  type HostHandles,
  type PipeHandle,
  type SocketName,
  type TcpHandle,
} from "./host-handles.ts";
import { HandleTransport } from "./handle-transport.ts";
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

export class HandleNet implements Net {
  readonly #host: HostHandles;

  constructor(host: HostHandles) {
    this.#host = host;
  }

  connect(address: Address, settle: Settle<Transport>): () => void {
    const host = this.#host;
    const unix = address.kind === "unix";
    const handle = unix ? new host.Pipe(SOCKET_KIND) : new host.Tcp(SOCKET_KIND);
    const request = unix ? new host.PipeConnect() : new host.TcpConnect();
    let over = false;
    const finish = (status: number): void => {
      if (over) return;
      over = true;
      if (status === 0) return settle(undefined, new HandleTransport(handle, address));
      handle.close();
      settle(IoError.fromStatus("connect to", formatAddress(address), status), undefined);
    };
    request.oncomplete = finish;
    const status = dial(handle, request, address);
    if (status !== 0) setImmediate(finish, status);
    return () => {
      if (over) return;
      over = true;
      handle.close();
    };
  }

  listen(
    address: Address,
    options: ListenOptions,
    sink: AcceptSink,
    settle: Settle<Acceptor>,
  ): () => void {
    const host = this.#host;
    const handle = address.kind === "unix" ? new host.Pipe(SERVER_KIND) : new host.Tcp(SERVER_KIND);
    const subject = formatAddress(address);
    let open = true;
    const close = (): void => {
      if (open) handle.close();
      open = false;
    };
    handle.onconnection = (status, client) => {
      if (!open) return status === 0 ? client.close() : undefined;
      if (status !== 0) sink.failed(IoError.fromStatus("accept on", subject, status));
      else sink.accepted(new HandleTransport(client as TcpHandle | PipeHandle, undefined));
    };
    const status = bind(host, handle, address, options) || handle.listen(options.backlog);
    const bound = status === 0 ? boundAddress(handle, address) : address;
    setImmediate(() => {
      if (!open) return;
      if (status === 0) return settle(undefined, { address: bound, close });
      close();
      settle(IoError.fromStatus("listen on", subject, status), undefined);
    });
    return close;
  }
}

/** Handles where this Node has them, unless told otherwise. */
export function handleNet(): Net | undefined {
  const host = hostHandles();
  return host === undefined ? undefined : new HandleNet(host);
}

function dial(handle: TcpHandle | PipeHandle, request: ConnectRequest, address: Address): number {
  if (address.kind === "unix") return (handle as PipeHandle).connect(request, address.path);
  const tcp = handle as TcpHandle;
  return isIPv6(address.host)
    ? tcp.connect6(request, address.host, address.port)
    : tcp.connect(request, address.host, address.port);
}

function bind(
  host: HostHandles,
  handle: TcpHandle | PipeHandle,
  address: Address,
  options: ListenOptions,
): number {
  if (address.kind === "unix") return (handle as PipeHandle).bind(address.path);
  const tcp = handle as TcpHandle;
  const flags = options.reusePort ? host.reusePortFlag : 0;
  if (!isIPv6(address.host)) return tcp.bind(address.host, address.port, flags);
  const ipv6 = options.ipv6Only ? host.ipv6OnlyFlag : 0;
  return tcp.bind6(address.host, address.port, flags | ipv6);
}

function boundAddress(handle: TcpHandle | PipeHandle, address: Address): Address {
  if (address.kind === "unix") return address;
  const out: SocketName = {};
  (handle as TcpHandle).getsockname(out);
  return { kind: "tcp", host: out.address ?? address.host, port: out.port ?? address.port };
}
