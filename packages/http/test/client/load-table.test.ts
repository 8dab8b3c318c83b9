import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { LoadTable, type Loaded } from "../../src/client/load-table.ts";

interface Item extends Loaded {
  readonly id: number;
}

test("a load table finds the least loaded, as a plain search does", () => {
  const commands = fc.array(
    fc.record({ id: fc.nat(7), load: fc.integer({ min: -1, max: 3 }), shares: fc.boolean() }),
    { maxLength: 80 },
  );
  fc.assert(
    fc.property(commands, (steps) => {
      const table = new LoadTable<Item>(3);
      const items = Array.from({ length: 8 }, (_, id): Item => ({ id, row: -1, place: 0 }));
      const model = new Map<number, number>();
      for (const { id, load, shares } of steps) {
        if (load === -1) {
          table.remove(items[id]!);
          model.delete(id);
        } else {
          table.place(items[id]!, load);
          model.set(id, load);
        }
        assert.equal(table.size, model.size);
        assert.equal(table.all().length, model.size);
        assert.equal(table.idleCount, [...model.values()].filter((row) => row === 0).length);
        const found = table.find(shares);
        const least = Math.min(...model.values());
        if (least > (shares ? 2 : 0)) assert.equal(found, undefined);
        else assert.equal(model.get(found!.id), least);
      }
    }),
  );
});
