/** What a transaction changes an ordered table with. */
import type { RecordSink, TableNumber } from "../engine/engine.ts";
import { appendClear, appendDelete, appendPut } from "./ordered-records.ts";
import { bytesOf } from "./ordered-reads.ts";
import { checkEntry, checkKey, type Tree } from "./tree.ts";

export class OrderedWrites {
  readonly #table: TableNumber;
  readonly #tree: Tree;
  readonly #records: RecordSink;

  /** Made by the engine: `transaction.table(…)` answers it. */
  constructor(table: TableNumber, tree: Tree, records: RecordSink) {
    this.#table = table;
    this.#tree = tree;
    this.#records = records;
  }

  /** Adds a key or changes its value. Keys have up to 1978 bytes, values up to what a transaction may hold. */
  put(key: Uint8Array | string, value: Uint8Array | string): void {
    const keyBytes = bytesOf(key);
    const valueBytes = bytesOf(value);
    checkEntry(keyBytes, valueBytes);
    appendPut(this.#records, this.#table, keyBytes, valueBytes);
  }

  /** Takes a key out, if it is there. */
  delete(key: Uint8Array | string): void {
    const keyBytes = bytesOf(key);
    checkKey(keyBytes);
    appendDelete(this.#records, this.#table, keyBytes);
  }

  /** Takes out all keys from `from` on and below `below`; without a bound, all from the first or to the last. */
  clear(from?: Uint8Array | string, below?: Uint8Array | string): void {
    const lower = from === undefined ? undefined : bytesOf(from);
    const upper = below === undefined ? undefined : bytesOf(below);
    appendClear(this.#records, this.#table, lower, upper);
  }

  /** A copy of the key's value as the transactions before this one left it. */
  get(key: Uint8Array | string): Uint8Array | undefined {
    return this.#tree.get(bytesOf(key));
  }

  /** Whether the transactions before this one left the key there. */
  has(key: Uint8Array | string): boolean {
    return this.#tree.has(bytesOf(key));
  }
}
