import assert from "node:assert/strict";
import { test } from "node:test";
import { ACCEPTED, CORPUS, MALFORMED, SMUGGLING, type CorpusEntry } from "./corpus.ts";
import { octets, readRequests } from "./stream-reading.ts";

function check({ name, text, expected }: CorpusEntry): void {
  const { messages, refusal } = readRequests([octets(text)]);
  if (typeof expected === "string") return assert.equal(refusal, expected, name);
  assert.equal(refusal, undefined, name);
  assert.equal(messages.filter(({ complete }) => complete).length, expected, name);
}

test("what the grammar allows is read", () => ACCEPTED.forEach(check));
test("what it does not allow is refused, for the right reason", () => MALFORMED.forEach(check));
test("whatever two parsers could read differently is refused", () => SMUGGLING.forEach(check));

test("fields, content, trailers and targets come out as they went in", () => {
  const text =
    "POST http://a:80/b?c HTTP/1.1\r\nHost: a:80\r\nX:  \t1 2\t \r\nx: \xe9\r\n" +
    "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\nT: 1\r\n\r\n";
  assert.deepEqual(readRequests([octets(text)]), {
    refusal: undefined,
    rest: "",
    messages: [
      {
        method: "POST",
        target: "/b?c",
        version: "1.1",
        fields: ["Host", "a:80", "X", "1 2", "x", "\xe9", "Transfer-Encoding", "chunked"],
        content: "abcde",
        trailers: ["T", "1"],
        complete: true,
        persistent: true,
        upgrades: false,
      },
    ],
  });
});

/** What was read, apart from what was left. */
function seen(pieces: readonly Uint8Array[]): string {
  const { messages, refusal } = readRequests(pieces);
  return JSON.stringify({ messages, refusal });
}

test("every split into two and three reads gives the same as one read", () => {
  for (const { name, text } of CORPUS) {
    const whole = octets(text);
    const expected = seen([whole]);
    // Cuts in the long repetitive ones only near their ends.
    const cuts = Array.from({ length: whole.length }, (_, at) => at).filter(
      (at) => at < 150 || at > whole.length - 20,
    );
    for (const first of cuts) {
      for (const second of cuts) {
        if (second < first) continue;
        const pieces = [whole.slice(0, first), whole.slice(first, second), whole.slice(second)];
        const got = seen(pieces);
        if (got !== expected) assert.equal(got, expected, `${name}: cut at ${first} and ${second}`);
      }
    }
  }
});

test("octet by octet gives the same as one read", () => {
  for (const { name, text } of CORPUS) {
    const whole = octets(text);
    const pieces = Array.from(whole, (octet) => Uint8Array.of(octet));
    assert.equal(seen(pieces), seen([whole]), name);
  }
});

const field = (size: number): string => `A: ${"b".repeat(size - 5)}\r\n`;

test("limits are exact, and the same for any reads", () => {
  const line = (size: number): string => `GET /${"a".repeat(size - 16)} HTTP/1.1\r\n`;
  const rest = "Host: a\r\n\r\n";
  for (const [text, expected] of [
    [line(8192) + rest, undefined],
    [line(8193) + rest, "TARGET_TOO_LONG"],
    [line(100) + field(16_384 - 100 - rest.length) + rest, undefined],
    [line(100) + field(16_385 - 100 - rest.length) + rest, "HEAD_TOO_LARGE"],
  ] as const) {
    const whole = octets(text);
    for (const at of [0, 50, 8190, 8191, 8192, 16_382, 16_383, 16_384]) {
      const pieces = [whole.slice(0, at), whole.slice(at)];
      assert.equal(readRequests(pieces).refusal, expected, `${whole.length} cut at ${at}`);
    }
  }
});
