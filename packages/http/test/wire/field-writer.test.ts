import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { chunkHead, lastChunk } from "../../src/wire/chunked-encoder.ts";
import { DateField } from "../../src/wire/date.ts";
import { fieldLine, FieldWriter, requestLine, statusLine } from "../../src/wire/field-writer.ts";
import { octets, readRequests } from "./stream-reading.ts";

test("whatever is given as name and value, it stays one field or is refused", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), fc.string({ unit: "binary" }), (name, value) => {
      let line: string;
      try {
        line = fieldLine(name, value);
      } catch (error) {
        return assert(error instanceof TypeError);
      }
      const { messages, refusal } = readRequests([
        octets(`GET / HTTP/1.1\r\nHost: a\r\nX: y\r\n${line}\r\n`),
      ]);
      // Those that frame a message have rules of their own.
      if (refusal !== undefined)
        return assert.match(name, /^(host|content-length|transfer-encoding|expect)$/i);
      assert.equal(messages[0]!.fields.length, 6);
      assert.equal(messages[0]!.fields[4], name);
      assert.equal(messages[0]!.fields[5], value.replace(/^[\t ]+|[\t ]+$/g, ""));
    }),
    { numRuns: 3000 },
  );
});

test("names that would break out are refused however they are spelled", () => {
  for (const name of [
    "",
    " a",
    "a ",
    "a:",
    "a\r\nb",
    "a\0",
    "ä",
    "a\u{130}",
    "a(b)",
    "__proto__\n",
  ]) {
    assert.throws(() => fieldLine(name, "x"), TypeError, JSON.stringify(name));
  }
  assert.equal(fieldLine("constructor", "x"), "constructor: x\r\n");
  assert.equal(fieldLine("__proto__", "x"), "__proto__: x\r\n");
});

test("a request line takes a token and a target, and nothing that ends either", () => {
  assert.equal(requestLine("GET", "/a?b"), "GET /a?b HTTP/1.1\r\n");
  for (const [method, target] of [
    ["GET ", "/"],
    ["G\r\nET", "/"],
    ["", "/"],
    ["GET", ""],
    ["GET", "/ a"],
    ["GET", "/\r\nX: y"],
    ["GET", "/#a"],
    ["GET", "/ä"],
  ] as const) {
    assert.throws(() => requestLine(method, target), TypeError, JSON.stringify([method, target]));
  }
});

test("a status line has a reason where there is one, and a space in any case", () => {
  assert.equal(statusLine(200), "HTTP/1.1 200 OK\r\n");
  assert.equal(statusLine(299), "HTTP/1.1 299 \r\n");
  for (const status of [0, 99, 1000, 200.5, NaN, -1])
    assert.throws(() => statusLine(status), RangeError);
});

test("FieldWriter takes out what frames the message", () => {
  const writer = new FieldWriter();
  writer.collect({ "content-LENGTH": "12", Connection: "close", "set-cookie": ["a=b", "c=d"] });
  assert.equal(writer.contentLength, 12);
  assert.equal(writer.close, true);
  assert.equal(writer.lines, "set-cookie: a=b\r\nset-cookie: c=d\r\n");
  assert.equal(writer.collect({ a: "b" }).close, false);
  for (const value of ["-1", "1, 1", " 1", "", "9007199254740992"]) {
    assert.throws(() => writer.collect({ "content-length": value }), TypeError, value);
  }
  assert.throws(() => writer.collect({ "Transfer-Encoding": "chunked" }), TypeError);
});

test("chunks are hexadecimal, and trailers cannot break out either", () => {
  assert.equal(chunkHead(255), "ff\r\n");
  assert.equal(lastChunk({ "x-sum": "1" }), "0\r\nx-sum: 1\r\n\r\n");
  assert.throws(() => lastChunk({ "x-sum": "1\r\n\r\nGET /" }), TypeError);
  assert.throws(() => lastChunk({ "Content-Length": "1" }), TypeError);
});

test("Date is made anew each second of the wall clock, and when that has been set", () => {
  const date = new DateField();
  const at = (nowMs: number, wallMs: number): string => date.line(nowMs, { wallMs: () => wallMs });
  const wallMs = Date.UTC(1994, 10, 6, 8, 49, 37, 900);
  assert.equal(at(1000, wallMs), "date: Sun, 06 Nov 1994 08:49:37 GMT\r\n");
  assert.equal(at(1099, wallMs + 99), "date: Sun, 06 Nov 1994 08:49:37 GMT\r\n");
  assert.equal(at(1100, wallMs + 100), "date: Sun, 06 Nov 1994 08:49:38 GMT\r\n");
  assert.equal(at(2100, wallMs - 5000), "date: Sun, 06 Nov 1994 08:49:32 GMT\r\n");
});
