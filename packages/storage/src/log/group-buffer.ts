/**
 * A group of transactions while it is gathered, and while it is written.
 *
 *     | header 64 | records of committed transactions | records of the running one |   free   |
 *                                            committedEnd                        end
 *
 * Its memory is page-aligned, as O_DIRECT wants it, and never moves while it is being written: it grows
 * only in `append`, which belongs to the gathering side.
 */
import { AlignedMemory } from "../disk/aligned-memory.ts";
import { StorageError } from "../errors.ts";
import {
  BLOCK_BYTES,
  GROUP,
  GROUP_HEADER_BYTES,
  GROUP_MAGIC,
  LAST_OF_TRANSACTION,
  RECORD,
  RECORD_HEADER_BYTES,
  type LogPosition,
  type Salt,
  bodySeed,
  groupBytes,
  groupCrc,
  recordBytes,
  recordCrc,
  writeU64,
} from "./format.ts";

const INITIAL_BYTES = 256 << 10;
/** Of one transaction, with the headers of its records; a group may hold more than one. */
export const TRANSACTION_LIMIT_BYTES: number = 16 << 20;
const LIMIT_BYTES = 2 * TRANSACTION_LIMIT_BYTES;

export class GroupBuffer {
  bytes!: Uint8Array<SharedArrayBuffer>;
  view!: DataView<SharedArrayBuffer>;
  commits = 0;
  records = 0;
  committedEnd: number = GROUP_HEADER_BYTES;
  end: number = GROUP_HEADER_BYTES;
  #committedRecords = 0;
  #lastRecord = 0;
  readonly #memory = new AlignedMemory(INITIAL_BYTES, LIMIT_BYTES);

  constructor() {
    this.#look();
  }

  /** Makes it an empty group. */
  reset(): void {
    this.commits = this.records = this.#committedRecords = 0;
    this.committedEnd = this.end = GROUP_HEADER_BYTES;
  }

  /** Bytes of records, of the running transaction too. */
  get bodyBytes(): number {
    return this.end - GROUP_HEADER_BYTES;
  }

  /** Whether a transaction has added something that is not committed. */
  get isRunning(): boolean {
    return this.end > this.committedEnd;
  }

  /** Bytes of memory that it keeps. */
  get capacityBytes(): number {
    return this.bytes.length;
  }

  /** Adds a record to the running transaction; answers where its payload begins. */
  append(type: number, table: number, sizeBytes: number): number {
    const at = this.end;
    const end = at + recordBytes(sizeBytes);
    if (!(end - this.committedEnd <= TRANSACTION_LIMIT_BYTES)) {
      throw new StorageError(
        "LIMIT",
        `A transaction is limited to ${TRANSACTION_LIMIT_BYTES} bytes of records; a record of ${sizeBytes} bytes goes beyond`,
      );
    }
    if (end > this.bytes.length) this.#grow(end);
    const { view } = this;
    view.setUint32(at + RECORD.sizeBytes, sizeBytes, true);
    view.setUint32(at + RECORD.type, type | (table << 16), true);
    view.setUint32(at + RECORD.flags, 0, true);
    // The padding of the record, which the caller does not write.
    if (sizeBytes & 7) this.bytes.fill(0, end - 8 + (sizeBytes & 7), end);
    this.#lastRecord = at;
    this.end = end;
    this.records++;
    return at + RECORD_HEADER_BYTES;
  }

  /** Takes the running transaction out again. */
  rollback(): void {
    this.end = this.committedEnd;
    this.records = this.#committedRecords;
  }

  commit(): void {
    this.view.setUint16(this.#lastRecord + RECORD.flags, LAST_OF_TRANSACTION, true);
    this.committedEnd = this.end;
    this.#committedRecords = this.records;
    this.commits++;
  }

  /** Moves the running transaction to the beginning of an empty group. */
  moveRunning(to: GroupBuffer): void {
    const running = this.bytes.subarray(this.committedEnd, this.end);
    const moved = to.end - this.committedEnd;
    if (to.end + running.length > to.bytes.length) to.#grow(to.end + running.length);
    to.bytes.set(running, to.end);
    to.end += running.length;
    to.records = this.records - this.#committedRecords;
    to.#lastRecord = this.#lastRecord + moved;
    this.rollback();
  }

  /** Completes header and checksums for a place in the log; answers the CRC that the next group continues. */
  seal(salt: Salt, position: LogPosition): number {
    const { view } = this;
    let crc = bodySeed(salt, position.lsn);
    for (let at = GROUP_HEADER_BYTES; at < this.end;) {
      const sizeBytes = view.getUint32(at + RECORD.sizeBytes, true);
      crc = recordCrc(view, at, sizeBytes, crc);
      view.setUint32(at + RECORD.crc, crc, true);
      at += recordBytes(sizeBytes);
    }
    const sizeBytes = this.sizeBytes;
    if (sizeBytes > this.bytes.length) this.#grow(sizeBytes);
    this.bytes.fill(0, this.end, sizeBytes);
    return this.#sealHeader(salt, position, crc, sizeBytes);
  }

  #sealHeader(salt: Salt, position: LogPosition, bodyCrc: number, sizeBytes: number): number {
    const { view } = this;
    view.setUint32(GROUP.magic, GROUP_MAGIC, true);
    view.setUint32(GROUP.salt, salt.low, true);
    view.setUint32(GROUP.salt + 4, salt.high, true);
    writeU64(view, GROUP.lsn, position.lsn);
    writeU64(view, GROUP.firstCommit, position.nextCommit);
    view.setUint32(GROUP.commits, this.commits, true);
    view.setUint32(GROUP.records, this.records, true);
    view.setUint32(GROUP.bodyBytes, this.bodyBytes, true);
    view.setUint32(GROUP.blocks, sizeBytes / BLOCK_BYTES, true);
    view.setUint32(GROUP.previousCrc, position.previousCrc, true);
    view.setUint32(GROUP.bodyCrc, bodyCrc, true);
    writeU64(view, GROUP.reserved, 0);
    const crc = groupCrc(view, 0);
    view.setUint32(GROUP.crc, crc, true);
    return crc;
  }

  /** Bytes on disk. */
  get sizeBytes(): number {
    return groupBytes(this.bodyBytes);
  }

  #grow(toBytes: number): void {
    const wanted = Math.min(LIMIT_BYTES, Math.max(toBytes, 2 * this.bytes.length));
    this.#memory.grow(wanted);
    this.#look();
  }

  #look(): void {
    this.bytes = this.#memory.bytes;
    this.view = this.#memory.view;
  }
}
