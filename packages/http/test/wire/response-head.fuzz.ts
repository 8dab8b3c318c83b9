/** The response parser, by its corpus and against llhttp on mutants of it. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { MORE, REFUSED } from "../../src/wire/field-section.ts";
import { ResponseHead, responseFraming } from "../../src/wire/response-head.ts";
import { HeadFields } from "../../src/message/headers.ts";
import { Dice } from "./differential.ts";
import { readNatively } from "./llhttp.ts";
import { LIMITS, octets } from "./stream-reading.ts";

interface Seen {
  readonly outcome: string;
  readonly status: number;
  readonly fields: readonly string[];
  readonly framing: string;
}

const OK = "HTTP/1.1 200 OK\r\n";

const CORPUS: readonly (readonly [text: string, outcome: string])[] = [
  [`${OK}\r\n`, "close"],
  [`${OK}Content-Length: 5\r\n\r\n`, "length"],
  [`${OK}Transfer-Encoding: chunked\r\n\r\n`, "chunked"],
  [`${OK}A: b\r\nA:c \r\nSet-Cookie: a=b; c\r\n\r\n`, "close"],
  ["HTTP/1.1 200 \r\n\r\n", "close"],
  ["HTTP/1.1 200\r\n\r\n", "close"],
  ["HTTP/1.0 404 Not \xe9 Found\r\nConnection: keep-alive\r\nContent-Length: 0\r\n\r\n", "length"],
  ["HTTP/1.1 204 No Content\r\nContent-Length: 5\r\n\r\n", "none"],
  ["HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n", "none"],
  ["HTTP/1.1 100 Continue\r\n\r\n", "none"],
  ["HTTP/2.0 200 OK\r\n\r\n", "VERSION_UNSUPPORTED"],
  ["http/1.1 200 OK\r\n\r\n", "VERSION"],
  ["HTTP/1.1  200 OK\r\n\r\n", "STATUS_LINE"],
  ["HTTP/1.1 20 OK\r\n\r\n", "STATUS_LINE"],
  ["HTTP/1.1 099 OK\r\n\r\n", "STATUS_LINE"],
  ["HTTP/1.1 2000 OK\r\n\r\n", "STATUS_LINE"],
  ["HTTP/1.1 200 O\0K\r\n\r\n", "STATUS_LINE"],
  ["HTTP/1.1 200 OK\n\r\n", "BARE_LF"],
  ["HTTP/1.1 200 OK\rX\r\n\r\n", "BARE_CR"],
  [`${OK}A: b\r\n c\r\n\r\n`, "FOLDED"],
  [`${OK}A : b\r\n\r\n`, "SPACE_BEFORE_COLON"],
  [`${OK}A: b\0\r\n\r\n`, "FIELD_VALUE"],
  [`${OK}A: b\n\r\n`, "BARE_LF"],
  [`${OK}Content-Length: 5\r\nContent-Length: 5\r\n\r\n`, "LENGTH_REPEATED"],
  [`${OK}Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n`, "LENGTH_WITH_CODING"],
  [`${OK}Transfer-Encoding: gzip, chunked\r\n\r\n`, "CODING"],
  ["HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", "CODING_IN_OLD_VERSION"],
];

function read(pieces: readonly Uint8Array[]): Seen {
  const head = new ResponseHead(LIMITS);
  let bytes = new Uint8Array(0);
  for (const piece of pieces) {
    bytes = new Uint8Array([...bytes, ...piece]);
    const next = bytes.length === 0 ? MORE : head.parse(bytes, 0, bytes.length);
    if (next === REFUSED)
      return { outcome: head.refusal!.code, status: 0, fields: [], framing: "" };
    if (next === MORE) continue;
    const framing = responseFraming(head, "GET").kind;
    const fields = [...new HeadFields(head.text, head.fieldsStart).entries()].flat();
    return { outcome: framing, status: head.status, fields, framing };
  }
  return { outcome: "more", status: 0, fields: [], framing: "" };
}

test("response heads are read or refused as their framing and the grammar say", () => {
  for (const [text, outcome] of CORPUS)
    assert.equal(read([octets(text)]).outcome, outcome, JSON.stringify(text));
});

test("every split of a response head into two and three reads gives the same", () => {
  for (const [text] of CORPUS) {
    const whole = octets(text);
    const expected = JSON.stringify(read([whole]));
    for (let first = 0; first < whole.length; first++) {
      for (let second = first; second < whole.length; second++) {
        const got = JSON.stringify(
          read([whole.slice(0, first), whole.slice(first, second), whole.slice(second)]),
        );
        if (got !== expected)
          assert.equal(got, expected, `${JSON.stringify(text)} cut at ${first}, ${second}`);
      }
    }
  }
});

const CASES = 10_000;
const seed = Number(process.env["SEED"] ?? Math.floor(Math.random() * 2 ** 32));
const PIECES = [
  "\r",
  "\n",
  "\r\n",
  "\0",
  " ",
  "\t",
  ":",
  ",",
  "0",
  "5",
  "\x7f",
  "\xff",
  "A: b\r\n",
  "Content-Length: 3\r\n",
  "Transfer-Encoding: chunked\r\n",
  "Connection: close\r\n",
];

test(`${CASES} mutated responses that are accepted mean the same to llhttp, seed ${seed}`, () => {
  console.log(`seed ${seed}`);
  const dice = new Dice(seed);
  let accepted = 0;
  for (let index = 0; index < CASES; index++) {
    let [text] = dice.pick(CORPUS);
    for (let changes = 1 + dice.below(2); changes > 0; changes--) {
      const at = dice.below(text.length + 1);
      const insert = dice.below(3) === 0 ? String.fromCharCode(dice.below(256)) : dice.pick(PIECES);
      text = text.slice(0, at) + insert + text.slice(at + dice.below(3));
    }
    const ours = read([octets(text)]);
    if (ours.framing === "" || ours.outcome === "more") continue;
    accepted++;
    const { messages, error } = readNatively(octets(text), "response");
    const [native] = messages;
    assert(native !== undefined, `llhttp refuses ${JSON.stringify(text)}: ${error}`);
    assert.equal(native.status, ours.status, JSON.stringify(text));
    assert.deepEqual(native.fields, ours.fields, JSON.stringify(text));
  }
  assert(accepted > CASES / 20, `${accepted} were accepted`);
});
