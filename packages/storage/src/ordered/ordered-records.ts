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

export type OrderedChange =
  | { readonly kind: "put"; readonly key: Uint8Array; readonly value: Uint8Array }
  | { readonly kind: "delete"; readonly key: Uint8Array }
  | {
      readonly kind: "clear";
      readonly from: Uint8Array | undefined;
      readonly below: Uint8Array | undefined;
    };

/** What a record says; its bytes are the record's, valid as long as they are. */
export function decodeRecord({ at, bytes, sizeBytes, type, view }: LogRecord): OrderedChange {
  const end = at + sizeBytes;
  switch (type) {
    case ORDERED_RECORD.put: {
      const keyLength = sizeBytes < 4 ? NO_BOUND : view.getUint32(at, true);
      if (keyLength > sizeBytes - 4) throw damaged("put");
      const middle = at + 4 + keyLength;
      return {
        kind: "put",
        key: bytes.subarray(at + 4, middle),
        value: bytes.subarray(middle, end),
      };
    }
    case ORDERED_RECORD.delete:
      return { kind: "delete", key: bytes.subarray(at, end) };
    case ORDERED_RECORD.clear: {
      const lower = sizeBytes < 8 ? 0 : view.getUint32(at, true);
      const upper = sizeBytes < 8 ? 0 : view.getUint32(at + 4, true);
      const lowerBytes = lower === NO_BOUND ? 0 : lower;
      const upperBytes = upper === NO_BOUND ? 0 : upper;
      if (sizeBytes !== 8 + lowerBytes + upperBytes) throw damaged("clear");
      const middle = at + 8 + lowerBytes;
      return {
        kind: "clear",
        from: lower === NO_BOUND ? undefined : bytes.subarray(at + 8, middle),
        below: upper === NO_BOUND ? undefined : bytes.subarray(middle, end),
      };
    }
    default:
      throw new StorageError(
        "CORRUPT",
        `The log has a record of type ${type} for an ordered table`,
      );
  }
}

/** Does to a tree what a record says. */
export function applyRecord(tree: Tree, record: LogRecord): void {
  const change = decodeRecord(record);
  if (change.kind === "put") tree.put(change.key, change.value);
  else if (change.kind === "delete") tree.delete(change.key);
  else tree.clear(change.from, change.below);
}

function damaged(what: string): StorageError {
  return new StorageError(
    "CORRUPT",
    `The log has a ${what} record of an ordered table whose lengths do not add up`,
  );
}
