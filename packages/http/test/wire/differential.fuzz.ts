import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { compare, Dice, mutant } from "./differential.ts";
import { octets, readRequests } from "./stream-reading.ts";

const CASES = 20_000;
const seed = Number(process.env["SEED"] ?? Math.floor(Math.random() * 2 ** 32));

test(`${CASES} mutated requests mean the same to llhttp, seed ${seed}`, () => {
  const dice = new Dice(seed);
  const counts = { "both accept": 0, "both refuse": 0, stricter: 0 };
  for (let index = 0; index < CASES; index++) counts[compare(mutant(dice))]++;
  console.log(`seed ${seed}:`, counts);
  // A mutator that only makes rubbish would test nothing.
  for (const count of Object.values(counts)) assert(count > CASES / 100);
});

const token = fc.stringMatching(/^[!#$%&'*+\-.^_`|~0-9A-Za-z]{1,12}$/);
const value = fc.stringMatching(
  /^[\x21-\x7e\x80-\xff]([\t\x20-\x7e\x80-\xff]{0,20}[\x21-\x7e\x80-\xff])?$/,
);
const content = fc
  .uint8Array({ maxLength: 60 })
  .map((bytes) => Buffer.from(bytes).toString("latin1"));
const RESERVED =
  /^(host|content-length|transfer-encoding|connection|upgrade|expect|te|trailer|authorization|cookie|set-cookie|content-.*)$/i;
const fields = fc.array(
  fc.tuple(
    token.filter((name) => !RESERVED.test(name)),
    value,
  ),
  { maxLength: 6 },
);

function chunked(
  pieces: readonly string[],
  trailers: readonly (readonly [string, string])[],
): string {
  const chunks = pieces.filter((piece) => piece !== "");
  const text = chunks.map((piece) => `${piece.length.toString(16)}\r\n${piece}\r\n`).join("");
  return `${text}0\r\n${trailers.map(([name, text]) => `${name}: ${text}\r\n`).join("")}\r\n`;
}

test("whatever the grammar makes is read as it was meant, by both", () => {
  const request = fc.record({
    method: fc.constantFrom("GET", "POST", "PUT", "DELETE", "PATCH"),
    target: fc.stringMatching(/^\/[!-"$-~]{0,30}$/),
    given: fields,
    pieces: fc.option(fc.array(content, { maxLength: 4 }), { nil: undefined }),
    length: fc.option(content, { nil: undefined }),
    trailers: fields,
  });
  fc.assert(
    fc.property(request, ({ method, target, given, pieces, length, trailers }) => {
      let text = `${method} ${target} HTTP/1.1\r\nHost: a\r\n`;
      for (const [name, one] of given) text += `${name}:${one}\r\n`;
      if (pieces !== undefined)
        text += `Transfer-Encoding: chunked\r\n\r\n${chunked(pieces, trailers)}`;
      else if (length !== undefined) text += `Content-Length: ${length.length}\r\n\r\n${length}`;
      else text += "\r\n";
      assert.equal(compare(text), "both accept");
      const { messages } = readRequests([octets(text)]);
      assert.equal(messages[0]!.target, target);
      assert.equal(messages[0]!.content, pieces?.join("") ?? length ?? "");
      assert.deepEqual(messages[0]!.trailers, pieces === undefined ? [] : trailers.flat());
      const own = messages[0]!.fields.slice(2, 2 + given.length * 2);
      assert.deepEqual(own, given.flat());
    }),
    { numRuns: 2000, verbose: 1 },
  );
});
