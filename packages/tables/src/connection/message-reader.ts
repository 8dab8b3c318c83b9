/** Messages of the server (type byte, u32 size that counts itself, body), from bytes cut anywhere. */
import type { OnMessage } from "./driver.ts";

/** Type bytes of the messages that COPY meets. */
export const MESSAGE = {
  error: 69, // E
  ready: 90, // Z
  complete: 67, // C
  copyIn: 71, // G
  suspended: 115, // s
} as const;

export class MessageReader {
  #rest: Uint8Array = new Uint8Array(0);

  push(bytes: Uint8Array, onMessage: OnMessage): void {
    const all = this.#rest.length === 0 ? bytes : Buffer.concat([this.#rest, bytes]);
    const at = new DataView(all.buffer, all.byteOffset, all.byteLength);
    let offset = 0;
    while (offset + 5 <= all.length) {
      const next = offset + 1 + at.getUint32(offset + 1);
      if (next > all.length) break;
      onMessage(all[offset]!, all.subarray(offset + 5, next));
      offset = next;
    }
    this.#rest = all.slice(offset);
  }
}

/** A Query message: the text, run by the simple protocol. */
export function queryMessage(text: string): Buffer {
  const size = Buffer.byteLength(text);
  const message = Buffer.alloc(size + 6);
  message[0] = 81; // Q
  message.writeUInt32BE(size + 5, 1);
  message.write(text, 5);
  return message;
}

/** The server's words in an ErrorResponse, with the names that the postgres driver gives them. */
export interface ServerErrorFields {
  readonly code?: string;
  readonly message?: string;
  readonly where?: string;
  readonly table_name?: string;
  readonly column_name?: string;
  readonly constraint_name?: string;
  /** The function of the server that raised it. */
  readonly routine?: string;
}

const FIELD_NAMES: Readonly<Record<string, keyof ServerErrorFields>> = {
  C: "code",
  M: "message",
  W: "where",
  t: "table_name",
  c: "column_name",
  n: "constraint_name",
  R: "routine",
};

export function errorFields(body: Uint8Array): ServerErrorFields {
  const fields: Record<string, string> = {};
  for (const part of Buffer.from(body).toString("utf8").split("\0")) {
    const name = FIELD_NAMES[part[0] ?? ""];
    if (name !== undefined) fields[name] = part.slice(1);
  }
  return fields;
}

/** Rows that a CommandComplete counts: 3 of `COPY 3`. */
export function completedRows(body: Uint8Array): number {
  return Number(/ (\d+)\0?$/.exec(Buffer.from(body).toString("latin1"))?.[1] ?? 0);
}

/** Start of every binary COPY: signature, flags, length of the header's extension. */
export const COPY_HEADER: Uint8Array = new Uint8Array([
  80, 71, 67, 79, 80, 89, 10, 255, 13, 10, 0, 0, 0, 0, 0, 0, 0, 0, 0,
]);
/** Its end: a row of −1 fields. */
export const COPY_TRAILER: Uint8Array = new Uint8Array([255, 255]);
