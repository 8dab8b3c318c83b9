import assert from "node:assert/strict";
import { test } from "node:test";
import {
  brotliCompressSync,
  constants,
  deflateRawSync,
  deflateSync,
  gzipSync,
  zstdCompressSync,
} from "node:zlib";
import { simulate } from "@hotpath/runtime";
import fc from "fast-check";
import { codingsOf, decompress, type Coding } from "../../src/client/decompress.ts";
import { RequestError } from "../../src/client/errors.ts";

const encode: Readonly<Record<Coding, (bytes: Uint8Array) => Uint8Array>> = {
  gzip: (bytes) => gzipSync(bytes),
  deflate: (bytes) => deflateSync(bytes),
  br: (bytes) => brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 4 } }),
  zstd: (bytes) => zstdCompressSync(bytes),
};
const CODINGS = Object.keys(encode) as Coding[];

async function* inPieces(bytes: Uint8Array, sizeBytes: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += sizeBytes) yield bytes.slice(at, at + sizeBytes);
}

async function decoded(
  bytes: Uint8Array,
  codings: readonly Coding[],
  { pieceBytes = 1000, limitBytes = 1 << 24 } = {},
): Promise<Buffer> {
  const out: Uint8Array[] = [];
  const limit = { limitBytes, status: 200 };
  for await (const chunk of decompress(inPieces(bytes, pieceBytes), codings, limit))
    out.push(chunk);
  return Buffer.concat(out);
}

function refused(code: string): (error: unknown) => boolean {
  return (error) => error instanceof RequestError && error.code === code && error.status === 200;
}

test("what was compressed comes back, whatever the pieces, alone and nested", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.uint8Array({ maxLength: 5000 }),
      fc.array(fc.constantFrom(...CODINGS), { minLength: 1, maxLength: 3 }),
      fc.integer({ min: 1, max: 700 }),
      async (bytes, applied, pieceBytes) => {
        let sent: Uint8Array = bytes;
        for (const coding of applied) sent = encode[coding](sent);
        const back = await decoded(sent, codingsOf(applied.join(", "))!, { pieceBytes });
        assert.deepEqual(new Uint8Array(back), bytes);
      },
    ),
    { numRuns: 60 },
  );
});

test("bare deflate is understood, and an empty body stays empty", async () => {
  const text = Buffer.from("hello ".repeat(1000));
  assert.deepEqual(await decoded(deflateRawSync(text), ["deflate"]), text);
  for (const coding of CODINGS) assert.equal((await decoded(Buffer.alloc(0), [coding])).length, 0);
});

test("Content-Encoding is read without regard to case; what is unknown is left alone", () => {
  assert.deepEqual(codingsOf(undefined), []);
  assert.deepEqual(codingsOf("identity"), []);
  assert.deepEqual(codingsOf(" GZip , br"), ["br", "gzip"]);
  assert.deepEqual(codingsOf("x-gzip"), ["gzip"]);
  assert.equal(codingsOf("gzip, compress"), undefined);
});

test("a bomb stops at the limit, and its memory is one piece", async () => {
  const bombs: readonly (readonly [Uint8Array, readonly Coding[]])[] = [
    ...CODINGS.map((coding) => [encode[coding](Buffer.alloc(64 << 20)), [coding]] as const),
    [gzipSync(gzipSync(Buffer.alloc(64 << 20))), ["gzip", "gzip"]],
  ];
  for (const [bomb, codings] of bombs) {
    let largestBytes = 0;
    let sumBytes = 0;
    const limit = { limitBytes: 1 << 20, status: 200 };
    await assert.rejects(async () => {
      for await (const chunk of decompress(inPieces(bomb, 1 << 16), codings, limit)) {
        largestBytes = Math.max(largestBytes, chunk.length);
        sumBytes += chunk.length;
      }
    }, refused("LIMIT"));
    assert.ok(sumBytes <= 1 << 20, `${codings.join()}: ${sumBytes} bytes came`);
    assert.ok(largestBytes <= 1 << 18, `${codings.join()}: a piece of ${largestBytes} bytes`);
  }
});

test("data that is cut short or damaged is refused", async () => {
  const text = Buffer.from(Array.from({ length: 5000 }, (_, k) => (k * k) % 251));
  for (const coding of CODINGS) {
    const sent = encode[coding](text);
    await assert.rejects(
      decoded(sent.slice(0, sent.length - 5), [coding]),
      refused("CODING"),
      coding,
    );
    await assert.rejects(
      decoded(Buffer.from("not compressed at all"), [coding]),
      refused("CODING"),
    );
  }
  await assert.rejects(decoded(text, ["br", "br", "br", "br"]), refused("CODING"));
});

test("a zstd frame that wants more memory than RFC 9659 allows is refused", async () => {
  const params = { [constants.ZSTD_c_windowLog]: 27, [constants.ZSTD_c_compressionLevel]: 3 };
  const sent = zstdCompressSync(Buffer.alloc(32 << 20, "ab"), { params });
  await assert.rejects(decoded(sent, ["zstd"], { limitBytes: 1 << 30 }), refused("CODING"));
});

test("in a simulation the host's engines are waited for", async () => {
  await simulate(async () => {
    const text = Buffer.from("x".repeat(300_000));
    assert.deepEqual(await decoded(gzipSync(text), ["gzip"]), text);
  });
});
