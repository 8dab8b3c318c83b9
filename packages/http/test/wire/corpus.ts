/** Requests, and what is to become of them: the number of complete messages, or why they are refused. */
import type { RefusalCode } from "../../src/wire/refusal.ts";

export interface CorpusEntry {
  readonly name: string;
  /** One character an octet. */
  readonly text: string;
  readonly expected: number | RefusalCode;
}

const GET = "GET / HTTP/1.1\r\nHost: a\r\n";
const POST = "POST / HTTP/1.1\r\nHost: a\r\n";
const CHUNKED = `${POST}Transfer-Encoding: chunked\r\n\r\n`;
const NEXT = "GET /next HTTP/1.1\r\nHost: a\r\n\r\n";

function entry(name: string, expected: number | RefusalCode, text: string): CorpusEntry {
  return { name, text, expected };
}

export const ACCEPTED: readonly CorpusEntry[] = [
  entry("the smallest request", 1, `${GET}\r\n`),
  entry("HTTP/1.0 without Host", 1, "GET / HTTP/1.0\r\n\r\n"),
  entry("two requests in one read", 2, `${GET}\r\n${NEXT}`),
  entry("one empty line before", 1, `\r\n${GET}\r\n`),
  entry("an empty line between", 2, `${GET}\r\n\r\n${NEXT}`),
  entry("fields with tabs and spaces around values", 1, `${GET}A: \t b c \t\r\nB:\r\nC:x\r\n\r\n`),
  entry("obs-text in a value", 1, `${GET}A: \xe9\xff\x80\r\n\r\n`),
  entry("every token character in a name", 1, `${GET}!#$%&'*+-.^_\`|~09azAZ: 1\r\n\r\n`),
  entry("a repeated ordinary field", 1, `${GET}A: 1\r\nA: 2\r\n\r\n`),
  entry(
    "query and unusual target characters",
    1,
    'GET /a?b=[c]{d}|e\\f^g`h"<> HTTP/1.1\r\nHost: a\r\n\r\n',
  ),
  entry("Host with port", 1, "GET / HTTP/1.1\r\nHost: example.org:8080\r\n\r\n"),
  entry("Host with IPv6", 1, "GET / HTTP/1.1\r\nHost: [::1]:80\r\n\r\n"),
  entry("an empty Host", 1, "GET / HTTP/1.1\r\nHost:\r\n\r\n"),
  entry("absolute form", 1, "GET http://a:80/b?c HTTP/1.1\r\nHost: A:80\r\n\r\n"),
  entry("absolute form without path", 1, "GET http://a HTTP/1.1\r\nHost: a\r\n\r\n"),
  entry("asterisk form", 1, "OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n"),
  entry("a length", 2, `${POST}Content-Length: 5\r\n\r\nabcde${NEXT}`),
  entry("a length with zeros before it", 2, `${POST}Content-Length: 005\r\n\r\nabcde${NEXT}`),
  entry("a length of 0", 2, `${POST}Content-Length: 0\r\n\r\n${NEXT}`),
  entry("a GET with content", 2, `${GET}Content-Length: 3\r\n\r\nabc${NEXT}`),
  entry("chunks", 2, `${CHUNKED}5\r\nabcde\r\nA\r\n0123456789\r\n0\r\n\r\n${NEXT}`),
  entry(
    "chunk sizes with zeros and both cases",
    2,
    `${CHUNKED}00a\r\n0123456789\r\n0B\r\n01234567890\r\n000\r\n\r\n${NEXT}`,
  ),
  entry("a trailer section", 2, `${CHUNKED}1\r\na\r\n0\r\nX-Sum: 1\r\nY: \t2\r\n\r\n${NEXT}`),
  entry("Transfer-Encoding in capitals", 1, `${POST}TRANSFER-ENCODING: CHUNKED\r\n\r\n0\r\n\r\n`),
  entry("Connection: close", 1, `${GET}Connection: keep-alive, CLOSE\r\n\r\n`),
  entry("HTTP/1.0 with keep-alive", 2, `GET / HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n${NEXT}`),
  entry("an upgrade", 1, `${GET}Connection: Upgrade\r\nUpgrade: websocket\r\n\r\n`),
  entry("Expect", 1, `${POST}Expect: 100-Continue\r\nContent-Length: 1\r\n\r\na`),
  entry("an unusual method", 1, "PROPFIND / HTTP/1.1\r\nHost: a\r\n\r\n"),
];

