/**
 * Content that came in the same read as its head, which is how most answers come: it is copied once,
 * the connection is free at once, and nobody has to wait to read it.
 */
import { EMPTY_BODY, WholeBody } from "../message/body.ts";
import type { Body } from "../message/exchange.ts";
import { ChunkedDecoder } from "../wire/chunked-decoder.ts";
import { REFUSED, type SectionLimits } from "../wire/field-section.ts";
import type { Framing } from "../wire/framing.ts";

export interface InHand {
  readonly body: Body;
  /** The position behind the message. */
  readonly next: number;
}

/** The content at bytes[at…], when all of it is there; undefined when some is still to come. */
export function bodyInHand(
  framing: Framing,
  bytes: Uint8Array,
  at: number,
  limits: SectionLimits,
): InHand | undefined {
  switch (framing.kind) {
    case "none":
      return { body: EMPTY_BODY, next: at };
    case "length": {
      const next = at + framing.sizeBytes;
      if (next > bytes.length) return undefined;
      if (next === at) return { body: EMPTY_BODY, next };
      return { body: new WholeBody(bytes.slice(at, next), Infinity), next };
    }
    case "chunked":
      return endsWithLastChunk(bytes) ? decodeWhole(bytes, at, limits) : undefined;
    case "close":
      return undefined;
  }
}

/** A read that does not end like this is seldom the last; then trying would be work done twice. */
function endsWithLastChunk(bytes: Uint8Array): boolean {
  const end = bytes.length;
  return (
    bytes[end - 5] === 0x30 &&
    bytes[end - 4] === 0x0d &&
    bytes[end - 3] === 0x0a &&
    bytes[end - 2] === 0x0d &&
    bytes[end - 1] === 0x0a
  );
}

function decodeWhole(bytes: Uint8Array, start: number, limits: SectionLimits): InHand | undefined {
  const decoder = new ChunkedDecoder(limits);
  const content = new Uint8Array(bytes.length - start);
  let sizeBytes = 0;
  let at = start;
  while (at < bytes.length && !decoder.done) {
    at = decoder.next(bytes, at);
    // What is malformed is refused by whoever reads it.
    if (at === REFUSED) return undefined;
    const { dataStart, dataEnd } = decoder;
    content.set(bytes.subarray(dataStart, dataEnd), sizeBytes);
    sizeBytes += dataEnd - dataStart;
  }
  if (!decoder.done || decoder.trailerText !== "") return undefined;
  return { body: new WholeBody(content.subarray(0, sizeBytes), Infinity), next: at };
}
