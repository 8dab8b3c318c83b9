/** Whatever a caller puts into a request, what leaves is one request, the one that was meant. */
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { NO_PAYLOAD, payloadOf } from "../../src/client/request-body.ts";
import { requestHead, type HeadParts } from "../../src/client/request-head.ts";
import { RequestHead } from "../../src/wire/request-head.ts";

const LIMITS = { headBytes: 1 << 20, fieldCount: 1000, requestLineBytes: 1 << 16 };
const seed = Number(process.env["SEED"] ?? Math.floor(Math.random() * 2 ** 31));

const PLAIN: HeadParts = {
  method: "GET",
  target: "/",
  authority: "a.example",
  headers: undefined,
  payload: NO_PAYLOAD,
  decompress: false,
  expectsContinue: false,
  upgrade: undefined,
};

const hostile = fc.oneof(
  fc.string({ unit: "binary", maxLength: 20 }),
  fc.constantFrom(
    "x\r\nevil: 1",
    "x\n",
    "\r",
    "a\0b",
    "é",
    "ü€",
    " lead",
    "trail ",
    "",
    "x: y",
    "GET / HTTP/1.1",
  ),
  fc.string({ unit: "grapheme-ascii", maxLength: 20 }),
);

test(`a request head is refused or parses to what was meant (seed ${seed})`, () => {
  let accepted = 0;
  fc.assert(
    fc.property(
      fc.oneof(fc.constantFrom("GET", "POST", "PURGE", "DELETE"), hostile),
      fc.oneof(
        fc.webPath(),
        hostile.map((text) => `/${text}`),
        fc.constant("*"),
      ),
      fc.dictionary(
        fc.oneof(fc.constantFrom("accept", "x-a", "content-length", "Host"), hostile),
        hostile,
        {
          maxKeys: 4,
          noNullPrototype: true,
        },
      ),
      fc.option(fc.string({ maxLength: 10 }), { nil: undefined }),
      (method, path, headers, body) => {
        const target = path === "" ? "/" : path;
        let text: string;
        try {
          text = requestHead({
            ...PLAIN,
            method,
            target,
            headers,
            payload: payloadOf(body, undefined),
          });
        } catch (error) {
          assert.ok(error instanceof TypeError, String(error));
          return;
        }
        const bytes = Buffer.from(text, "latin1");
        assert.equal(bytes.toString("latin1"), text, "an octet for each character");
        const head = new RequestHead(LIMITS);
        const next = head.parse(bytes, 0, bytes.length);
        // A Host that the caller made up may be one that no server takes.
        if (head.refusal?.code === "HOST") return;
        assert.equal(next, bytes.length, head.refusal?.reason ?? "more than one head");
        assert.deepEqual([head.method, head.target], [method, target]);
        const expected = body === undefined ? undefined : Buffer.byteLength(body);
        assert.equal(head.contentLength, expected ?? (method === "POST" ? 0 : -1));
        const lists = Object.keys(headers).length;
        assert.ok(head.fieldCount >= lists && head.fieldCount <= lists + 2);
        accepted++;
      },
    ),
    { numRuns: 5000, seed },
  );
  assert.ok(accepted > 200, `${accepted} were accepted`);
});

test("fields that frame the request or manage the connection are the client's own", () => {
  for (const name of [
    "Content-Length",
    "transfer-encoding",
    "CONNECTION",
    "Upgrade",
    "expect",
    "te",
  ]) {
    assert.throws(() => requestHead({ ...PLAIN, headers: { [name]: "1" } }), TypeError, name);
  }
  assert.throws(() => requestHead({ ...PLAIN, method: "CONNECT" }), TypeError);
  assert.throws(() => requestHead({ ...PLAIN, target: "http://a/" }), TypeError);
  assert.throws(
    () => requestHead({ ...PLAIN, headers: { "x-key": "se\ncret" } }),
    (error: unknown) => {
      return error instanceof TypeError && !error.message.includes("cret");
    },
  );
});

test("Host comes first, is the origin's, and may be replaced", () => {
  assert.match(
    requestHead({ ...PLAIN, headers: { a: "b" } }),
    /^GET \/ HTTP\/1\.1\r\nhost: a\.example\r\na: b\r\n\r\n$/,
  );
  assert.match(
    requestHead({ ...PLAIN, headers: { a: "b", HOST: "c" } }),
    /^GET \/ HTTP\/1\.1\r\nHOST: c\r\na: b\r\n\r\n$/,
  );
});
