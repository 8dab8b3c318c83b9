/**
 * Two parsers on the same octets. Ours may refuse more than llhttp, for reasons that are listed here;
 * what it accepts llhttp accepts too, and both see the same messages in it.
 */
import assert from "node:assert/strict";
import type { RefusalCode } from "../../src/wire/refusal.ts";
import { ACCEPTED, CORPUS } from "./corpus.ts";
import { NATIVE_METHODS, readNatively } from "./llhttp.ts";
import { octets, readRequests, type ReadMessage } from "./stream-reading.ts";

/** Where PROTOCOL.md is stricter than llhttp. */
const STRICTER: ReadonlySet<RefusalCode> = new Set<RefusalCode>([
  "METHOD",
  "REQUEST_LINE",
  "VERSION",
  "TARGET",
  "TARGET_TOO_LONG",
  "METHOD_CONNECT",
  "VERSION_UNSUPPORTED",
  "HOST_MISSING",
  "HOST_REPEATED",
  "HOST",
  "HOST_MISMATCH",
  "EXPECTATION",
  "LENGTH",
  "LENGTH_REPEATED",
  "LENGTH_WITH_CODING",
  "CODING",
  "CODING_REPEATED",
  "CODING_BLANKS",
  "CODING_IN_OLD_VERSION",
  "TOO_MANY_FIELDS",
  "HEAD_TOO_LARGE",
  "CHUNK_SIZE",
  "CHUNK_SIZE_TOO_LARGE",
  "CHUNK_EXTENSION",
  "TRAILER",
  "FOLDED",
]);

/** Deterministic chance: mulberry32. */
export class Dice {
  #state: number;

  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  below(limit: number): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let t = this.#state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) % limit;
  }

  pick<T>(from: readonly T[]): T {
    return from[this.below(from.length)]!;
  }
}

const INTERESTING = [
  "\r",
  "\n",
  "\r\n",
  "\r\n\r\n",
  "\0",
  " ",
  "\t",
  ":",
  ";",
  ",",
  "=",
  '"',
  "\\",
  "0",
  "1",
  "a",
  "F",
  "/",
  "*",
  "#",
  "\x7f",
  "\x80",
  "\xff",
  "\x0b",
  "Host: b\r\n",
  "Content-Length: 3\r\n",
  "Transfer-Encoding: chunked\r\n",
  "Connection: close\r\n",
  "Connection: keep-alive\r\n",
  "HTTP/1.1",
  "HTTP/1.0",
  "0\r\n\r\n",
  "1\r\na\r\n",
  "GET / HTTP/1.1\r\nHost: a\r\n\r\n",
] as const;

const MALFORMED = CORPUS.filter(({ text }) => text.length < 600).map(({ text }) => text);
const WELL_FORMED = ACCEPTED.map(({ text }) => text);

/** Mostly what is accepted: what is refused already stays so after most changes. */
function original(dice: Dice): string {
  return dice.pick(dice.below(4) === 0 ? MALFORMED : WELL_FORMED);
}

/** A corpus message, or two, with a few changes. */
export function mutant(dice: Dice): string {
  let text = original(dice);
  if (dice.below(4) === 0) text += original(dice);
  for (let changes = 1 + (dice.below(3) >> 1); changes > 0; changes--) {
    const at = dice.below(text.length + 1);
    const size = dice.below(4) === 0 ? dice.below(20) : 1;
    const before = text.slice(0, at);
    switch (dice.below(6)) {
      case 0:
        text = before + text.slice(at + size);
        break;
      case 1:
        text = before + String.fromCharCode(dice.below(256)) + text.slice(at + 1);
        break;
      case 2:
        text = before + text.slice(at, at + size) + text.slice(at);
        break;
      case 3: {
        const other = original(dice);
        text = before + other.slice(dice.below(other.length + 1));
        break;
      }
      default:
        text = before + dice.pick(INTERESTING) + text.slice(at + dice.below(2));
    }
  }
  return text;
}

function comparable(message: ReadMessage): object {
  const { method, target, version, fields, content, trailers, complete } = message;
  return { method, target, version, fields, content, trailers, complete };
}

/** Where ours writes a target differently: it leaves out the authority of an absolute form. */
function targetOf(native: string): string {
  const absolute = /^https?:\/\/[^/?]+(.*)$/i.exec(native);
  if (absolute === null) return native;
  return absolute[1]!.startsWith("/") ? absolute[1]! : `/${absolute[1]!}`;
}

/** What became of a stream in both; throws when that must not be. */
export function compare(text: string): "both accept" | "both refuse" | "stricter" {
  const bytes = octets(text);
  const ours = readRequests([bytes]);
  const theirs = readNatively(bytes, "request");
  const context = `on ${JSON.stringify(text)}`;
  for (const [index, message] of ours.messages.entries()) {
    const native = theirs.messages[index];
    if (!NATIVE_METHODS.has(message.method)) return "stricter"; // llhttp knows only what is registered
    assert(native !== undefined, `llhttp (${theirs.error}) refuses message ${index} ${context}`);
    // Content after which we refuse was taken as far as it went, by either.
    if (!message.complete && ours.refusal !== undefined) break;
    const target = message.target === "*" ? "*" : targetOf(native.target);
    const natively = target === "*" ? native : { ...native, target };
    if (message.target === "*" && native.target !== "*") continue; // OPTIONS with an absolute form
    // An unfinished trailer section is shown by llhttp line by line, by ours when it is whole.
    if (!message.complete) natively.trailers = message.trailers;
    assert.deepEqual(comparable(message), comparable(natively), `message ${index} ${context}`);
    if (!message.complete) continue;
    const goesOn = message.persistent || message.upgrades;
    const closes10 = message.version === "1.0" && !goesOn;
    // llhttp lets keep-alive win over close in HTTP/1.0.
    if (!closes10) assert.equal(goesOn, native.persistent || native.upgrades, context);
  }
  if (ours.refusal === undefined) {
    const lastOver = ours.messages.at(-1);
    const stopped = lastOver?.complete === true && (!lastOver.persistent || lastOver.upgrades);
    // In an incomplete head or trailer section ours may not have come to what is wrong.
    const known =
      ours.rest !== "" ||
      lastOver?.complete === false ||
      theirs.error === undefined ||
      stopped ||
      theirs.error === "HPE_INVALID_METHOD" ||
      theirs.error === "HPE_PAUSED_UPGRADE";
    assert(known, `llhttp refuses what is accepted here, ${theirs.error} ${context}`);
    return "both accept";
  }
  if (theirs.error !== undefined) return "both refuse";
  // llhttp leaves the content of an upgrade to whoever takes the connection over.
  if (ours.messages.at(-1)?.upgrades === true) return "stricter";
  // Any number of line ends, of any kind, before a request; and HTTP/0.9.
  const tolerated =
    /^[\r\n]/.test(ours.rest) || /^[^\r\n]*\n/.test(ours.rest.replace(/ HTTP\/.*/s, "-\r"));
  if (tolerated && ours.refusal.startsWith("BARE_")) return "stricter";
  assert(
    STRICTER.has(ours.refusal),
    `llhttp accepts what is refused here, ${ours.refusal} ${context}`,
  );
  return "stricter";
}
