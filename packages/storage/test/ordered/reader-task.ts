/** A reader's thread on an ordered table: every commit writes the same number to all keys. */
import { defineTask, yieldNow } from "@hotpath/runtime";
import { openReader, ordered, type DatabaseHandle } from "../../src/index.ts";

export const counters = ordered("counters");

/** Looks until it has seen `last`; answers how many different commits it has seen, all of them whole. */
export const followCounters = defineTask(
  import.meta.url,
  async function followCounters(
    handle: DatabaseHandle,
    keys: number,
    last: string,
  ): Promise<number> {
    await using database = openReader(handle, [counters]);
    const seen = new Set<number>();
    for (;;) {
      using snapshot = database.snapshot();
      seen.add(snapshot.commit);
      const values = [...snapshot.table(counters).values()].map((bytes) =>
        Buffer.from(bytes).toString(),
      );
      if (values.length > 0 && values.length !== keys)
        throw new Error(`${values.length} keys of ${keys}`);
      if (new Set(values).size > 1)
        throw new Error(`commit ${snapshot.commit} is torn: ${[...new Set(values)].join()}`);
      if (values[0] === last) return seen.size;
      await yieldNow();
    }
  },
);
