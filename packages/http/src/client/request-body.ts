/**
 * The content of a request before it is sent: how long it is, whether it can be sent twice, and its
 * bytes.
 *
 * Bytes and strings are sent with the head when they are small. A stream is read one piece at a time,
 * each after the one before has been taken by the other side.
 */
import type { ResponseBody } from "../message/exchange.ts";

/**
 * Bytes and strings (as UTF-8) belong to the client until the call is over. A function is called once
 * for each attempt, so what it returns can be sent again; a bare stream only once.
 */
export type RequestBody = ResponseBody | (() => AsyncIterable<string | Uint8Array>);

type SizedPayload =
  /** Text of which each character is one byte, so that it needs no encoding. */
  | { readonly kind: "ascii"; readonly text: string; readonly sizeBytes: number }
  | { readonly kind: "bytes"; readonly bytes: Uint8Array; readonly sizeBytes: number };

export type Payload =
  | { readonly kind: "none" }
  | SizedPayload
  | {
      readonly kind: "stream";
      readonly open: () => AsyncIterable<string | Uint8Array>;
      /** As the caller stated it; undefined: sent in chunks. */
      readonly sizeBytes: number | undefined;
      readonly replayable: boolean;
    };

export const NO_PAYLOAD: Payload = { kind: "none" };

export function payloadOf(body: RequestBody | undefined, statedBytes: number | undefined): Payload {
  if (body === undefined) return NO_PAYLOAD;
  if (typeof body === "string") return checkSize(textPayload(body), statedBytes);
  if (body instanceof Uint8Array) {
    return checkSize({ kind: "bytes", bytes: body, sizeBytes: body.length }, statedBytes);
  }
  const sizeBytes = statedBytes;
  if (typeof body === "function")
    return { kind: "stream", open: body, sizeBytes, replayable: true };
  if (Symbol.asyncIterator in body) {
    return { kind: "stream", open: () => body, sizeBytes, replayable: false };
  }
  throw new TypeError("A request body is a string, a Uint8Array, an async iterable or a function");
}

export function isReplayable(payload: Payload): boolean {
  return payload.kind !== "stream" || payload.replayable;
}

function textPayload(text: string): SizedPayload {
  const sizeBytes = Buffer.byteLength(text);
  if (sizeBytes === text.length) return { kind: "ascii", text, sizeBytes };
  return { kind: "bytes", bytes: Buffer.from(text), sizeBytes };
}

function checkSize(payload: SizedPayload, statedBytes: number | undefined): SizedPayload {
  if (statedBytes === undefined || statedBytes === payload.sizeBytes) return payload;
  throw new TypeError(
    `The request body has ${payload.sizeBytes} bytes, not the stated ${statedBytes}`,
  );
}
