/** A series, and the same thing as a Map: what both have after each of a list of operations made from a seed. */
import assert from "node:assert/strict";
import {
  bytes,
  f64,
  key,
  series,
  text,
  time,
  u32,
  u64,
  type RowOf,
  type SeriesReads,
} from "../../src/index.ts";

const columns = {
  id: key(bytes(8)),
  at: time("micros"),
  amount: u64,
  share: f64,
  kind: u32,
  note: text,
};

export const thing = series("thing", columns);
export type Thing = RowOf<typeof columns>;

export type Operation =
  | { readonly kind: "put"; readonly row: Thing }
  | { readonly kind: "delete"; readonly id: number };

export function idOf(k: number): Uint8Array {
  const id = new Uint8Array(8);
  new DataView(id.buffer).setUint32(0, Math.imul(k + 1, 0x9e3779b1));
  new DataView(id.buffer).setUint32(4, k);
  return id;
}

/** A small generator, so that threads can make the same list. */
export function random(seed: number): (below: number) => number {
  let state = seed | 0 || 1;
  return (below) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % below;
  };
}

export interface Shape {
  readonly keys: number;
  /** Of 100 rows, how many come late. */
  readonly late: number;
  /** Of 100 operations, how many delete. */
  readonly deletes: number;
}

/** Each operation changes something: only what is there is deleted. */
export function operations(
  seed: number,
  count: number,
  { keys, late, deletes }: Shape,
): Operation[] {
  const next = random(seed);
  const alive = new Set<number>();
  return Array.from({ length: count }, (_, k) => {
    const id = next(keys);
    if (alive.has(id) && next(100) < deletes) {
      alive.delete(id);
      return { kind: "delete", id };
    }
    alive.add(id);
    const at = next(100) < late ? next(k * 10 + 1) : k * 10;
    const row = {
      id: idOf(id),
      at,
      amount: next(1e9) * 1000,
      share: k / 7,
      kind: next(5),
      note: "n".repeat(next(40)),
    };
    return { kind: "put", row };
  });
}

export class Model {
  readonly rows: Map<number, { readonly row: Thing; readonly order: number }> = new Map();
  applied = 0;

  apply(operation: Operation): void {
    this.applied++;
    if (operation.kind === "delete") this.rows.delete(operation.id);
    else {
      const id = new DataView(operation.row.id.buffer).getUint32(4);
      this.rows.set(id, { row: operation.row, order: this.applied });
    }
  }

  between(from: number, to: number): Thing[] {
    return [...this.rows.values()]
      .filter(({ row }) => row.at >= from && row.at < to)
      .sort((a, b) => a.row.at - b.row.at || a.order - b.order)
      .map(({ row }) => row);
  }
}

/** Compares some keys, a range both ways, and an aggregate. */
export function compare(
  reads: SeriesReads<typeof columns>,
  model: Model,
  next: (below: number) => number,
  keys: number,
): void {
  for (let k = 0; k < 20; k++) {
    const id = next(keys);
    assert.deepEqual(reads.get(idOf(id)), model.rows.get(id)?.row);
  }
  const end = model.applied * 10 + 10;
  const from = next(end);
  const to = from + next(end - from + 1);
  const expected = model.between(from, to);
  const found = [...reads.rows({ from, to })];
  assert.deepEqual(timesOf(found), timesOf(expected));
  assert.deepEqual(new Set(found.map(noted)), new Set(expected.map(noted)));
  assert.deepEqual(
    timesOf([...reads.rows({ from, to, reverse: true })]),
    timesOf(expected).reverse(),
  );
  const amounts = expected.map(({ amount }) => amount);
  const { count, sum, min, max } = reads.aggregate("amount", { from, to });
  assert.equal(count, amounts.length);
  assert.equal(
    sum,
    amounts.reduce((a, b) => a + b, 0),
  );
  if (count === 0) return;
  assert.deepEqual([min, max], [Math.min(...amounts), Math.max(...amounts)]);
  const { first, last } = reads.aggregate("share", { from, to });
  assert(expected.some(({ share, at }) => share === first && at === expected[0]!.at));
  assert(expected.some(({ share, at }) => share === last && at === expected.at(-1)!.at));
}

function timesOf(rows: readonly Thing[]): number[] {
  return rows.map(({ at }) => at);
}

function noted({ at, amount, share, kind, note }: Thing): string {
  return [at, amount, share, kind, note].join();
}
