/** A tree against a sorted array: random histories with published snapshots, checkpoints, large values and long keys. */
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { TreeCursor } from "../../src/ordered/cursor.ts";
import { PageSpace } from "../../src/ordered/page-space.ts";
import { checkTree } from "../../src/ordered/tree-check.ts";
import { Tree } from "../../src/ordered/tree.ts";
import { MemoryPool } from "./memory-pool.ts";

const seed = Number(process.env["HOTPATH_SEED"] ?? Date.now() % 2 ** 31);
const runs = Number(process.env["HOTPATH_RUNS"] ?? 60);

type Step =
  | { kind: "put"; key: Uint8Array; valueBytes: number }
  | { kind: "delete"; key: Uint8Array }
  | { kind: "clear"; from: Uint8Array; to: Uint8Array }
  | { kind: "fill"; prefix: Uint8Array; from: number; count: number; valueBytes: number }
  | { kind: "publish" }
  | { kind: "snapshot" }
  | { kind: "close" }
  | { kind: "checkpoint" }
  | { kind: "relieve" };

const short = fc.uint8Array({ maxLength: 3 }).map((key) => key.map((byte) => byte & 3));
const long = fc
  .tuple(fc.integer({ min: 0, max: 1970 }), fc.uint8Array({ maxLength: 8 }))
  .map(([length, end]) => {
    const key = new Uint8Array(length + end.length).fill(7);
    key.set(end, length);
    return key;
  });
const key = fc.oneof(
  { weight: 4, arbitrary: short },
  { weight: 2, arbitrary: fc.uint8Array({ maxLength: 24 }) },
  long,
);
const valueBytes = fc.oneof(
  { weight: 6, arbitrary: fc.nat(40) },
  { weight: 2, arbitrary: fc.nat(1200) },
  { weight: 1, arbitrary: fc.integer({ min: 4000, max: 60_000 }) },
);
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 12, arbitrary: fc.record({ kind: fc.constant("put" as const), key, valueBytes }) },
  { weight: 5, arbitrary: fc.record({ kind: fc.constant("delete" as const), key }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("clear" as const), from: key, to: key }) },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant("fill" as const),
      prefix: short,
      from: fc.nat(1000),
      count: fc.integer({ min: -300, max: 300 }),
      valueBytes: fc.nat(100),
    }),
  },
  { weight: 4, arbitrary: fc.constant<Step>({ kind: "publish" }) },
  { weight: 2, arbitrary: fc.constant<Step>({ kind: "snapshot" }) },
  { weight: 2, arbitrary: fc.constant<Step>({ kind: "close" }) },
  { weight: 1, arbitrary: fc.constant<Step>({ kind: "checkpoint" }) },
  { weight: 1, arbitrary: fc.constant<Step>({ kind: "relieve" }) },
);

type Model = Map<string, Uint8Array>;
const valueOf = (length: number): Uint8Array => new Uint8Array(length).map((_, k) => length + k);
const nameOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString("latin1");
const bytesOf = (name: string): Uint8Array => new Uint8Array(Buffer.from(name, "latin1"));
const ordered = (model: Model): string[] =>
  [...model.keys()].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));

interface Snapshot {
  readonly commit: number;
  readonly root: number;
  readonly model: Model;
}

class History {
  readonly pool = new MemoryPool(8192);
  readonly snapshots: Snapshot[] = [];
  readonly space = new PageSpace(this.pool, () =>
    Math.min(Infinity, ...this.snapshots.map((s) => s.commit)),
  );
  readonly tree = new Tree(this.space, 1);
  readonly model: Model = new Map();
  #pendingCheckpoint: Promise<void> | undefined;

