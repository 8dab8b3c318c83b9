/** However a form is cut into chunks, its parts are the same; however it is damaged, nothing but a problem comes of it. */
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { Problem, readMultipart, type Request } from "../../src/index.ts";
import { makeRequest } from "../request.ts";

const BOUNDARY = "--aB3";
/** Pieces of which contents are made, so that near-delimiters are common. */
const content = fc
  .array(fc.constantFrom("\r\n", "--", "\r\n----aB", "--aB3", "\r", "x", "\n", "€"), {
    maxLength: 8,
  })
  .map((pieces) => pieces.join(""))
  .filter((text) => !`\r\n${text}`.includes(`\r\n--${BOUNDARY}`));
const parts = fc.array(fc.tuple(fc.constantFrom("a", "b", 'q"'), content), { maxLength: 4 });

function encode(fields: readonly (readonly [string, string])[]): Buffer {
  const text = fields.map(
    ([name, value]) =>
      `--${BOUNDARY}\r\nContent-Disposition: form-data; name="${name.replaceAll('"', "%22")}"\r\n\r\n${value}\r\n`,
  );
  return Buffer.from(`${text.join("")}--${BOUNDARY}--\r\n`);
}

function chunked(whole: Uint8Array, cuts: readonly number[]): Request {
  const at = [...new Set([0, ...cuts.map((cut) => cut % (whole.length + 1)), whole.length])];
  at.sort((a, b) => a - b);
  const request = makeRequest({
    method: "POST",
    headers: { "content-type": `multipart/form-data; boundary="${BOUNDARY}"` },
  });
  const body = {
    ...request.body,
    async *[Symbol.asyncIterator]() {
      for (let i = 1; i < at.length; i++) yield Uint8Array.from(whole.subarray(at[i - 1], at[i]));
    },
  };
  return { ...request, body };
}

async function fieldsOf(request: Request): Promise<[string, string][]> {
  const fields: [string, string][] = [];
  for await (const part of readMultipart(request)) {
    fields.push([part.name, await part.text({ limitBytes: 1000 })]);
  }
  return fields;
}

const seed = Date.now() & 0xffffff;

test(`every split gives the same parts (seed ${seed})`, async () => {
  const property = fc.asyncProperty(
    parts,
    fc.array(fc.nat(), { maxLength: 20 }),
    async (given, cuts) => {
      assert.deepEqual(await fieldsOf(chunked(encode(given), cuts)), given);
    },
  );
  await fc.assert(property, { seed, numRuns: 1000 });
});

test(`a damaged form is read or refused with a 4xx (seed ${seed})`, async () => {
  const property = fc.asyncProperty(parts, fc.nat(), fc.nat(255), async (given, at, byte) => {
    const whole = encode(given);
    whole[at % whole.length] = byte;
    try {
      await fieldsOf(chunked(whole.subarray(0, whole.length - (at % 3)), [at]));
    } catch (error) {
      assert.ok(error instanceof Problem && error.status < 500, String(error));
    }
  });
  await fc.assert(property, { seed, numRuns: 1000 });
});
