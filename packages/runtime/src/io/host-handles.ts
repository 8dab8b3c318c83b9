/**
 * Node's own socket handles, one floor below node:net.
 *
 * node:net wraps each of these in a Duplex: about 10 µs to make one, a state machine on every read and
 * write, and 64 KiB of fresh memory per read. Echoing 64 bytes, an unwrapped handle makes 10 to 20 %
 * more round trips a second than node:net (Node 26.10, loopback, both limited by a node:net client).
 *
 * They are reached through `process.binding`, which Node documents as deprecated but keeps for exactly
 * these names, and which the permission model refuses. `hostHandles()` therefore checks for the write
 * protocol of Node 26 (a write answers a number when it is done and a request when it is not), and
 * answers undefined when anything is missing; `node-net.ts` then uses node:net. The tests run on both.
 */

export interface WriteRequest {
  oncomplete: (status: number) => void;
  /** Keeps what is being written alive. */
  buffer: unknown;
  /** The status, when it was over before `oncomplete` could be set. */
  writeStatus: number | null;
}

export interface SocketName {
  address?: string;
  port?: number;
}

export interface StreamHandle {
  onread: (this: StreamHandle) => void;
  onconnection: (status: number, handle: StreamHandle) => void;
  useUserBuffer(buffer: Uint8Array): number;
  readStart(): number;
  readStop(): number;
  writeBuffer(request: null, chunk: Uint8Array): number | WriteRequest;
  writev(request: null, chunks: readonly Uint8Array[], allBuffers: boolean): number | WriteRequest;
  writeLatin1String(request: null, text: string): number | WriteRequest;
  writeUtf8String(request: null, text: string): number | WriteRequest;
  shutdown(request: ShutdownRequest): number;
  close(done?: () => void): void;
  listen(backlog: number): number;
}

export interface ShutdownRequest {
  oncomplete: (status: number) => void;
}

export interface ConnectRequest {
  oncomplete: (status: number) => void;
}

export interface TcpHandle extends StreamHandle {
  bind(host: string, port: number, flags: number): number;
  bind6(host: string, port: number, flags: number): number;
  connect(request: ConnectRequest, host: string, port: number): number;
  connect6(request: ConnectRequest, host: string, port: number): number;
  setNoDelay(on: boolean): number;
  setKeepAlive(on: boolean, seconds: number): number;
  getsockname(out: SocketName): number;
  getpeername(out: SocketName): number;
  reset(done?: () => void): number;
}

export interface PipeHandle extends StreamHandle {
  bind(path: string): number;
  connect(request: ConnectRequest, path: string): number;
}

export interface HostHandles {
  readonly Tcp: new (kind: number) => TcpHandle;
  readonly TcpConnect: new () => ConnectRequest;
  readonly Pipe: new (kind: number) => PipeHandle;
  readonly PipeConnect: new () => ConnectRequest;
  readonly Shutdown: new () => ShutdownRequest;
  readonly ipv6OnlyFlag: number;
  readonly reusePortFlag: number;
  /** What the last read or write did; see the indices below. */
  readonly state: Int32Array;
  readonly readBytesIndex: number;
  readonly writeErrorIndex: number;
}

export const SOCKET_KIND = 0;
export const SERVER_KIND = 1;

type Binding = Readonly<Record<string, unknown>>;

let found: HostHandles | undefined | null = null;

/** The handles of this Node, or undefined when they cannot be had. */
export function hostHandles(): HostHandles | undefined {
  if (found === null) found = findHandles();
  return found;
}

function findHandles(): HostHandles | undefined {
  try {
    const { binding } = process as unknown as { binding: (name: string) => Binding };
    const tcp = binding("tcp_wrap");
    const pipe = binding("pipe_wrap");
    const stream = binding("stream_wrap");
    const constants = tcp["constants"] as Readonly<Record<string, number>>;
    if (!(stream["streamBaseState"] instanceof Int32Array)) return undefined;
    if (typeof stream["kLastWriteErr"] !== "number") return undefined;
    if (constants["SOCKET"] !== SOCKET_KIND || constants["SERVER"] !== SERVER_KIND) {
      return undefined;
    }
    return {
      Tcp: tcp["TCP"] as HostHandles["Tcp"],
      TcpConnect: tcp["TCPConnectWrap"] as HostHandles["TcpConnect"],
      Pipe: pipe["Pipe"] as HostHandles["Pipe"],
      PipeConnect: pipe["PipeConnectWrap"] as HostHandles["PipeConnect"],
      Shutdown: stream["ShutdownWrap"] as HostHandles["Shutdown"],
      ipv6OnlyFlag: constants["UV_TCP_IPV6ONLY"] ?? 0,
      reusePortFlag: constants["UV_TCP_REUSEPORT"] ?? 0,
      state: stream["streamBaseState"],
      readBytesIndex: stream["kReadBytesOrError"] as number,
      writeErrorIndex: stream["kLastWriteErr"],
    };
  } catch {
    return undefined;
  }
}
