import assert from "node:assert/strict";
import { test } from "node:test";
import { crc32 as expected } from "node:zlib";
import fc from "fast-check";
import { crc32, crc32InView } from "../../src/page/checksum.ts";

test("both ways give the CRC-32 of gzip, in one piece and in two", () => {
  fc.assert(
    fc.property(
      fc.uint8Array({ minLength: 0, maxLength: 700 }),
      fc.nat(),
      fc.nat(700),
      (bytes, seed, cut) => {
        const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
        const middle = Math.min(cut, bytes.length);
        const whole = expected(bytes, seed >>> 0);
        assert.equal(crc32(bytes, 0, bytes.length, seed), whole);
        assert.equal(crc32InView(view, 0, bytes.length, seed), whole);
        const first = crc32InView(view, 0, middle, seed);
        assert.equal(crc32InView(view, middle, bytes.length, first), whole);
      },
    ),
  );
});
