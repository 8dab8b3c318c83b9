/**
 * The log: transactions go in, and what `durable` says has gone in survives a crash.
 *
 *     append, append, commit ─> gathering group ─seal─> queue ─> being written ─> durable
 *                                                        one at a time
 *
 * Group commit clocks itself: while one group is written the next one gathers, so the device sets the pace and
 * a lone transaction waits for nobody. `maxDelayMs` and `maxBytes` make it wait for company all the same.
 *
 * Invariants:
 * 1. A group is written after the one before it is durable. So a valid group that follows an invalid one was
 *    not left by a crash: something has damaged the log (`scan.ts`).
 * 2. No block that holds a group is written again before a checkpoint has made it superfluous.
 * 3. A commit has its place in reserved blocks before it happens: the disk can be full before, not after.
 * 4. After the first error nothing is written any more, and nothing is tried again: after a failed fdatasync
 *    nobody knows what is on the disk, and a second one may succeed without having written anything.
 */
import { external, monotonic, shield, sleep } from "@hotpath/runtime";
import { StorageError } from "../errors.ts";
import type { CommitNumber } from "../engine/engine.ts";
import { groupBytes, type LogPosition } from "./format.ts";
import { GroupBuffer, TRANSACTION_LIMIT_BYTES } from "./group-buffer.ts";
import type { Segment } from "./segment.ts";
import { noSpace, type SegmentRing } from "./segment-ring.ts";

export interface GroupCommit {
  /** How long a group waits for company when nothing is being written. Default: 0. */
  readonly maxDelayMs: number;
  /** When a group has so many bytes it does not wait any longer. */
  readonly maxBytes: number;
  /** Whether the calling thread writes, and waits for the disk. */
  readonly inline: boolean;
}

/** A group that has its place in the log. */
interface Sealed {
  readonly buffer: GroupBuffer;
  readonly segment: Segment;
  readonly lsn: number;
  readonly lastCommit: CommitNumber;
  readonly durable: Promise<void>;
  readonly resolve: () => void;
  readonly reject: (error: StorageError) => void;
}

/** What the log tells the database. */
export interface LogListener {
  /** Called once, before the first group is written. */
  begins(): Promise<void>;
  /** A group took so long to become durable. */
  written(ms: number, bytes: number): void;
  /** The gathering group is complete: `commit` is its last. */
  sealed(commit: CommitNumber): void;
  /** In order, once each, before those who wait are told. */
  durable(commit: CommitNumber): void;
  poisoned(error: StorageError): void;
}

/** A group is closed when it reaches this: more would only delay the first of it. */
const GROUP_TARGET_BYTES = 1 << 20;
/** Of memory, in groups that wait to be written. */
const QUEUE_LIMIT_BYTES = 2 * TRANSACTION_LIMIT_BYTES;
/** Buffers that are empty, of all logs of the thread: opening a small database needs no new memory. */
const idle: GroupBuffer[] = [];
const IDLE_LIMIT = 4;
const IDLE_LIMIT_BYTES = 4 << 20;

export class Log {
  readonly #ring: SegmentRing;
  readonly #listener: LogListener;
  readonly #grouping: GroupCommit;
  /** Where the next group will begin, and what it continues. */
  #end: LogPosition;
  /** Undefined until something is appended. */
  #gathering: GroupBuffer | undefined = undefined;
  #arrived!: PromiseWithResolvers<void>;
  readonly #queue: Sealed[] = [];
  #queuedBytes = 0;
  #running: Promise<void> | undefined = undefined;
  #hurry: (() => void) | undefined = undefined;
  #poison: StorageError | undefined = undefined;
  #durable: CommitNumber;
  #lastDurable: Promise<void> = Promise.resolve();

  groups = 0;
  writtenBytes = 0;
  /** Of the group that took longest. */
  slowestWriteMs = 0;

  constructor(ring: SegmentRing, end: LogPosition, grouping: GroupCommit, listener: LogListener) {
    this.#ring = ring;
    this.#end = end;
    this.#durable = end.nextCommit - 1;
    this.#grouping = grouping;
    this.#listener = listener;
    this.#newGroup();
  }