  async take(step: Step): Promise<void> {
    const { model, tree, space } = this;
    switch (step.kind) {
      case "put":
        space.commit++;
        assert.equal(tree.put(step.key, valueOf(step.valueBytes)), !model.has(nameOf(step.key)));
        model.set(nameOf(step.key), valueOf(step.valueBytes));
        break;
      case "delete":
        space.commit++;
        assert.equal(tree.delete(step.key), model.delete(nameOf(step.key)));
        break;
      case "clear": {
        space.commit++;
        const [from, to] = [nameOf(step.from), nameOf(step.to)];
        const doomed = [...model.keys()].filter((key) => key >= from && key < to);
        for (const key of doomed) model.delete(key);
        assert.equal(tree.clear(step.from, step.to), doomed.length);
        break;
      }
      case "fill":
        space.commit++;
        for (let k = 0; k < Math.abs(step.count); k++) {
          const key = Buffer.concat([
            step.prefix,
            Buffer.from(String(step.from + (step.count < 0 ? -k : k)).padStart(6, "0")),
          ]);
          const value = new Uint8Array(step.valueBytes).fill(k);
          tree.put(key, value);
          model.set(nameOf(key), value);
        }
        break;
      case "publish":
        space.publish();
        break;
      case "snapshot":
        space.publish();
        this.snapshots.push({ commit: space.commit, root: tree.root, model: new Map(model) });
        break;
      case "close":
        this.snapshots.shift();
        break;
      case "relieve":
        space.relieve(0);
        break;
      case "checkpoint":
        if (this.#pendingCheckpoint === undefined) {
          const { pages } = space.beginCheckpoint();
          this.#pendingCheckpoint = this.pool.write(pages);
        } else {
          await this.#pendingCheckpoint;
          this.#pendingCheckpoint = undefined;
          space.endCheckpoint();
        }
        break;
    }
  }

  check(): void {
    assert.equal(this.tree.entries, this.model.size);
    const seen = new Set<number>();
    this.#compare(this.tree.root, this.model, seen);
    for (const snapshot of this.snapshots) this.#compare(snapshot.root, snapshot.model, new Set());
    // Every page that has a frame is the tree's or held for a snapshot or a manifest: none is lost, none is both.
    const held = [...this.space.heldPages()];
    for (const page of held) assert.ok(!seen.has(page), `page ${page} is in use and released`);
    const { pages, freePages, heldPages } = this.space.stats;
    assert.equal(
      new Set([...seen, ...this.space.freePages()]).size,
      seen.size + freePages + heldPages,
    );
    assert.equal(seen.size + freePages + heldPages, pages, "a page is lost");
    assert.equal(this.pool.frames.size, seen.size + held.length);
  }

  #compare(root: number, model: Model, seen: Set<number>): void {
    const report = checkTree(this.pool, root, seen);
    assert.deepEqual(report.findings, []);
    assert.equal(report.entries, model.size);
    using cursor = new TreeCursor(this.pool).open(root);
    const keys = ordered(model);
    let at = 0;
    for (let ok = cursor.first(); ok; ok = cursor.next(), at++) {
      assert.equal(nameOf(cursor.key()), keys[at]);
      assert.deepEqual(cursor.value(), model.get(keys[at]!));
    }
    assert.equal(at, keys.length);
    for (let ok = cursor.last(); ok; ok = cursor.previous())
      assert.equal(nameOf(cursor.key()), keys[--at]);
    assert.equal(at, 0);
    for (let k = 0; k < keys.length; k += 1 + (keys.length >> 4)) {
      const probe = bytesOf(keys[k]!);
      assert.ok(cursor.get(probe));
      assert.ok(cursor.seek(probe) && nameOf(cursor.key()) === keys[k]);
      const above = new Uint8Array([...probe, 0]);
      if (!model.has(nameOf(above))) {
        assert.ok(!cursor.get(above));
        assert.equal(cursor.seek(above), k + 1 < keys.length);
        if (cursor.valid) assert.equal(nameOf(cursor.key()), keys[k + 1]);
        assert.ok(cursor.seekBack(above) && nameOf(cursor.key()) === keys[k]);
      }
    }
  }
}

test(`a tree is a sorted array, for every snapshot (seed ${seed})`, async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(step, { minLength: 1, maxLength: 120, size: "max" }),
      async (steps) => {
        const history = new History();
        for (const [k, each] of steps.entries()) {
          await history.take(each);
          if (k % 8 === 0) history.check();
        }
        history.check();
      },
    ),
    { seed, numRuns: runs, endOnFailure: false },
  );
});
