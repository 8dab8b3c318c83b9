/** The thread of the mix that does not write: it asks the other one for its inserts. */
import { defineTask, yieldNow } from "@hotpath/runtime";
import { openReader, type DatabaseHandle } from "../src/index.ts";
import { OPERATION, Reading, SHARED, pick } from "./mix.ts";
import { table } from "./rows.ts";

export interface ReaderShare {
  readonly handle: DatabaseHandle;
  readonly shared: Int32Array<SharedArrayBuffer>;
  readonly scanned: number;
  /** Inserts that may be asked for and not done. */
  readonly ahead: number;
}

export interface ReaderResult {
  readonly operations: number;
  readonly samples: Float64Array;
}

export const readAlong = defineTask(
  import.meta.url,
  async function readAlong({ handle, shared, scanned, ahead }: ReaderShare): Promise<ReaderResult> {
    await using reader = openReader(handle, [table]);
    const reads = reader.table(table);
    const reading = new Reading(reads, () => reads.commit, scanned, 7);
    const { next, samples } = reading;
    let before = performance.now();
    while (Atomics.load(shared, SHARED.stop) === 0) {
      for (let k = 0; k < 256; k++) {
        const operation = pick(next);
        if (operation === OPERATION.insert) {
          while (
            Atomics.load(shared, SHARED.asked) - Atomics.load(shared, SHARED.done) > ahead &&
            Atomics.load(shared, SHARED.stop) === 0
          ) {
            Atomics.wait(shared, SHARED.done, Atomics.load(shared, SHARED.done), 1);
          }
          Atomics.add(shared, SHARED.asked, 1);
          before = performance.now();
          continue;
        }
        if (operation === OPERATION.read) reading.point(Atomics.load(shared, SHARED.visible));
        else reading.scan();
        const now = performance.now();
        samples.add(now - before);
        before = now;
        reading.operations++;
      }
      if (reading.operations % 65_536 < 256) await yieldNow();
    }
    reading.close();
    return { operations: reading.operations, samples: samples.sorted() };
  },
);
