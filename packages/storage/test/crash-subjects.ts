/** What crash histories are about: two tables, changed together, of which the contents can be compared. */
import {
  key,
  bytes,
  ordered,
  series,
  text,
  time,
  u32,
  type Snapshot,
  type TableDefinition,
  type Transaction,
} from "@hotpath/storage";
import { mapTable } from "./map-tables.ts";

export interface Subject {
  readonly tables: readonly TableDefinition[];
  readonly poolBytes: number;
  /** Gives a key of a table a value, or takes it out. */
  change(tx: Transaction, table: number, key: string, value: number | undefined): void;
  /** Makes the transaction larger, and never one without a record. */
  pad(tx: Transaction, padding: string): void;
  /** All of both tables, by key. */
  contents(snapshot: Snapshot): readonly (readonly [string, number][])[];
}

export const KEYS: readonly string[] = ["0", "1", "2", "3", "4", "5", "6", "7"];

const left = mapTable("left");
const right = mapTable("right");
const maps = [left, right];

const tree = ordered("tree");
const rows = series("rows", {
  id: key(bytes(8)),
  at: time("micros"),
  value: u32,
  note: text,
});

function idOf(name: string): Uint8Array {
  return new Uint8Array(8).fill(name.charCodeAt(0));
}

export const SUBJECTS = {
  /** All in memory: what is tried is log, checkpoint and recovery. */
  maps: {
    tables: maps,
    poolBytes: 4 << 20,
    change(tx, table, name, value) {
      const writes = tx.table(maps[table]!);
      if (value === undefined) writes.remove(name);
      else writes.put(name, value);
    },
    pad: (tx, padding) => tx.table(left).remove(`pad${padding}`),
    contents: (snapshot) => maps.map((table) => snapshot.table(table).entries()),
  },
  /** An ordered table and a series: pages too. */
  pages: {
    tables: [tree, rows],
    poolBytes: 6 << 20,
    change(tx, table, name, value) {
      if (table === 0) {
        if (value === undefined) tx.table(tree).delete(name);
        else tx.table(tree).put(name, String(value));
      } else if (value === undefined) tx.table(rows).delete(idOf(name));
      else tx.table(rows).put({ id: idOf(name), at: value, value, note: name.repeat(value % 50) });
    },
    pad: (tx, padding) => tx.table(tree).put("pad", padding),
    contents(snapshot) {
      const found: [string, number][][] = [[], []];
      for (const name of KEYS) {
        const text = snapshot.table(tree).get(name);
        if (text !== undefined) found[0]!.push([name, Number(Buffer.from(text).toString())]);
        const row = snapshot.table(rows).get(idOf(name));
        if (row !== undefined) found[1]!.push([name, row.value]);
      }
      return found;
    },
  },
} as const satisfies Readonly<Record<string, Subject>>;

export type SubjectName = keyof typeof SUBJECTS;
