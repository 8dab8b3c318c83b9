/**
 * The head of a response, for clients. Used as RequestHead is; `responseFraming` then says where the
 * content ends, which depends on the request too.
 */
import type { Framing } from "./framing.ts";
import { MessageHead } from "./message-head.ts";
import { FIELD_VALUE, latin1, SP } from "./octets.ts";
import { MORE } from "./field-section.ts";

/** "HTTP/1.1 200": the reason, and the space before it, may be missing. */
const STATUS_END = 12;

export class ResponseHead extends MessageHead {
  status = 0;
  reason = "";

  protected startLine(bytes: Uint8Array, at: number, stop: number): number {
    if (at + STATUS_END > stop) return MORE;
    const wrong = this.version(bytes, at);
    if (wrong !== undefined) return this.refuse(wrong);
    if (bytes[at + 8] !== SP) return this.refuse("STATUS_LINE");
    let status = 0;
    for (let i = at + 9; i < at + STATUS_END; i++) {
      const digit = bytes[i]! - 0x30;
      if (!(digit >= 0 && digit <= 9)) return this.refuse("STATUS_LINE");
      status = status * 10 + digit;
    }
    if (status < 100) return this.refuse("STATUS_LINE");
    let i = at + STATUS_END;
    const reasonStart = i + 1;
    if (i < stop && bytes[i] === SP) while (i < stop && FIELD_VALUE[bytes[i]!] === 1) i++;
    const next = this.lineEnd(bytes, i, stop, "STATUS_LINE");
    if (next <= 0) return next;
    this.status = status;
    this.reason = i > reasonStart ? latin1(bytes, reasonStart, i) : "";
    this.fieldsStart = next - at;
    return next;
  }
}

/** Where the content of a response ends (RFC 9112 section 6.3). */
export function responseFraming(head: ResponseHead, requestMethod: string): Framing {
  const { status } = head;
  if (requestMethod === "HEAD" || status < 200 || status === 204 || status === 304) {
    return { kind: "none" };
  }
  if (head.chunked) return { kind: "chunked" };
  if (head.contentLength >= 0) return { kind: "length", sizeBytes: head.contentLength };
  return { kind: "close" };
}
