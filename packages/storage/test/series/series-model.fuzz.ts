import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import fc from "fast-check";
import { SharedBarrier, run } from "@hotpath/runtime";
import { open, type Database } from "../../src/index.ts";
import {
  Model,
  compare,
  operations,
  random,
  thing,
  idOf,
  type Operation,
  type Shape,
} from "./model.ts";
import { follow } from "./reader-task.ts";

const SEED = Number(process.env["SEED"] ?? Math.floor(Math.random() * 2 ** 31));

function write(db: Database, operation: Operation): Promise<unknown> {
  return db.transaction((tx) => {
    const table = tx.table(thing);
    if (operation.kind === "put") table.put(operation.row);
    else assert.equal(table.delete(idOf(operation.id)), true);
  });
}

async function inFolder(body: (folder: string) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "hotpath-model-"));
  try {
    await body(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const shapes: fc.Arbitrary<Shape> = fc.record({
  keys: fc.constantFrom(3, 50, 1000),
  late: fc.constantFrom(0, 2, 40),
  deletes: fc.constantFrom(0, 10, 60),
});

test(`a series is what a Map is, through closes and checkpoints, seed ${SEED}`, async () => {
  await run(() =>
    fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1 }),
        shapes,
        fc.integer({ min: 1, max: 4 }),
        (seed, shape, parts) =>
          inFolder(async (folder) => {
            const list = operations(seed, 600, shape);
            const model = new Model();
            const next = random(seed);
            for (let part = 0; part < parts; part++) {
              await using db = await open(folder, { tables: [thing], poolBytes: 16 << 20 });
              compare(db.table(thing), model, next, shape.keys);
              using before = db.snapshot();
              const old = new Model();
              for (const operation of list.slice(0, model.applied)) old.apply(operation);
              const end = Math.floor((list.length * (part + 1)) / parts);
              for (const operation of list.slice(model.applied, end)) {
                model.apply(operation);
                await write(db, operation);
                if (next(200) === 0) await db.checkpoint();
                if (next(50) === 0) compare(db.table(thing), model, next, shape.keys);
                if (next(100) === 0) compare(before.table(thing), old, next, shape.keys);
              }
              compare(db.table(thing), model, next, shape.keys);
            }
          }),
      ),
      { seed: SEED, numRuns: 8 },
    ),
  );
});

test(`three threads read what one writes, seed ${SEED}`, async () => {
  const shape: Shape = { keys: 2000, late: 3, deletes: 10 };
  const count = 6000;
  const list = operations(SEED, count, shape);
  await inFolder(async (folder) => {
    await run(
      async () => {
        await using db = await open(folder, {
          tables: [thing],
          poolBytes: 16 << 20,
          durability: "relaxed",
        });
        const { commit } = db.snapshot();
        const ready = new SharedBarrier(4);
        const readings = [1, 2, 3].map((reader) =>
          follow({ handle: db.handle, seed: SEED, count, shape, before: commit, reader, ready }),
        );
        await ready.wait();
        const written: Promise<unknown>[] = [];
        for (const [k, operation] of list.entries()) {
          written.push(write(db, operation));
          if (k % 50 === 0) await Promise.all(written.splice(0));
        }
        await Promise.all(written);
        const compared = await Promise.all(readings);
        assert(compared.every((commits) => commits > 1));
      },
      { threads: 3 },
    );
  });
});
