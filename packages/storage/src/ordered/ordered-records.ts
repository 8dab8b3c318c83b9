/**
 * The records of ordered tables in the log. Numbers are little-endian.
 *
 *     put      key length u32 · key · value
 *     delete   key
 *     clear    lower length u32 · upper length u32 · lower · upper      (0xffffffff: no bound)
 */
import { StorageError } from "../errors.ts";
import type { LogRecord, RecordSink, TableNumber } from "../engine/engine.ts";
import type { Tree } from "./tree.ts";

export const ORDERED_RECORD = { put: 1, delete: 2, clear: 3 } as const;

const NO_BOUND = 0xffff_ffff;

export function appendPut(
  to: RecordSink,
  table: TableNumber,
  key: Uint8Array,
  value: Uint8Array,
): void {
  const at = to.append(ORDERED_RECORD.put, table, 4 + key.length + value.length);
  to.view.setUint32(at, key.length, true);
  to.bytes.set(key, at + 4);
  to.bytes.set(value, at + 4 + key.length);
}

export function appendDelete(to: RecordSink, table: TableNumber, key: Uint8Array): void {
  to.bytes.set(key, to.append(ORDERED_RECORD.delete, table, key.length));
}

export function appendClear(
  to: RecordSink,
  table: TableNumber,
  from: Uint8Array | undefined,
  below: Uint8Array | undefined,
): void {
  const lower = from?.length ?? 0;
  const at = to.append(ORDERED_RECORD.clear, table, 8 + lower + (below?.length ?? 0));
  to.view.setUint32(at, from?.length ?? NO_BOUND, true);
  to.view.setUint32(at + 4, below?.length ?? NO_BOUND, true);
  if (from !== undefined) to.bytes.set(from, at + 8);
  if (below !== undefined) to.bytes.set(below, at + 8 + lower);
}

/** Does to a tree what a record says. */
export function applyRecord(tree: Tree, record: LogRecord): void {
  const { at, bytes, sizeBytes, type, view } = record;
  const end = at + sizeBytes;
  switch (type) {
    case ORDERED_RECORD.put: {
      const keyLength = sizeBytes < 4 ? NO_BOUND : view.getUint32(at, true);
      if (keyLength > sizeBytes - 4) throw damaged("put");
      tree.put(bytes.subarray(at + 4, at + 4 + keyLength), bytes.subarray(at + 4 + keyLength, end));
      return;
    }
    case ORDERED_RECORD.delete:
      tree.delete(bytes.subarray(at, end));
      return;
    case ORDERED_RECORD.clear: {
      const lower = sizeBytes < 8 ? 0 : view.getUint32(at, true);
      const upper = sizeBytes < 8 ? 0 : view.getUint32(at + 4, true);
      const lowerBytes = lower === NO_BOUND ? 0 : lower;
      const upperBytes = upper === NO_BOUND ? 0 : upper;
      if (sizeBytes !== 8 + lowerBytes + upperBytes) throw damaged("clear");
      const middle = at + 8 + lowerBytes;
      tree.clear(
        lower === NO_BOUND ? undefined : bytes.subarray(at + 8, middle),
        upper === NO_BOUND ? undefined : bytes.subarray(middle, end),
      );
      return;
    }
    default:
      throw new StorageError(
        "CORRUPT",
        `The log has a record of type ${type} for an ordered table`,
      );
  }
}

function damaged(what: string): StorageError {
  return new StorageError(
    "CORRUPT",
    `The log has a ${what} record of an ordered table whose lengths do not add up`,
  );
}
