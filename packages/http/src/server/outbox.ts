/**
 * What a connection sends. Answers of pipelined requests are gathered and handed to the host together;
 * everything else goes out at once, behind what was gathered.
 */
import type { Connection } from "@hotpath/runtime";
import { latin1 } from "../wire/octets.ts";
import { INLINE_BYTES } from "./answer.ts";

/** Gathered answers are handed over when they are this long together. */
const GATHER_CHARACTERS = 32 * 1024;

export class Outbox {
  readonly #connection: Connection;
  #gathered = "";

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  /** Bytes that the host has not sent yet: the client does not keep up. */
  get pendingBytes(): number {
    return this.#connection.writer.pendingBytes;
  }

  /** Text, an octet a character, that may wait for `flush`. */
  gather(text: string): void {
    this.#gathered += text;
    if (this.#gathered.length > GATHER_CHARACTERS) this.flush();
  }

  /** Sends text now. Throws when the connection is broken, as all of these do. */
  post(text: string): void {
    const all = this.#gathered + text;
    this.#gathered = "";
    this.#connection.postText(all);
  }

  /** The memory must not change before everything has been sent. */
  postBytes(bytes: Uint8Array): void {
    this.flush();
    this.#connection.post(bytes);
  }

  /** Data with its frame, in one system call. What is long is not copied: then a wait for it, if there is one. */
  postPiece(before: string, data: string | Uint8Array, behind: string): Promise<void> | undefined {
    if (typeof data === "string") this.post(before + data + behind);
    else if (data.length <= INLINE_BYTES) {
      this.post(before + latin1(data, 0, data.length) + behind);
    } else {
      this.flush();
      const frame = [Buffer.from(before, "latin1"), data, Buffer.from(behind, "latin1")];
      return this.#connection.writev(frame.filter(({ length }) => length > 0));
    }
    return undefined;
  }

  flush(): void {
    if (this.#gathered.length > 0) this.post("");
  }

  drop(): void {
    this.#gathered = "";
  }
}
