/** How fast a database is in a folder: on its disk, with its file system. Uses a database of its own and removes it. */
import { removePath } from "@hotpath/runtime";
import { join } from "node:path";
import type { Database } from "../database/database.ts";
import { open } from "../database/open.ts";
import { ordered } from "../ordered/ordered-engine.ts";

export interface Measurement {
  readonly what: string;
  readonly value: number;
  readonly unit: string;
}

const rows = ordered("rows");
const VALUE = new Uint8Array(100).fill(7);

export async function measureFolder(
  folder: string,
  count = 100_000,
  step?: (done: number, total: number, note: string) => void,
): Promise<readonly Measurement[]> {
  const place = join(folder, `measure-${process.pid}`);
  const measured: Measurement[] = [];
  const parts: [string, (database: Database) => Promise<Measurement>][] = [
    ["batches", (database) => measureBatches(database, count)],
    ["gets", async (database) => measureGets(database, count)],
    ["scan", async (database) => measureScan(database)],
    ["single commits", (database) => measureSerial(database, Math.min(500, count))],
    ["commits in flight", (database) => measureInFlight(database, Math.min(20_000, count))],
  ];
  try {
    await using database = await open(place, { tables: [rows] });
    for (const [k, [note, part]] of parts.entries()) {
      step?.(k, parts.length, note);
      measured.push(await part(database));
    }
  } finally {
    await removePath(place, { tree: true });
  }
  return measured;
}

function keyOf(number: number): Uint8Array {
  const key = new Uint8Array(16);
  new DataView(key.buffer).setUint32(0, Math.imul(number, 2_654_435_761) >>> 0);
  new DataView(key.buffer).setUint32(4, number);
  return key;
}

async function seconds(work: () => Promise<void> | void): Promise<number> {
  const begun = performance.now();
  await work();
  return (performance.now() - begun) / 1000;
}

async function measureBatches(database: Database, count: number): Promise<Measurement> {
  const took = await seconds(async () => {
    for (let from = 0; from < count; from += 1000) {
      await database.transaction((transaction) => {
        const table = transaction.table(rows);
        for (let k = from; k < Math.min(count, from + 1000); k++) table.put(keyOf(k), VALUE);
      });
    }
  });
  return { what: "durable puts, 1000 to a transaction", value: count / took, unit: "rows/s" };
}

async function measureGets(database: Database, count: number): Promise<Measurement> {
  const table = database.table(rows);
  const took = await seconds(() => {
    for (let k = 0; k < count; k++) table.get(keyOf((k * 7919) % count));
  });
  return { what: "gets at random, resident", value: count / took, unit: "gets/s" };
}

async function measureScan(database: Database): Promise<Measurement> {
  using snapshot = database.snapshot();
  using cursor = snapshot.table(rows).cursor();
  let count = 0;
  const took = await seconds(() => {
    for (let more = cursor.first(); more; more = cursor.next()) count++;
  });
  return { what: "scan in order", value: count / took, unit: "rows/s" };
}

async function measureSerial(database: Database, count: number): Promise<Measurement> {
  const took = await seconds(async () => {
    for (let k = 0; k < count; k++)
      await database.transaction((tx) => tx.table(rows).put(keyOf(k), VALUE));
  });
  return { what: "durable commit, one after another", value: (took / count) * 1e6, unit: "µs" };
}

async function measureInFlight(database: Database, count: number): Promise<Measurement> {
  let next = 0;
  const worker = async (): Promise<void> => {
    while (next < count) {
      const k = next++;
      await database.transaction((tx) => tx.table(rows).put(keyOf(k), VALUE));
    }
  };
  const took = await seconds(async () => {
    await Promise.all(Array.from({ length: 64 }, worker));
  });
  return { what: "durable commits, 64 in flight", value: count / took, unit: "commits/s" };
}
