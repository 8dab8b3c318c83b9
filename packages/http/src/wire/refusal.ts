/**
 * Why a message was refused. PROTOCOL.md has the section of the RFC for each.
 *
 * A refusal is a value, not an Error: what a stranger sends must not cost a stack trace.
 */
export type RefusalCode =
  | "METHOD"
  | "METHOD_TOO_LONG"
  | "METHOD_CONNECT"
  | "REQUEST_LINE"
  | "TARGET"
  | "TARGET_TOO_LONG"
  | "VERSION"
  | "VERSION_UNSUPPORTED"
  | "STATUS_LINE"
  | "BARE_CR"
  | "BARE_LF"
  | "FIELD_NAME"
  | "SPACE_BEFORE_COLON"
  | "FOLDED"
  | "FIELD_VALUE"
  | "TOO_MANY_FIELDS"
  | "HEAD_TOO_LARGE"
  | "HOST_MISSING"
  | "HOST_REPEATED"
  | "HOST"
  | "HOST_MISMATCH"
  | "LENGTH"
  | "LENGTH_REPEATED"
  | "LENGTH_WITH_CODING"
  | "CODING"
  | "CODING_REPEATED"
  | "CODING_BLANKS"
  | "CODING_IN_OLD_VERSION"
  | "EXPECTATION"
  | "CHUNK_SIZE"
  | "CHUNK_SIZE_TOO_LARGE"
  | "CHUNK_EXTENSION"
  | "CHUNK_END"
  | "HEAD_TIMEOUT"
  | "TRAILER";

export interface Refusal {
  readonly code: RefusalCode;
  /** What a server answers; a client ends the connection whatever it is. */
  readonly status: number;
  /** What was wrong, without any of the octets that were. */
  readonly reason: string;
}

const TABLE: Readonly<Record<RefusalCode, readonly [status: number, reason: string]>> = {
  METHOD: [400, "the method is not a token"],
  METHOD_TOO_LONG: [501, "the method is longer than any that is known"],
  METHOD_CONNECT: [501, "this server is not a proxy: it has no CONNECT"],
  REQUEST_LINE: [400, "the request line is not METHOD SP target SP version CRLF"],
  TARGET: [
    400,
    "the request target has an octet that is not allowed there, or is in no form for its method",
  ],
  TARGET_TOO_LONG: [414, "the request line is longer than allowed"],
  VERSION: [400, "the protocol version is malformed"],
  VERSION_UNSUPPORTED: [505, "only HTTP/1.0 and HTTP/1.1 are spoken here"],
  STATUS_LINE: [400, "the status line is malformed"],
  BARE_CR: [400, "a CR without its LF"],
  BARE_LF: [400, "an LF without its CR"],
  FIELD_NAME: [400, "a field name is empty or not a token"],
  SPACE_BEFORE_COLON: [400, "white space between a field name and its colon"],
  FOLDED: [400, "a field line is folded, or begins with white space"],
  FIELD_VALUE: [400, "a control character in a field value"],
  TOO_MANY_FIELDS: [431, "more field lines than allowed"],
  HEAD_TOO_LARGE: [431, "the head is larger than allowed"],
  HOST_MISSING: [400, "an HTTP/1.1 request without Host"],
  HOST_REPEATED: [400, "more than one Host"],
  HOST: [400, "Host is not a host with an optional port"],
  HOST_MISMATCH: [400, "Host differs from the authority of the request target"],
  LENGTH: [400, "Content-Length is not a decimal number within 2^53"],
  LENGTH_REPEATED: [400, "more than one Content-Length"],
  LENGTH_WITH_CODING: [400, "Content-Length together with Transfer-Encoding"],
  CODING: [501, "a transfer coding other than chunked"],
  CODING_REPEATED: [400, "more than one Transfer-Encoding, or chunked twice"],
  CODING_BLANKS: [400, "a tab beside the value of Transfer-Encoding"],
  CODING_IN_OLD_VERSION: [400, "Transfer-Encoding in an HTTP/1.0 message"],
  EXPECTATION: [417, "an expectation other than 100-continue"],
  CHUNK_SIZE: [400, "a chunk size is not a hexadecimal number"],
  CHUNK_SIZE_TOO_LARGE: [400, "a chunk size beyond 2^53, or of more than 16 digits"],
  CHUNK_EXTENSION: [400, "a chunk has an extension"],
  CHUNK_END: [400, "a chunk is not followed by CRLF"],
  HEAD_TIMEOUT: [408, "the head did not come in time"],
  TRAILER: [400, "a trailer field that must not stand in a trailer section"],
};

export const REFUSALS: Readonly<Record<RefusalCode, Refusal>> = Object.fromEntries(
  Object.entries(TABLE).map(([code, [status, reason]]) => [
    code,
    { code: code as RefusalCode, status, reason },
  ]),
) as Record<RefusalCode, Refusal>;
