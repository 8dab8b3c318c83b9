/** Everything that @hotpath/runtime offers, in the order of its README. */
export { run, checkCancelled, isCancelled, type RunOptions } from "./task/run.ts";
export { spawn, type SpawnOptions, type Task, type TaskState } from "./task/task.ts";
export { TaskLocal } from "./task/local.ts";
export { Group, group, type GroupOptions } from "./task/group.ts";
export {
  deadline,
  moveOnAfter,
  shield,
  withTimeout,
  type Moved,
  type ShieldOptions,
} from "./task/timeout.ts";
export { external, simulate, type SimulateOptions } from "./simulate/simulate.ts";
export { explore, type ExploreOptions } from "./simulate/explore.ts";
export {
  Channel,
  type ChannelOptions,
  type CloseMode,
  type Overflow,
  type Received,
} from "./channel/channel.ts";
export type { Sender } from "./channel/sender.ts";
export { Broadcast, LaggedError, Subscription } from "./channel/broadcast.ts";
export { Watch, Watcher } from "./channel/watch.ts";
export { Oneshot } from "./channel/oneshot.ts";
export { Mutex, Held } from "./sync/mutex.ts";
export { RwLock, RwHeld } from "./sync/rw-lock.ts";
export { Semaphore, Permit, type AcquireOptions } from "./sync/semaphore.ts";
export { Condition } from "./sync/condition.ts";
export { Barrier } from "./sync/barrier.ts";
export { WaitGroup } from "./sync/wait-group.ts";
export { Event, type EventOptions } from "./sync/event.ts";
export { Notify } from "./sync/notify.ts";
export { select, type Cases, type Selected } from "./select/select.ts";
export { currentSignal, fromPromise, fromSignal } from "./select/adapters.ts";
export type { Got, Selectable } from "./select/selectable.ts";
export { After, after, maybeYield, sleep, sleepUntil, yieldNow } from "./time/sleep.ts";
export { Ticker, ticker, type Tick } from "./time/ticker.ts";
export { Stopwatch, monotonic, wallClock } from "./time/clock.ts";
export { durationMs, formatDuration, type Duration } from "./time/duration.ts";
export { runtime, type Metrics, type RuntimeView } from "./insight/inspect.ts";
export { formatDump, type TaskDump } from "./insight/dump.ts";
export type { Stall } from "./insight/watchdog.ts";
export type { WaitOptions } from "./wait/park.ts";
export type { Alarm, Clock, Io, Turns } from "./io/io.ts";
export { nodeIo } from "./io/node-io.ts";
export {
  CancelError,
  ClosedError,
  InvariantError,
  RuntimeError,
  TimeoutError,
  type RuntimeErrorCode,
} from "./errors.ts";
// Input and output.
export {
  connectTcp,
  connectUnix,
  type ConnectOptions,
  type TcpConnectOptions,
} from "./net/connect.ts";
export {
  listenTcp,
  listenUnix,
  type ListenerOptions,
  type TcpListenOptions,
} from "./net/listen.ts";
export { Connection, type ConnectionOptions } from "./net/connection.ts";
export { Listener } from "./net/listener.ts";
export { bindUdp, UdpSocket, type Datagram, type UdpOptions } from "./net/udp-socket.ts";
export type { Datagrams, UdpAddress } from "./io/datagrams.ts";
export { Resolver, type ResolverOptions } from "./dns/resolver.ts";
export { ByteReader, type ByteSource, type ReadLimit } from "./stream/byte-reader.ts";
export { ByteWriter, type ByteSink } from "./stream/byte-writer.ts";
export type { LineOptions } from "./stream/lines.ts";
export { IoError } from "./io/io-error.ts";
export { formatAddress, type Address, type TcpAddress, type UnixAddress } from "./io/net.ts";
export { StreamTransport, type StreamEnds } from "./io/stream-transport.ts";
export type { Net, Transport, TransportSink, TransportTuning, TextEncoding } from "./io/net.ts";
export type { Dns, HostAddress } from "./io/dns.ts";
export { simulatedNetwork, SimulatedNetwork, type NetworkConditions } from "./simulate/network.ts";
export { simulatedDns, SimulatedDns } from "./simulate/dns.ts";
export {
  openFile,
  readFile,
  readTextFile,
  statFile,
  writeFile,
  type OpenOptions,
} from "./file/open.ts";
export { File } from "./file/file.ts";
export type { ReadRange } from "./file/file-stream.ts";
export { AtomicFile, writeFileAtomically, type AtomicFileOptions } from "./file/atomic-file.ts";
export {
  directoryEntries,
  makeDirectory,
  removePath,
  renamePath,
  walkDirectory,
  type FoundEntry,
} from "./file/directory.ts";
export { Process, spawnProcess, type ProcessOptions } from "./process/process.ts";
export { runProcess, type ProcessResult, type RunProcessOptions } from "./process/run-process.ts";
export type { ExitStatus, Processes, Stdio } from "./io/processes.ts";
export { Signal } from "./signal/signal.ts";
export type { SignalName } from "./io/signals.ts";
export { stderr, stdin, stdout } from "./stdio/stdio.ts";
export type { DirectoryEntry, FileKind, Files, FileStat } from "./io/files.ts";
export { simulatedPrograms, type ProgramBody, type ProgramView } from "./simulate/programs.ts";
export { simulatedTerminal, type SimulatedTerminal } from "./simulate/terminal.ts";
export { simulatedDisk, SimulatedDisk, type DiskConditions } from "./simulate/disk.ts";

export { defineTask, type CallOptions, type ThreadTask } from "./thread/define-task.ts";
export { parallel, type ParallelOptions } from "./thread/parallel.ts";
export { transfer } from "./thread/crossing.ts";
export { registerError } from "./thread/error-codec.ts";
export { cpuCount } from "./thread/cpu-count.ts";
export type { ThreadOptions } from "./thread/thread-pool.ts";
export { SharedChannel } from "./across/shared-channel.ts";
export type { SharedSender } from "./across/shared-channel-loops.ts";
export { SharedMutex, type SharedHeld } from "./across/shared-mutex.ts";
export { SharedRwLock, type SharedRwHeld } from "./across/shared-rw-lock.ts";
export {
  SharedSemaphore,
  type AcquireSyncOptions,
  type SharedPermit,
} from "./across/shared-semaphore.ts";
export { SharedEvent, type SharedEventOptions } from "./across/shared-event.ts";
export { SharedBarrier, type BarrierWaitOptions } from "./across/shared-barrier.ts";
export type { SharedHandle, SharedOptions } from "./across/primitive.ts";
export type { SyncWaitOptions } from "./across/doorbell.ts";
