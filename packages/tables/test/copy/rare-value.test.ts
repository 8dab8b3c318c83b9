/** What is no value of the rarer types is refused, with its type, before anything is sent. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { decodeBinary, encodeBinary } from "../../src/copy/binary-value.ts";
import { encodeText } from "../../src/connection/value-text.ts";
import type { ScalarTypeName } from "../../src/definition/column-type.ts";

const REFUSED: readonly (readonly [ScalarTypeName, readonly unknown[]])[] = [
  ["oid", [-1, 2 ** 32, 1.5, "1"]],
  ["money", ["92233720368547758.08", "1.005", "$1", "", 1]],
  ["timetz", ["12:00:00", "24:00:00.000001+00", "12:00:00+16", "12:00:00+01:60", "12:60:00+00"]],
  ["macaddr", ["08:00:2b:01:02", "08:00:2b:01:02:0g", "08002b010203", 1]],
  ["macaddr8", ["08:00:2b:01:02:03", null]],
  ["box", [{ high: { x: 1, y: 2 } }, { high: { x: 1, y: 2 }, low: { x: 1 } }, [1, 2, 3, 4]]],
  ["lseg", [{ start: { x: 1, y: 2 }, end: null }, "[(1,2),(3,4)]"]],
  [
    "line",
    [
      { a: 0, b: 1e-7, c: 1 },
      { a: 1, b: 1 },
    ],
  ],
  ["circle", [{ center: { x: 1, y: 1 }, radius: -1 }, { radius: 1 }, { center: { x: 1, y: 1 } }]],
  ["byteChar", ["ab", "é", "\\400", "\\101", 65]],
  ["pgLsn", ["16", "16/", "123456789/0", "G/0", 5n]],
  ["xid8", [-1n, 2n ** 64n, 5]],
  ["xid", [-1, 2 ** 32]],
  ["cid", [-1, 2 ** 32]],
  ["tid", ["(4294967296,1)", "(1,65536)", "1,1", [1, 1]]],
  ["interval", ["99999999999 days", "200000000 years", "9999999999999:00:00", "1 fortnight", ""]],
  ["point", [{ x: 1 }, { x: 1, y: "2" }, "(1,2)", null, [1, 2]]],
];

for (const [type, values] of REFUSED) {
  test(`${type} refuses what is none`, () => {
    for (const value of values) assert.equal(encodeBinary(value, type), undefined, String(value));
  });
}

test("money is read as the C locale writes it, in hundredths of any size", () => {
  for (const [cents, text] of [
    [-(2n ** 63n), "-92233720368547758.08"],
    [2n ** 63n - 1n, "92233720368547758.07"],
    [-5n, "-0.05"],
  ] as const) {
    assert.equal(decodeBinary(encodeBinary(cents, "bigint")!, "money"), text);
    assert.deepEqual(encodeBinary(text, "money"), encodeBinary(cents, "bigint"));
  }
  assert.equal(encodeText("1234.5", "money"), "1234.5");
});

test("a time zone keeps its seconds and its side of UTC", () => {
  for (const text of ["00:00:00+00", "24:00:00-15:59:59", "01:02:03.000004+05:45"]) {
    assert.equal(decodeBinary(encodeBinary(text, "timetz")!, "timetz"), text);
  }
});
