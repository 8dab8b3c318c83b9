/** The chunked coding for what is sent (RFC 9112 section 7.1). */
import { trailerLine } from "./field-writer.ts";

/** Before a chunk's data. A chunk of 0 octets would end the message: the caller leaves it out. */
export function chunkHead(sizeBytes: number): string {
  return `${sizeBytes.toString(16)}\r\n`;
}

/** Behind a chunk's data. */
export const CHUNK_END = "\r\n";

export const LAST_CHUNK = "0\r\n\r\n";

/** The last chunk with a trailer section. */
export function lastChunk(trailers: Readonly<Record<string, string>>): string {
  let text = "0\r\n";
  for (const name in trailers) text += trailerLine(name, trailers[name]!);
  return `${text}\r\n`;
}
