/** A reader's thread: whatever commit it sees, the series is what the operations up to it made. */
import { defineTask, yieldNow, type SharedBarrier } from "@hotpath/runtime";
import { openReader, type DatabaseHandle } from "../../src/index.ts";
import { Model, compare, operations, random, thing, type Shape } from "./model.ts";

export interface Reading {
  readonly handle: DatabaseHandle;
  readonly seed: number;
  readonly count: number;
  readonly shape: Shape;
  /** Commits before the first operation. */
  readonly before: number;
  readonly reader: number;
  /** Passed when this thread has compared once, before the first operation. */
  readonly ready: SharedBarrier;
}

/** Answers how many different commits it has compared. */
export const follow = defineTask(
  import.meta.url,
  async function follow({
    handle,
    seed,
    count,
    shape,
    before,
    reader,
    ready,
  }: Reading): Promise<number> {
    const list = operations(seed, count, shape);
    const next = random(seed + reader + 1);
    const model = new Model();
    let compared = 0;
    await using database = openReader(handle, [thing]);
    for (;;) {
      {
        using snapshot = database.snapshot();
        const commits = snapshot.commit - before;
        while (model.applied < commits) model.apply(list[model.applied]!);
        compare(snapshot.table(thing), model, next, shape.keys);
        if (compared++ === 0) await ready.wait();
      }
      if (model.applied >= count) return compared;
      await yieldNow();
    }
  },
);
