/**
 * What a connection sends. Answers of pipelined requests are gathered and handed to the host together;
 * everything else goes out at once, behind what was gathered.
 */
import type { Connection } from "@hotpath/runtime";

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

  /** Data with its frame, in one system call unless copying it would cost more. */
  postPiece(before: string, data: string | Uint8Array, behind: string): void {
    if (typeof data === "string") return this.post(before + data + behind);
    const { writer } = this.#connection;
    using _ = data.length <= GATHER_CHARACTERS ? writer.cork() : undefined;
    this.post(before);
    this.postBytes(data);
    this.post(behind);
  }

  flush(): void {
    if (this.#gathered.length > 0) this.post("");
  }

  drop(): void {
    this.#gathered = "";
  }
}