  /** The last commit of which the disk has said that it has it. */
  get durable(): CommitNumber {
    return this.#durable;
  }

  /** The number of the transaction that is running or comes next. */
  get nextCommit(): CommitNumber {
    return this.#end.nextCommit + this.#commits;
  }

  /** Where the next group will begin, and what it continues. */
  get end(): LogPosition {
    return this.#end;
  }

  get buffer(): GroupBuffer {
    return (this.#gathering ??= idle.pop() ?? new GroupBuffer());
  }

  /** Of the gathering group. */
  get #commits(): number {
    return this.#gathering?.commits ?? 0;
  }

  get poison(): StorageError | undefined {
    return this.#poison;
  }

  get ring(): SegmentRing {
    return this.#ring;
  }

  /** Resolves when everything committed so far is durable. */
  get flushed(): Promise<void> {
    return this.#commits > 0 ? this.#arrived.promise : this.#lastDurable;
  }

  /** Whether the running transaction can commit at once, with what gathers or in a group of its own. */
  hasRoom(): boolean {
    const { bodyBytes } = this.buffer;
    if (bodyBytes > GROUP_TARGET_BYTES && this.#commits > 0) this.resume(this.suspend());
    return this.fits(this.buffer.bodyBytes);
  }

  /** Whether there is room for a group of so many bytes when the log ends where it ends now. */
  fits(bodyBytes: number): boolean {
    if (this.#queuedBytes + bodyBytes > QUEUE_LIMIT_BYTES) return false;
    return this.#ring.place(this.#end.lsn, groupBytes(bodyBytes)) !== undefined;
  }

  /** Takes the running transaction out; what was committed before goes its way without it. */
  suspend(): GroupBuffer {
    const held = idle.pop() ?? new GroupBuffer();
    this.buffer.moveRunning(held);
    this.seal();
    return held;
  }

  /** The transaction that was suspended runs again. */
  resume(held: GroupBuffer): void {
    if (this.#gathering !== undefined) release(this.#gathering);
    this.#gathering = held;
  }

  /** The transaction that was suspended is given up. */
  discard(held: GroupBuffer): void {
    release(held);
  }

  /** Waits until a transaction of so many bytes may have room. NO_SPACE when the disk is full. */
  async makeRoom(bodyBytes: number): Promise<void> {
    if (this.#queuedBytes + bodyBytes > QUEUE_LIMIT_BYTES) {
      await this.#queue[0]?.durable;
      return;
    }
    await this.#prepare(groupBytes(bodyBytes));
  }

  /** A full disk may have room later; after any other failure nobody knows what is on it. */
  async #prepare(bytes: number): Promise<void> {
    try {
      await this.#ring.prepare(bytes);
    } catch (error) {
      throw noSpace(error) ? error : this.fail(error);
    }
  }

  /** The running transaction becomes part of the gathering group. Answers what resolves when it is durable. */
  commit(): Promise<void> {
    const { buffer } = this;
    buffer.commit();
    if (this.#running === undefined) this.#running = this.#run();
    else if (buffer.bodyBytes >= this.#grouping.maxBytes) this.#hurry?.();
    return this.#arrived.promise;
  }

  /** Completes the gathering group, so that what has been committed is in the log before anything else. */
  seal(): LogPosition {
    if (this.#commits > 0) this.#seal();
    return this.#end;
  }

  #seal(): void {
    const { buffer } = this;
    const sizeBytes = buffer.sizeBytes;
    const { segment, lsn } = this.#ring.place(this.#end.lsn, sizeBytes)!;
    if (segment === this.#ring.next) this.#ring.advance();
    const previousCrc = buffer.seal(segment.salt, { ...this.#end, lsn });
    const nextCommit = this.#end.nextCommit + buffer.commits;
    this.#end = { lsn: lsn + sizeBytes, previousCrc, nextCommit };
    const { promise, resolve, reject } = this.#arrived;
    this.#queue.push({
      buffer,
      segment,
      lsn,
      lastCommit: nextCommit - 1,
      durable: promise,
      resolve,
      reject,
    });
    this.#queuedBytes += buffer.bodyBytes;
    this.#lastDurable = promise;
    this.#gathering = undefined;
    this.#newGroup();
    this.#listener.sealed(nextCommit - 1);
  }

  #newGroup(): void {
    this.#arrived = Promise.withResolvers();
    // In relaxed durability nobody waits for it.
    this.#arrived.promise.catch(() => {});
  }

  async #run(): Promise<void> {
    // All that is begun in this turn of the program goes together.
    await Promise.resolve();
    while (this.#poison === undefined && (this.#queue.length > 0 || this.#commits > 0)) {
      if (this.#queue.length === 0) {
        if (this.#grouping.maxDelayMs > 0) await this.#company();
        if (this.#commits > 0) this.#seal();
      }
      this.#prepareAhead();
      const group = this.#queue[0];
      if (group === undefined) continue;
      try {
        if (this.groups === 0) await this.#listener.begins();
        await this.#write(group);
      } catch (error) {
        this.fail(error);
        return;
      }
      this.#queue.shift();
      this.#queuedBytes -= group.buffer.bodyBytes;
      this.#durable = group.lastCommit;
      this.#listener.durable(group.lastCommit);
      release(group.buffer);
      group.resolve();
      // Those who were waiting begin their next ones, which go together too.
      await external(turn());
    }
    this.#running = undefined;
  }

  async #write(group: Sealed): Promise<void> {
    const { buffer, segment, lsn } = group;
    const bytes = buffer.bytes.subarray(0, buffer.sizeBytes);
    const position = lsn - segment.startLsn;
    const startMs = monotonic();
    if (this.#grouping.inline && segment.file.writeSync !== undefined) {
      segment.file.writeSync(bytes, position);
    } else await segment.file.write(bytes, position);
    this.groups++;
    this.writtenBytes += bytes.length;
    const ms = monotonic() - startMs;
    this.slowestWriteMs = Math.max(this.slowestWriteMs, ms);
    this.#listener.written(ms, bytes.length);
  }

  async #company(): Promise<void> {
    if (this.buffer.bodyBytes >= this.#grouping.maxBytes) return;
    const full = Promise.withResolvers<void>();
    this.#hurry = full.resolve;
    await shield(() => Promise.race([sleep(this.#grouping.maxDelayMs), full.promise]));
    this.#hurry = undefined;
  }

  /** The next segment is made while the current one has room for some more groups. */
  #prepareAhead(): void {
    const { current, next, isPreparing } = this.#ring;
    if (current === undefined || next !== undefined || isPreparing) return;
    if (this.#end.lsn - current.startLsn < current.sizeBytes / 2) return;
    // When the disk is full, the transaction that needs it tries again and is told.
    this.#prepare(0).catch(() => {});
  }

  /** Nothing is written from now on; those who wait are told. */
  fail(cause: unknown): StorageError {
    if (this.#poison !== undefined) return this.#poison;
    const error = new StorageError(
      "POISONED",
      "The log could not be written; the database must be closed and opened again",
      { cause },
    );
    this.#poison = error;
    this.#running = undefined;
    this.#listener.poisoned(error);
    for (const group of this.#queue) group.reject(error);
    this.#queue.length = 0;
    this.#arrived.reject(error);
    return error;
  }

  /** Waits for what is being written, then closes the files. */
  async close(): Promise<void> {
    await this.#running;
    await this.#ring.close();
    if (this.#gathering !== undefined) release(this.#gathering);
    this.#gathering = undefined;
  }
}

function release(buffer: GroupBuffer): void {
  if (idle.length >= IDLE_LIMIT || buffer.capacityBytes > IDLE_LIMIT_BYTES) return;
  buffer.reset();
  idle.push(buffer);
}

/** Resolves when the host has had its turn. */
function turn(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}
