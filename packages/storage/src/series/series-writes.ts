/**
 * What a transaction writes a series with. Within one transaction a key is written once: what the transaction has
 * written is applied when it commits, so that it does not see it itself.
 */
import { StorageError } from "../errors.ts";
import type { RecordSink } from "../engine/engine.ts";
import { BatchEncoder, type Values } from "./batch-encoder.ts";
import type { Columns, ColumnsOf, KeyOf, RowOf } from "./column.ts";
import { KeyWords } from "./key-words.ts";
import type { SeriesCursor } from "./series-cursor.ts";
import { KEY_BYTES, RECORD_TYPE } from "./series-record.ts";
import type { RowLayout } from "./row-layout.ts";

/** A record of rows is not larger: it is copied to the kernel's memory in one piece. */
export const STAGING_BYTES = 65_536;
/** Writes see what has been applied, published or not. */
const NEWEST: number = Number.MAX_SAFE_INTEGER;

export class SeriesWrites<C extends Columns = Columns> {
  readonly #number: number;
  readonly #name: string;
  readonly #layout: RowLayout;
  readonly #records: RecordSink;
  readonly #encoder: BatchEncoder;
  readonly #cursor: SeriesCursor<C>;
  readonly #key: KeyWords | undefined;
  readonly #written = new Set<string>();
  /** The key that the running transaction wrote first. */
  readonly #first = { k0: 0, k1: 0, k2: 0, k3: 0 };
  #turn = -1;

  constructor(
    number: number,
    name: string,
    layout: RowLayout,
    records: RecordSink,
    cursor: SeriesCursor<C>,
  ) {
    this.#number = number;
    this.#name = name;
    this.#layout = layout;
    this.#records = records;
    this.#encoder = new BatchEncoder(layout, name);
    this.#cursor = cursor;
    cursor.commit = NEWEST;
    this.#key = layout.key === undefined ? undefined : new KeyWords(layout.key);
  }

  /** Adds a row; false, and nothing is written, when its key is there already. */
  insert(row: RowOf<C>): boolean {
    if (this.#key !== undefined && this.#find(this.#keyOf(row))) return false;
    this.#write(row);
    return true;
  }

  /** Adds a row, in the place of the one with its key if there is one. */
  put(row: RowOf<C>): void {
    if (this.#key !== undefined && this.#noteKey(this.#keyOf(row))) throw this.#twice();
    this.#write(row);
  }

  /** Changes some columns of the row with this key; false when there is none. */
  update(key: KeyOf<C>, changes: Partial<RowOf<C>>): boolean {
    const keyName = this.#layout.key?.name;
    if (keyName !== undefined && Object.hasOwn(changes, keyName)) {
      throw new TypeError("A row's key does not change: delete it and insert another");
    }
    if (this.#noteKey(key)) throw this.#twice();
    if (!this.#cursor.seek(key)) return false;
    this.#write({ ...this.#cursor.copy(), ...changes });
    return true;
  }

  /** Ends the row with this key; false when there is none. */
  delete(key: KeyOf<C>): boolean {
    if (this.#noteKey(key)) throw this.#twice();
    if (!this.#cursor.seek(key)) return false;
    const words = this.#key!;
    const at = this.#records.append(RECORD_TYPE.end, this.#number, KEY_BYTES);
    const { view } = this.#records;
    view.setInt32(at, words.k0, true);
    view.setInt32(at + 4, words.k1, true);
    view.setInt32(at + 8, words.k2, true);
    view.setInt32(at + 12, words.k3, true);
    return true;
  }

  /** Adds many rows, given column by column; a row whose key is there takes the other's place. Answers how many. */
  ingest(columns: ColumnsOf<C>): number {
    const given = columns as Readonly<Record<string, ArrayLike<unknown>>>;
    const rows = this.#rowsOf(given);
    const values: Values = {
      at: ({ name }, row) => given[name]![row],
      flat({ name, column }) {
        const found = given[name];
        return column.type === "bytes" && found instanceof Uint8Array ? found : undefined;
      },
    };
    const most = this.#encoder.rowsIn(STAGING_BYTES / (this.#layout.variableColumns > 0 ? 2 : 1));
    for (let from = 0; from < rows; from += most) {
      const count = Math.min(most, rows - from);
      this.#encoder.append(this.#records, RECORD_TYPE.rows, this.#number, values, from, count);
    }
    return rows;
  }

  close(): void {
    this.#cursor[Symbol.dispose]();
  }

  #write(row: RowOf<C>): void {
    const given = row as Readonly<Record<string, unknown>>;
    this.#encoder.append(
      this.#records,
      RECORD_TYPE.rows,
      this.#number,
      { at: ({ name }) => given[name] },
      0,
      1,
    );
  }

  #keyOf(row: RowOf<C>): KeyOf<C> {
    return (row as Readonly<Record<string, unknown>>)[this.#layout.key!.name] as KeyOf<C>;
  }

  /** Whether the key is in the table or was written in this transaction; notes it as written. */
  #find(key: KeyOf<C>): boolean {
    return this.#noteKey(key) || this.#cursor.seek(key);
  }

  /** Whether this transaction has written the key before. */
  #noteKey(key: KeyOf<C>): boolean {
    const words = this.#key;
    if (words === undefined) throw new TypeError(`${this.#name} has no key`);
    words.take(key);
    const { turn } = this.#records;
    if (turn !== this.#turn) {
      this.#turn = turn;
      if (this.#written.size > 0) this.#written.clear();
      const first = this.#first;
      first.k0 = words.k0;
      first.k1 = words.k1;
      first.k2 = words.k2;
      first.k3 = words.k3;
      return false;
    }
    // Most transactions write one key: names of keys are made from the second one on.
    if (this.#written.size === 0) this.#written.add(nameOf(this.#first));
    const before = this.#written.size;
    return this.#written.add(nameOf(words)).size === before;
  }

  #rowsOf(given: Readonly<Record<string, ArrayLike<unknown>>>): number {
    let rows: number | undefined;
    for (const { name, column } of this.#layout.columns) {
      const values = given[name];
      if (values === undefined) throw new TypeError(`${this.#name}.${name} is missing`);
      const flat = column.type === "bytes" && values instanceof Uint8Array;
      const count = flat ? values.length / column.widthBytes : values.length;
      rows ??= count;
      if (count !== rows) {
        throw new RangeError(
          `${this.#name}.${name} has ${count} values, other columns have ${rows}`,
        );
      }
    }
    return rows ?? 0;
  }

  #twice(): StorageError {
    return new StorageError(
      "LIMIT",
      `Cannot write a key of ${this.#name} twice in one transaction`,
      { table: this.#name },
    );
  }
}

function nameOf({ k0, k1, k2, k3 }: Pick<KeyWords, "k0" | "k1" | "k2" | "k3">): string {
  return `${k0},${k1},${k2},${k3}`;
}
