/**
 * Files as the engine uses them: fixed blocks, synchronous reads, and writes of which nothing is known
 * until they are synced. One backend is the host's file system (`node-disk.ts`); the other loses what was
 * not synced, reorders, tears at 512 bytes, misdirects, flips bits and refuses, under a seed (`faulty-disk.ts`).
 *
 * Positions and lengths of files opened with `direct` are multiples of 4096, and memory is page-aligned
 * (every WebAssembly.Memory is). Failures are StorageErrors: IO, NO_SPACE, LOCKED.
 */
export interface Disk {
  /** What the files are in: for messages, and for threads that open them themselves. */
  readonly folder: string;
  /** Creates the folder if needed and takes its lock; LOCKED when another process or database has it. */
  lock(): Promise<AsyncDisposable>;
  open(name: string, how: OpenHow): Promise<DiskFile>;
  /** Opens a file that is there, for `readSync` only, on any thread; with `create` for `writeSync` too. */
  openSync(name: string, direct?: boolean, create?: boolean): DiskFile;
  /** Replaces the file's content so that after a crash it is the old or the new, never a mixture. Durable. */
  replace(name: string, content: Uint8Array): Promise<void>;
  readAll(name: string): Promise<Uint8Array | undefined>;
  list(): Promise<readonly string[]>;
  rename(from: string, to: string): Promise<void>;
  remove(name: string): Promise<void>;
  /** Makes creations, renames and removals durable. */
  syncFolder(): Promise<void>;
}

export interface OpenHow {
  readonly create: boolean;
  /** Past the host's page cache where the file system can; `DiskFile.direct` says whether it is. */
  readonly direct: boolean;
  /** Each write is durable when it resolves, `sync` or not (O_DSYNC). Default: false. */
  readonly durableWrites?: boolean;
}

export interface DiskFile {
  readonly name: string;
  readonly sizeBytes: number;
  readonly direct: boolean;
  /** Fills `into`; fewer bytes than asked for only at the end of the file. Blocks the thread. */
  readSync(into: Uint8Array, positionBytes: number): number;
  read(into: Uint8Array, positionBytes: number): Promise<number>;
  /** Writes all of it or fails. */
  write(from: Uint8Array, positionBytes: number): Promise<void>;
  /** As `write`, but blocks the thread. Of files opened for writing. */
  writeSync?(from: Uint8Array, positionBytes: number): void;
  /** Makes everything written so far durable, the size included. */
  sync(): Promise<void>;
  /** Reserves space by writing zeros, durably, so that later writes inside it cannot fail with ENOSPC. */
  reserve(sizeBytes: number): Promise<void>;
  close(): Promise<void>;
}