export const MALFORMED: readonly CorpusEntry[] = [
  entry("NUL first", "METHOD", `\0${GET}\r\n`),
  entry("a TLS hello", "METHOD", "\x16\x03\x01\x02\x00\x01\x00"),
  entry("a space first", "METHOD", ` ${GET}\r\n`),
  entry("a colon in the method", "METHOD", "GE:T / HTTP/1.1\r\nHost: a\r\n\r\n"),
  entry("two empty lines before", "METHOD", `\r\n\r\n${GET}\r\n`),
  entry("HTTP/0.9", "REQUEST_LINE", "GET /\r\n"),
  entry("two spaces", "REQUEST_LINE", "GET  / HTTP/1.1\r\nHost: a\r\n\r\n"),
  entry("a tab for a space", "METHOD", "GET\t/ HTTP/1.1\r\nHost: a\r\n\r\n"),
  entry("a space in the target", "VERSION", "GET /a b HTTP/1.1\r\nHost: a\r\n\r\n"),
  entry("space after the version", "REQUEST_LINE", "GET / HTTP/1.1 \r\nHost: a\r\n\r\n"),
  entry("a fragment", "TARGET", "GET /a#b HTTP/1.1\r\nHost: a\r\n\r\n"),
  entry("a control character in the target", "TARGET", "GET /a\x01 HTTP/1.1\r\nHost: a\r\n\r\n"),
  entry("obs-text in the target", "TARGET", "GET /\xe9 HTTP/1.1\r\nHost: a\r\n\r\n"),
  entry("a target in no form", "TARGET", "GET a/b HTTP/1.1\r\nHost: a\r\n\r\n"),
  entry("another scheme", "TARGET", "GET ftp://a/ HTTP/1.1\r\nHost: a\r\n\r\n"),
  entry("userinfo", "HOST_MISMATCH", "GET http://u@a/ HTTP/1.1\r\nHost: a\r\n\r\n"),
  entry("asterisk for GET", "TARGET", "GET * HTTP/1.1\r\nHost: a\r\n\r\n"),
  entry("authority form", "METHOD_CONNECT", "CONNECT a:443 HTTP/1.1\r\nHost: a:443\r\n\r\n"),
  entry("CONNECT with a path", "METHOD_CONNECT", "CONNECT / HTTP/1.1\r\nHost: a\r\n\r\n"),
  entry("a method without end", "METHOD_TOO_LONG", `${"A".repeat(40)} / HTTP/1.1\r\n`),
  entry("a small http", "VERSION", "GET / http/1.1\r\nHost: a\r\n\r\n"),
  entry("no minor version", "VERSION", "GET / HTTP/1 \r\nHost: a\r\n\r\n"),
  entry("HTTP/2", "VERSION_UNSUPPORTED", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"),
  entry("HTTP/1.2", "VERSION_UNSUPPORTED", "GET / HTTP/1.2\r\nHost: a\r\n\r\n"),
  entry("HTTP/1.10", "REQUEST_LINE", "GET / HTTP/1.10\r\nHost: a\r\n\r\n"),
  entry("bare LF after the request line", "BARE_LF", "GET / HTTP/1.1\nHost: a\r\n\r\n"),
  entry("bare LF after a field", "BARE_LF", "GET / HTTP/1.1\r\nHost: a\n\r\n"),
  entry("bare LF for the empty line", "BARE_LF", `${GET}\n`),
  entry("bare CR after the request line", "BARE_CR", "GET / HTTP/1.1\rHost: a\r\n\r\n"),
  entry("bare CR in a value", "BARE_CR", `${GET}A: b\rc\r\n\r\n`),
  entry("CR CR LF", "BARE_CR", `${GET}A: b\r\r\n\r\n`),
  entry("bare CR for the empty line", "BARE_CR", `${GET}\rX`),
  entry("NUL in a value", "FIELD_VALUE", `${GET}A: b\0c\r\n\r\n`),
  entry("DEL in a value", "FIELD_VALUE", `${GET}A: b\x7fc\r\n\r\n`),
  entry("ESC in a value", "FIELD_VALUE", `${GET}A: \x1b[0m\r\n\r\n`),
  entry("NUL in a name", "FIELD_NAME", `${GET}A\0: b\r\n\r\n`),
  entry("obs-text in a name", "FIELD_NAME", `${GET}\xc4: b\r\n\r\n`),
  entry("no name", "FIELD_NAME", `${GET}: b\r\n\r\n`),
  entry("no colon", "FIELD_NAME", `${GET}A\r\n\r\n`),
  entry("a quote in a name", "FIELD_NAME", `${GET}"A": b\r\n\r\n`),
  entry("space before the colon", "SPACE_BEFORE_COLON", `${GET}A : b\r\n\r\n`),
  entry("tab before the colon", "SPACE_BEFORE_COLON", `${GET}A\t: b\r\n\r\n`),
  entry("obs-fold with a space", "FOLDED", `${GET}A: b\r\n c\r\n\r\n`),
  entry("obs-fold with a tab", "FOLDED", `${GET}A: b\r\n\tc\r\n\r\n`),
  entry("white space before the first field", "FOLDED", "GET / HTTP/1.1\r\n Host: a\r\n\r\n"),
  entry("no Host", "HOST_MISSING", "GET / HTTP/1.1\r\n\r\n"),
  entry("two Hosts", "HOST_REPEATED", `${GET}Host: a\r\n\r\n`),
  entry("two Hosts in HTTP/1.0", "HOST_REPEATED", "GET / HTTP/1.0\r\nHost: a\r\nHost: b\r\n\r\n"),
  entry("a list of Hosts", "HOST", "GET / HTTP/1.1\r\nHost: a b\r\n\r\n"),
  entry("Host with a path", "HOST", "GET / HTTP/1.1\r\nHost: a/b\r\n\r\n"),
  entry("Host with userinfo", "HOST", "GET / HTTP/1.1\r\nHost: u@a\r\n\r\n"),
  entry("Host with a bad port", "HOST", "GET / HTTP/1.1\r\nHost: a:8x\r\n\r\n"),
  entry("Host with an open bracket", "HOST", "GET / HTTP/1.1\r\nHost: [::1\r\n\r\n"),
  entry(
    "Host that differs from the target",
    "HOST_MISMATCH",
    "GET http://a/ HTTP/1.1\r\nHost: b\r\n\r\n",
  ),
  entry("another expectation", "EXPECTATION", `${GET}Expect: 200-ok\r\n\r\n`),
  entry("too many fields", "TOO_MANY_FIELDS", `${GET}${"A: b\r\n".repeat(100)}\r\n`),
];

/** Where two parsers may disagree about the end of a message, one of them can be made to see a request that the other did not. */
export const SMUGGLING: readonly CorpusEntry[] = [
  entry(
    "CL.TE",
    "LENGTH_WITH_CODING",
    `${POST}Content-Length: 6\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nG`,
  ),
  entry(
    "TE.CL",
    "LENGTH_WITH_CODING",
    `${POST}Transfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n5c\r\nGPOST`,
  ),
  entry(
    "two lengths that differ",
    "LENGTH_REPEATED",
    `${POST}Content-Length: 1\r\nContent-Length: 2\r\n\r\nab`,
  ),
  entry(
    "two equal lengths",
    "LENGTH_REPEATED",
    `${POST}Content-Length: 1\r\nContent-Length: 1\r\n\r\na`,
  ),
  entry("a list of lengths", "LENGTH", `${POST}Content-Length: 1, 1\r\n\r\na`),
  entry("a signed length", "LENGTH", `${POST}Content-Length: +1\r\n\r\na`),
  entry("a negative length", "LENGTH", `${POST}Content-Length: -1\r\n\r\n`),
  entry("a hexadecimal length", "LENGTH", `${POST}Content-Length: 0x1\r\n\r\na`),
  entry("an empty length", "LENGTH", `${POST}Content-Length:\r\n\r\na`),
  entry("a fractional length", "LENGTH", `${POST}Content-Length: 1.0\r\n\r\na`),
  entry("a length with a space in it", "LENGTH", `${POST}Content-Length: 1 1\r\n\r\na`),
  entry("a length beyond 2^53", "LENGTH", `${POST}Content-Length: 9007199254740992\r\n\r\n`),
  entry("a length beyond 2^64", "LENGTH", `${POST}Content-Length: 18446744073709551617\r\n\r\na`),
  entry(
    "space before the colon of a length",
    "SPACE_BEFORE_COLON",
    `${POST}Content-Length : 1\r\n\r\na`,
  ),
  entry("a folded coding", "CODING", `${POST}Transfer-Encoding:\r\n chunked\r\n\r\n`),
  entry("a fold behind a coding", "FOLDED", `${POST}Transfer-Encoding: chunked\r\n x\r\n\r\n`),
  entry(
    "two codings",
    "CODING_REPEATED",
    `${POST}Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n`,
  ),
  entry(
    "two fields, one unknown",
    "CODING",
    `${POST}Transfer-Encoding: x\r\nTransfer-Encoding: chunked\r\n\r\n`,
  ),
  entry("chunked twice", "CODING_REPEATED", `${POST}Transfer-Encoding: chunked, chunked\r\n\r\n`),
  entry("a coding before chunked", "CODING", `${POST}Transfer-Encoding: gzip, chunked\r\n\r\n`),
  entry("a coding behind chunked", "CODING", `${POST}Transfer-Encoding: chunked, identity\r\n\r\n`),
  entry(
    "chunked before a tab",
    "CODING_BLANKS",
    `${POST}Transfer-Encoding: chunked\t\r\n\r\n0\r\n\r\n`,
  ),
  entry(
    "chunked behind a tab",
    "CODING_BLANKS",
    `${POST}Transfer-Encoding:\tchunked\r\n\r\n0\r\n\r\n`,
  ),
  entry("a length before a tab", "LENGTH", `${POST}Content-Length: 1\t\r\n\r\na`),
  entry("identity", "CODING", `${POST}Transfer-Encoding: identity\r\nContent-Length: 1\r\n\r\na`),
  entry("xchunked", "CODING", `${POST}Transfer-Encoding: xchunked\r\n\r\n`),
  entry("chunked with a parameter", "CODING", `${POST}Transfer-Encoding: chunked;a=b\r\n\r\n`),
  entry("quoted chunked", "CODING", `${POST}Transfer-Encoding: "chunked"\r\n\r\n`),
  entry(
    "chunked with a vertical tab",
    "FIELD_VALUE",
    `${POST}Transfer-Encoding: \x0bchunked\r\n\r\n`,
  ),
  entry("chunked and an empty element", "CODING", `${POST}Transfer-Encoding: chunked,\r\n\r\n`),
  entry("an empty coding", "CODING", `${POST}Transfer-Encoding:\r\n\r\n`),
  entry(
    "chunked in HTTP/1.0",
    "CODING_IN_OLD_VERSION",
    "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
  ),
  entry("a chunk size with a sign", "CHUNK_SIZE", `${CHUNKED}+1\r\na\r\n0\r\n\r\n`),
  entry("a chunk size with 0x", "CHUNK_SIZE", `${CHUNKED}0x1\r\na\r\n0\r\n\r\n`),
  entry("a chunk size with a space behind", "CHUNK_SIZE", `${CHUNKED}1 \r\na\r\n0\r\n\r\n`),
  entry("a chunk size with a space before", "CHUNK_SIZE", `${CHUNKED} 1\r\na\r\n0\r\n\r\n`),
  entry("no chunk size", "CHUNK_SIZE", `${CHUNKED}\r\na\r\n0\r\n\r\n`),
  entry(
    "a chunk size that wraps at 2^64",
    "CHUNK_SIZE_TOO_LARGE",
    `${CHUNKED}10000000000000001\r\na\r\n0\r\n\r\n`,
  ),
  entry(
    "a chunk size beyond 2^53",
    "CHUNK_SIZE_TOO_LARGE",
    `${CHUNKED}20000000000000\r\na\r\n0\r\n\r\n`,
  ),
  entry("a chunk size of many zeros", "CHUNK_SIZE_TOO_LARGE", `${CHUNKED}${"0".repeat(17)}\r\n`),
  entry("bare LF behind a chunk size", "BARE_LF", `${CHUNKED}1\na\r\n0\r\n\r\n`),
  entry("bare CR behind a chunk size", "BARE_CR", `${CHUNKED}1\ra\r\n0\r\n\r\n`),
  entry("a chunk longer than its size", "CHUNK_END", `${CHUNKED}1\r\nab\r\n0\r\n\r\n`),
  entry("bare LF behind a chunk", "CHUNK_END", `${CHUNKED}1\r\na\n0\r\n\r\n`),
  entry("bare CR behind a chunk", "CHUNK_END", `${CHUNKED}1\r\na\r0\r\n\r\n`),
  entry("a chunk extension", "CHUNK_EXTENSION", `${CHUNKED}1;a=b\r\na\r\n0\r\n\r\n`),
  entry("an extension of the last chunk", "CHUNK_EXTENSION", `${CHUNKED}0;a\r\n\r\n`),
  entry("a space before an extension", "CHUNK_SIZE", `${CHUNKED}1 ;a\r\na\r\n0\r\n\r\n`),
  entry("bare LF in an extension", "CHUNK_EXTENSION", `${CHUNKED}1;a\na\r\n0\r\n\r\n`),
  entry("bare LF behind a trailer", "BARE_LF", `${CHUNKED}0\r\nA: b\n\r\n`),
  entry("bare LF for the end", "BARE_LF", `${CHUNKED}0\r\n\n`),
  entry("a length in the trailer section", "TRAILER", `${CHUNKED}0\r\nContent-Length: 5\r\n\r\n`),
  entry(
    "a coding in the trailer section",
    "TRAILER",
    `${CHUNKED}0\r\nTransfer-Encoding: chunked\r\n\r\n`,
  ),
  entry("a Host in the trailer section", "TRAILER", `${CHUNKED}0\r\nHost: b\r\n\r\n`),
  entry("a folded trailer", "FOLDED", `${CHUNKED}0\r\nA: b\r\n c\r\n\r\n`),
];

export const CORPUS: readonly CorpusEntry[] = [...ACCEPTED, ...MALFORMED, ...SMUGGLING];
