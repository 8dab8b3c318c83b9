import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { NbodyError } from "../../src/errors.ts";
import { decodeNpy, encodeNpy } from "../../src/formats/npy.ts";

test("decodeNpy() gives back what encodeNpy() was given", () => {
  fc.assert(
    fc.property(fc.float64Array(), (data) => {
      const { shape, data: back } = decodeNpy(encodeNpy(data, [data.length]));
      assert.deepEqual(shape, [data.length]);
      assert.deepEqual(Array.from(back), Array.from(data));
    }),
  );
});

test("encodeNpy() writes the bytes that NumPy's format document asks for", () => {
  const bytes = encodeNpy(Float64Array.of(1, 2, 3, 4, 5, 6), [2, 3]);
  assert.equal(bytes.length, 128 + 48);
  assert.equal(new TextDecoder("latin1").decode(bytes.subarray(1, 6)), "NUMPY");
  const header = new TextDecoder().decode(bytes.subarray(10, 128));
  assert.match(header, /^\{'descr': '<f8', 'fortran_order': False, 'shape': \(2, 3\), \} +\n$/);
  assert.throws(() => encodeNpy(Float64Array.of(1), [2]), RangeError);
});

test("decodeNpy() says what is wrong with bytes that are not a float64 array", () => {
  const good = encodeNpy(Float64Array.of(1, 2), [2]);
  const text = (from: string, to: string): Uint8Array =>
    Uint8Array.from(Buffer.from(Buffer.from(good).toString("latin1").replace(from, to), "latin1"));
  for (const [bytes, why] of [
    [new Uint8Array(0), /no npy magic/],
    [good.subarray(0, good.length - 1), /bytes of data/],
    [good.subarray(0, 40), /cut off/],
    [text("<f8", "<f4"), /not float64/],
    [text("False", "True "), /Fortran/],
  ] as const) {
    assert.throws(
      () => decodeNpy(bytes),
      (error) =>
        error instanceof NbodyError && error.code === "bad-format" && why.test(error.message),
    );
  }
});
