/** The tree of sums against a plain list. */
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { ProcessorIndex } from "../../src/summary/leaf.ts";
import { PackedNumbers } from "../../src/summary/packed-numbers.ts";
import { SummaryIndex } from "../../src/summary/summary-index.ts";
import { sequence } from "../sequence.ts";

interface Entry {
  readonly timeMs: number;
  readonly amountMinor: number;
  readonly processor: ProcessorIndex;
}

function expected(entries: readonly Entry[], fromMs: number, toMs: number): unknown {
  const counts = [0, 0];
  const amountsMinor = [0, 0];
  for (const { timeMs, amountMinor, processor } of entries) {
    if (timeMs < fromMs || timeMs > toMs) continue;
    counts[processor]!++;
    amountsMinor[processor]! += amountMinor;
  }
  return { counts, amountsMinor };
}

const shapes: Readonly<
  Record<string, (index: number, random: (below: number) => number) => number>
> = {
  "in order": (index) => 1_700_000_000_000 + index,
  "nearly in order": (index, random) => 1_700_000_000_000 + index + random(2000),
  "at random": (_, random) => 1_700_000_000_000 + random(4_000_000_000),
  backwards: (index) => 1_700_000_000_000 - index * 3,
  "in a few moments": (_, random) => 1_700_000_000_000 + random(3),
  "at one moment": () => 1_700_000_000_000,
};

for (const [name, timeOf] of Object.entries(shapes)) {
  test(`SummaryIndex answers as a list does: payments that come ${name}`, () => {
    const seed = 20_251_121;
    const random = sequence(seed);
    const index = new SummaryIndex();
    const entries: Entry[] = [];
    for (let at = 0; at < 40_000; at++) {
      const amountMinor = at % 1000 === 0 ? 9_000_000_000_000 : 1 + random(100_000);
      const entry: Entry = {
        timeMs: timeOf(at, random),
        amountMinor,
        processor: random(5) === 0 ? 1 : 0,
      };
      entries.push(entry);
      index.add(entry.timeMs, entry.amountMinor, entry.processor);
    }
    assert.equal(index.size, entries.length);
    for (let query = 0; query < 40; query++) {
      const fromMs = entries[random(entries.length)]!.timeMs - random(2);
      const toMs = entries[random(entries.length)]!.timeMs + random(2);
      const { counts, amountsMinor } = index.summary(fromMs, toMs);
      assert.deepEqual({ counts, amountsMinor }, expected(entries, fromMs, toMs), `seed ${seed}`);
    }
    const { counts } = index.summary(-Infinity, Infinity);
    assert.equal(counts[0] + counts[1], entries.length);
  });
}

test("SummaryIndex answers every window of a small history", () => {
  const entry = fc.record({
    timeMs: fc.integer({ min: 0, max: 20 }),
    amountMinor: fc.integer({ min: 1, max: 1000 }),
    processor: fc.constantFrom(0 as const, 1 as const),
  });
  fc.assert(
    fc.property(fc.array(entry, { maxLength: 60 }), (entries) => {
      const index = new SummaryIndex();
      for (const { timeMs, amountMinor, processor } of entries)
        index.add(timeMs, amountMinor, processor);
      for (let fromMs = -1; fromMs <= 21; fromMs++) {
        for (let toMs = fromMs - 1; toMs <= 21; toMs++) {
          const { counts, amountsMinor } = index.summary(fromMs, toMs);
          assert.deepEqual({ counts, amountsMinor }, expected(entries, fromMs, toMs));
        }
      }
    }),
  );
});

test("SummaryIndex takes less than 8 bytes a payment", () => {
  const random = sequence(7);
  const index = new SummaryIndex();
  for (let at = 0; at < 200_000; at++) {
    index.add(
      1_700_000_000_000 + at * 2 + random(300),
      1 + random(1_000_000),
      at % 7 === 0 ? 1 : 0,
    );
  }
  const bytesEach = index.sizeBytes / index.size;
  assert.ok(bytesEach <= 8, `${bytesEach} bytes a payment`);
});

test("PackedNumbers gives back what it was given", () => {
  const list = fc.oneof(
    fc.array(fc.integer({ min: 0, max: 1 })),
    fc.array(fc.integer({ min: -5, max: 2 ** 31 - 10 })),
    fc.array(fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER })),
    fc.array(fc.constant(1990), { maxLength: 600 }),
  );
  fc.assert(
    fc.property(list, (values) => {
      const packed = new PackedNumbers(Float64Array.from(values));
      assert.deepEqual(
        values.map((_, index) => packed.at(index)),
        values,
      );
    }),
  );
});
