/** Ranges, conditions and encodings as a client may ask for them, sensibly and otherwise. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { preferredEncoding } from "../../src/answer/accept-encoding.ts";
import { evaluate, ifRange } from "../../src/answer/preconditions.ts";
import { parseRanges } from "../../src/answer/ranges.ts";
import { headersOf } from "../request.ts";

describe("parseRanges", () => {
  for (const [header, expected] of [
    ["bytes=0-0", [[0, 1]]],
    ["bytes=5-", [[5, 10]]],
    ["bytes=-3", [[7, 10]]],
    ["bytes=-30", [[0, 10]]],
    ["bytes=5-99", [[5, 10]]],
    [
      "BYTES=1-2, 4-5",
      [
        [1, 3],
        [4, 6],
      ],
    ],
    ["bytes=1-2,20-30", [[1, 3]]],
    ["bytes=10-", []],
    ["bytes=-0", []],
    ["bytes=20-30,40-", []],
    [undefined, "all"],
    ["items=0-1", "all"],
    ["bytes=", "all"],
    ["bytes=-", "all"],
    ["bytes=2-1", "all"],
    ["bytes=a-b", "all"],
    ["bytes=1-2,x", "all"],
    ["bytes=0-9,0-9", "all"],
    [`bytes=${Array.from({ length: 17 }, () => "0-0").join(",")}`, "all"],
    [`bytes=0-${"9".repeat(2000)}`, "all"],
  ] as const) {
    test(`${String(header).slice(0, 40)} of ten bytes`, () => {
      const found = parseRanges(header, 10);
      assert.deepEqual(
        found === "all" ? found : found.map(({ start, end }) => [start, end]),
        expected,
      );
    });
  }
});

describe("evaluate", () => {
  const modifiedMs = Date.UTC(2026, 0, 2, 3, 4, 5) + 678;
  const same = "Fri, 02 Jan 2026 03:04:05 GMT";
  const before = "Fri, 02 Jan 2026 03:04:04 GMT";
  for (const [headers, expected] of [
    [{}, "proceed"],
    [{ "if-none-match": '"a"' }, 304],
    [{ "if-none-match": 'W/"a"' }, 304],
    [{ "if-none-match": '"x", "a"' }, 304],
    [{ "if-none-match": "*" }, 304],
    [{ "if-none-match": '"b"' }, "proceed"],
    [{ "if-none-match": '"b"', "if-modified-since": same }, "proceed"],
    [{ "if-modified-since": same }, 304],
    [{ "if-modified-since": before }, "proceed"],
    [{ "if-modified-since": "yesterday" }, "proceed"],
    [{ "if-match": '"a"' }, "proceed"],
    [{ "if-match": 'W/"a"' }, 412],
    [{ "if-match": '"b"' }, 412],
    [{ "if-match": "*" }, "proceed"],
    [{ "if-unmodified-since": before }, 412],
    [{ "if-unmodified-since": same }, "proceed"],
    [{ "if-match": '"a"', "if-unmodified-since": before }, "proceed"],
  ] as const) {
    test(`${JSON.stringify(headers)} is ${expected}`, () => {
      assert.equal(evaluate(headersOf(headers), { etag: '"a"', modifiedMs }), expected);
    });
  }

  test("If-Range holds for the same tag or the same date, and nothing weaker", () => {
    const holds = (value: string): boolean =>
      ifRange(headersOf({ "if-range": value }), { etag: '"a"', modifiedMs });
    assert.deepEqual(['"a"', same, 'W/"a"', '"b"', before, "junk"].map(holds), [
      true,
      true,
      false,
      false,
      false,
      false,
    ]);
  });
});

describe("preferredEncoding", () => {
  for (const [header, expected] of [
    [undefined, undefined],
    ["", undefined],
    ["gzip", "gzip"],
    ["gzip, deflate, br, zstd", "br"],
    ["gzip;q=1, br;q=0.5", "gzip"],
    ["br;q=0, *", "zstd"],
    ["*;q=0", undefined],
    ["identity, gzip;q=0.5", undefined],
    ["GZIP", "gzip"],
    ["gzip;q=2", undefined],
    ["x-unknown", undefined],
  ] as const) {
    test(`${header} takes ${expected}`, () => {
      assert.equal(preferredEncoding(header, ["br", "zstd", "gzip"]), expected);
    });
  }
});
