/**
 * `node mix-variant.ts relaxed|commit FOLDER ROWS SCANNED SECONDS`: two threads, one of which writes. The inserts that
 * the other thread's share of the mix asks for are done by the writer; they count when they are done. Prints
 * operations a second, and as checksum the p50 and p99 in µs of reads and scans, and of inserts.
 */
import { run, yieldNow } from "@hotpath/runtime";
import { open, type Database, type Durability } from "../src/index.ts";
import { OPERATION, Reading, SHARED, Samples, pick } from "./mix.ts";
import { readAlong } from "./mix-reader.ts";
import { load, memoryFor, quantile, rowOf, table } from "./rows.ts";

const [durability, folder, ...numbers] = process.argv.slice(2) as [Durability, string, ...string[]];
const [rows, scanned, seconds] = numbers.map(Number) as [number, number, number];
const IN_FLIGHT = 64;
const BATCH = 16;
/** How far the other thread's inserts may lag: when they are not awaited, about what a turn of the loop takes. */
const AHEAD = durability === "relaxed" ? 4096 : 32;
const shared = new Int32Array(new SharedArrayBuffer(4 * SHARED.words));

/** The writer's side: inserts, its own and the asked ones, IN_FLIGHT at most. */
class Writing {
  readonly samples: Samples = new Samples();
  done = 0;
  #next = rows;
  #inFlight = 0;
  readonly #db: Database;

  constructor(db: Database) {
    this.#db = db;
  }

  get full(): boolean {
    return this.#inFlight >= IN_FLIGHT;
  }

  /** Those that are asked for at the same time go into one transaction. */
  insert(count: number, asked: boolean): void {
    const started = performance.now();
    const first = this.#next;
    this.#next += count;
    this.#inFlight += count;
    const written = this.#db.transaction((tx) => {
      const rowsOf = tx.table(table);
      for (let k = 0; k < count; k++) rowsOf.insert(rowOf(first + k));
    });
    if (durability === "relaxed") this.#finish(started, count, asked, first);
    else void written.then(() => this.#finish(started, count, asked, first));
  }

  #finish(started: number, count: number, asked: boolean, first: number): void {
    const each = performance.now() - started;
    for (let k = 0; k < count; k++) this.samples.add(each);
    this.#inFlight -= count;
    this.done += count;
    Atomics.store(shared, SHARED.visible, first + count);
    if (!asked) return;
    Atomics.add(shared, SHARED.done, count);
    Atomics.notify(shared, SHARED.done);
  }
}

async function mix(reading: Reading, writing: Writing): Promise<void> {
  const { next, samples } = reading;
  const end = performance.now() + seconds * 1000;
  let asked = 0;
  let before = performance.now();
  for (let k = 0; before < end; k++) {
    const operation = pick(next);
    while (writing.full) await yieldNow();
    const lag = Math.min(Atomics.load(shared, SHARED.asked) - asked, BATCH);
    if (lag > 0) {
      asked += lag;
      writing.insert(lag, true);
    }
    while (writing.full) await yieldNow();
    if (operation === OPERATION.insert) writing.insert(1, false);
    else {
      before = performance.now();
      if (operation === OPERATION.read) reading.point(Atomics.load(shared, SHARED.visible));
      else reading.scan();
      samples.add(performance.now() - before);
      reading.operations++;
    }
    before = performance.now();
    if (k % 1024 === 0) await yieldNow();
  }
}

await run(
  async () => {
    await using db = await open(folder, {
      tables: [table],
      durability,
      poolBytes: memoryFor(rows * 1.5),
    });
    await load(db, rows);
    shared[SHARED.visible] = rows;
    const reads = db.table(table);
    const other = readAlong({ handle: db.handle, shared, scanned, ahead: AHEAD });
    const reading = new Reading(reads, () => reads.commit, scanned, 11);
    const writing = new Writing(db);
    const started = performance.now();
    await mix(reading, writing);
    const elapsed = performance.now() - started;
    Atomics.store(shared, SHARED.stop, 1);
    Atomics.notify(shared, SHARED.done);
    const { operations, samples } = await other;
    reading.close();
    const total = operations + reading.operations + writing.done;
    const both = new Float64Array(samples.length + reading.samples.sorted().length);
    both.set(samples);
    both.set(reading.samples.sorted(), samples.length);
    const read = both.sort();
    const inserted = writing.samples.sorted();
    const times = [
      quantile(read, 0.5),
      quantile(read, 0.99),
      quantile(inserted, 0.5),
      quantile(inserted, 0.99),
    ];
    const checksum = times.map((ms) => (ms * 1000).toFixed(2)).join(" ");
    console.log(
      JSON.stringify({
        value: Math.round((total / elapsed) * 1000),
        checksum,
        writes: writing.done / total,
      }),
    );
    process.exit(0);
  },
  { threads: { count: 1, stallAfter: "1h" } },
);
