/** Any bytes, in any pieces, read in any way: the same as from one array. */
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { ByteReader, run, type ByteSource } from "@hotpath/runtime";

const seed = Number(process.env["SEED"] ?? Date.now() % 2 ** 31);
console.log(`SEED=${seed}`);

/** Gives a list of pieces, one per turn, while it is asked to. */
class Pieces implements ByteSource {
  readonly #pieces: Uint8Array[];
  #reading = false;
  #scheduled = false;
  reader: ByteReader | undefined = undefined;

  constructor(pieces: readonly Uint8Array[]) {
    this.#pieces = [...pieces];
  }

  readStart(): void {
    this.#reading = true;
    this.#schedule();
  }

  readStop(): void {
    this.#reading = false;
  }

  #schedule(): void {
    if (this.#scheduled || !this.#reading) return;
    this.#scheduled = true;
    setImmediate(() => {
      this.#scheduled = false;
      if (!this.#reading) return;
      const piece = this.#pieces.shift();
      if (piece === undefined) return this.reader!.sourceEnded();
      // The memory of a piece is reused at once, as a socket's is.
      const lent = piece.slice();
      this.reader!.received(lent);
      lent.fill(255);
      this.#schedule();
    });
  }
}

const pieces = fc.array(
  fc.array(fc.constantFrom(10, 13, 97, 98, 200), { minLength: 1, maxLength: 40 }),
  { maxLength: 12 },
);
const step = fc.oneof(
  fc.record({ kind: fc.constant("read" as const), size: fc.integer({ min: 1, max: 50 }) }),
  fc.record({ kind: fc.constant("exactly" as const), size: fc.integer({ min: 1, max: 50 }) }),
  fc.record({ kind: fc.constant("until" as const), size: fc.constant(0) }),
  fc.record({ kind: fc.constant("buffered" as const), size: fc.integer({ min: 0, max: 9 }) }),
);

test("ByteReader gives the bytes that came, however they came and are asked for", async () => {
  await fc.assert(
    fc.asyncProperty(
      pieces,
      fc.array(step, { minLength: 1, maxLength: 20 }),
      fc.integer({ min: 1, max: 64 }),
      async (parts, steps, readAheadBytes) => {
        const whole = Uint8Array.from(parts.flat());
        const source = new Pieces(parts.map((part) => Uint8Array.from(part)));
        const reader = new ByteReader(source, "the pieces", readAheadBytes);
        source.reader = reader;
        let position = 0;
        const expect = (got: Uint8Array): void => {
          assert.deepEqual(new Uint8Array(got), whole.slice(position, position + got.length));
          position += got.length;
        };
        await run(async () => {
          for (const { kind, size } of steps) {
            const left = whole.length - position;
            if (kind === "read") {
              const into = new Uint8Array(size);
              const count = await reader.read(into);
              assert.equal(count === 0, left === 0);
              expect(into.subarray(0, count));
            } else if (kind === "exactly") {
              if (size > left) continue;
              const into = new Uint8Array(size);
              await reader.readExactly(into);
              expect(into);
            } else if (kind === "until") {
              const end = whole.indexOf(10, position);
              if (end === -1 && left > 0) continue;
              const line = await reader.readUntil("\n");
              assert.equal(line === undefined, left === 0);
              if (line === undefined) continue;
              expect(line);
              assert.equal(position, end);
              position++;
            } else {
              const view = reader.buffered.slice(0, size);
              reader.consume(view.length);
              expect(view);
            }
          }
          expect(await reader.readAll());
          assert.equal(position, whole.length);
        });
      },
    ),
    { seed, numRuns: 300 },
  );
});

test("lines() gives the lines of the text, however its bytes come", async () => {
  await fc.assert(
    fc.asyncProperty(pieces, async (parts) => {
      const source = new Pieces(parts.map((part) => Uint8Array.from(part)));
      const reader = new ByteReader(source, "the pieces", 16);
      source.reader = reader;
      const expected = Buffer.from(parts.flat()).toString("utf8").split(/\r?\n/);
      // The bytes after the last line end are a line only when there are any; a lone "\r" is text.
      if (expected.at(-1) === "") expected.pop();
      const lines: string[] = [];
      await run(async () => {
        for await (const line of reader.lines()) lines.push(line);
      });
      assert.deepEqual(lines, expected);
    }),
    { seed, numRuns: 300 },
  );
});
