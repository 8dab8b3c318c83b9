import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import {
  Stopwatch,
  after,
  durationMs,
  formatDuration,
  maybeYield,
  monotonic,
  select,
  simulate,
  sleep,
  sleepUntil,
  spawn,
  ticker,
  wallClock,
  type Duration,
} from "@hotpath/runtime";
import { TimerHeap, type TimerEntry } from "../../src/time/timer-heap.ts";

test("durationMs() reads numbers and text", () => {
  assert.equal(durationMs(250), 250);
  assert.equal(durationMs("1h30m"), 5_400_000);
  assert.equal(durationMs("1.5s"), 1500);
  assert.equal(durationMs("250us"), 0.25);
  assert.equal(durationMs("1m2s500ms"), 62_500);
});

test("durationMs() refuses what is not a length of time and says so", () => {
  for (const bad of ["", "5 minutes", "1h ", "h", "-1s", "1y"]) {
    assert.throws(() => durationMs(bad as Duration), RangeError, bad);
  }
  assert.throws(() => durationMs(-1), /at least 0 ms: -1 is not/);
  assert.throws(() => durationMs(Number.NaN), RangeError);
});

test("formatDuration() writes what durationMs() reads back", () => {
  assert.equal(formatDuration(5_400_000), "1h30m");
  assert.equal(formatDuration(0), "0ms");
  fc.assert(
    fc.property(fc.nat(4_000_000_000), (ms) => {
      const text = formatDuration(ms);
      const parts = text.match(/\d+(?:\.\d+)?[a-z]+/g)!;
      const sum = parts.reduce((total, part) => total + durationMs(part as Duration), 0);
      assert.equal(sum, ms);
    }),
  );
});

test("the timer heap fires in the order of due time and removes anything in between", () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.nat(20), fc.boolean())), (timers) => {
      let nowMs = 0;
      const heap = new TimerHeap(
        { monotonicMs: () => nowMs, wallMs: () => 0 },
        { set: () => {}, off: () => {} },
      );
      const fired: number[] = [];
      const entries = timers.map(([ms]): TimerEntry => {
        const entry = { dueMs: 0, heapIndex: -1, timerOrder: 0, fire: () => fired.push(ms) };
        heap.add(entry, ms);
        return entry;
      });
      timers.forEach(([, removed], index) => removed && heap.remove(entries[index]!));
      nowMs = 10;
      heap.fireDue();
      const due = timers.filter(([ms, removed]) => !removed && ms <= 10).map(([ms]) => ms);
      assert.deepEqual(
        fired,
        due.sort((a, b) => a - b),
      );
      assert.equal(heap.size, timers.filter(([ms, removed]) => !removed && ms > 10).length);
    }),
  );
});

test("any mix of adding, removing and taking leaves the timers in the order in which they are due", () => {
  const step = fc.oneof(
    { weight: 4, arbitrary: fc.record({ add: fc.nat(30) }) },
    { weight: 2, arbitrary: fc.record({ remove: fc.nat() }) },
    { weight: 1, arbitrary: fc.record({ pass: fc.nat(5) }) },
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 400, size: "max" }), (steps) => {
      let nowMs = 0;
      const heap = new TimerHeap(
        { monotonicMs: () => nowMs, wallMs: () => 0 },
        { set: () => {}, off: () => {} },
      );
      const fired: TimerEntry[] = [];
      let live: TimerEntry[] = [];
      for (const next of steps) {
        if ("add" in next) {
          const entry: TimerEntry = {
            dueMs: 0,
            heapIndex: -1,
            timerOrder: 0,
            fire: () => fired.push(entry),
          };
          heap.add(entry, next.add);
          live.push(entry);
        } else if ("remove" in next) {
          if (live.length === 0) continue;
          const [entry] = live.splice(next.remove % live.length, 1);
          heap.remove(entry!);
          assert.equal(entry!.heapIndex, -1);
        } else {
          nowMs += next.pass;
          fired.length = 0;
          heap.fireDue();
          // Array.sort is stable: what is due at the same time fires in the order of adding.
          const due = live
            .filter((entry) => entry.dueMs <= nowMs)
            .sort((a, b) => a.dueMs - b.dueMs);
          assert.deepEqual(fired, due);
          live = live.filter((entry) => entry.dueMs > nowMs);
        }
        assert.equal(heap.size, live.length);
        assert.equal(heap.earliestMs, Math.min(Infinity, ...live.map((entry) => entry.dueMs)));
      }
    }),
  );
});

test("virtual time jumps exactly as far as the program sleeps", () =>
  simulate(async () => {
    const watch = new Stopwatch();
    const [start, date] = [monotonic(), wallClock()];
    await sleep("1d");
    assert.equal(monotonic() - start, 86_400_000);
    assert.equal(wallClock() - date, 86_400_000);
    assert.equal(watch.lap(), 86_400_000);
    await sleepUntil(start + 86_400_000 + 5);
    assert.equal(watch.lap(), 5);
    assert.equal(watch.elapsedMs, 86_400_005);
    watch.restart();
    await sleepUntil(0);
    assert.equal(watch.elapsedMs, 0);
  }));

test("ticker() keeps its rhythm and says how many beats were missed", () =>
  simulate(async () => {
    const beats = ticker("10ms");
    assert.deepEqual(await beats.next(), { count: 1, missed: 0 });
    await sleep(35);
    assert.deepEqual(await beats.next(), { count: 4, missed: 2 });
    const start = monotonic();
    assert.deepEqual(await beats.next(), { count: 5, missed: 0 });
    assert.equal(monotonic() - start, 5);
    for await (const beat of beats) {
      assert.equal(beat.count, 6);
      break;
    }
    const next = await select({ beats, late: after("1h") });
    assert.ok(next.kind === "beats" && next.value.count === 7);
    assert.throws(() => ticker(0), /interval above 0/);
  }));

test("after() wins once its time has come, and again in the next select", () =>
  simulate(async () => {
    const soon = after("5ms");
    const never = after("1h");
    assert.equal((await select({ never, soon })).kind, "soon");
    assert.equal(monotonic(), 5);
    assert.equal((await select({ never, soon })).kind, "soon");
    assert.equal(monotonic(), 5);
  }));

test("maybeYield() lets another task in and is a cancellation point", () =>
  simulate(async () => {
    let rounds = 0;
    const busy = spawn(async () => {
      for (;;) {
        rounds++;
        await maybeYield();
      }
    });
    await sleep(0);
    // oxlint-disable-next-line no-unmodified-loop-condition -- the other task changes it
    while (rounds < 3) await maybeYield();
    await busy.cancel();
    assert.equal(busy.state, "cancelled");
  }));
