/**
 * COPY on the socket itself, between the driver's statements.
 *
 * The postgres driver makes a Buffer, a stream chunk and two calls of every row (a COPY sends each row
 * as a message), which is slower than the server. So for the length of a COPY we take its `data`
 * listener off the socket, speak the few messages of COPY ourselves, and put the listener back. The
 * driver is idle then: a session runs one thing at a time, and it is our socket (postgres-session.ts).
 *
 * A COPY out that is given up closes the connection: what the server has sent already may be any amount.
 * A COPY in that is given up is failed in good order, and the connection lives on.
 */
import type { Socket } from "node:net";
import { TablesError } from "../errors.ts";
import type { CopySink, CopySource, OnMessage } from "./driver.ts";
import {
  completedRows,
  COPY_HEADER,
  COPY_TRAILER,
  errorFields,
  MESSAGE,
  MessageReader,
  queryMessage,
} from "./message-reader.ts";
import { commitUnknown, serverError } from "./server-error.ts";
import { readRaw, tookAll } from "./server-socket.ts";

export interface CopyWire {
  readonly socket: Socket;
  /** Cancels, on another connection, what this one runs. */
  cancel(): Promise<void>;
}

/**
 * Once a COPY out is under way, we leave the socket alone for a moment whenever we have read all that had
 * arrived. The server writes 8 KiB at a time, and each write pays for waking a reader that waits: 1,000,000
 * rows of 8 columns (98 MiB) took 510 ms with a reader that did nothing but read, 12,400 times, and 425 ms
 * with this pause, in 1,850 reads and a quarter of our processor time. The server needs 337 ms to write them
 * to its own /dev/null (PostgreSQL 18, 2 cores, loopback). Longer pauses were not faster. What a millisecond
 * brings has to fit in the socket's buffer, which Linux lets grow by itself (tcp_rmem).
 */
const GATHER_MS = 1;
const GATHER_AFTER_BYTES = 1 << 20;

const COPY_DATA = 100; // d
const COPY_DONE: Uint8Array = new Uint8Array([99, 0, 0, 0, 4]); // c
const COPY_FAIL = 102; // f
/** How long a server may take to confirm that it gave up a COPY in. */
const GIVE_UP_MS = 5_000;

/** Takes the socket's data from whoever listens; returns what gives it back. */
function takeOver(
  socket: Socket,
  onData: (bytes: Buffer) => void,
  onClose: () => void,
): () => void {
  const giveBack = readRaw(socket, onData);
  socket.on("close", onClose);
  return () => {
    socket.off("close", onClose);
    giveBack();
  };
}

function lost(action: string): TablesError {
  return new TablesError(
    "CONNECTION_LOST",
    `${action}: the connection was lost before it was complete`,
  );
}

export function copyOutOverSocket(
  wire: CopyWire,
  text: string,
  sink: CopySink,
  signal: AbortSignal | undefined,
): Promise<void> {
  const { socket } = wire;
  return new Promise((resolve, reject) => {
    let failure: unknown;
    let done = false;
    const settle = (error: unknown): void => {
      if (done) return;
      done = true;
      giveBack();
      signal?.removeEventListener("abort", abort);
      if (error === undefined) resolve();
      else reject(error as Error);
    };
    const giveUp = (error: unknown): void => {
      void wire.cancel();
      settle(error);
      socket.destroy();
    };
    const onMessage: OnMessage = (type, body) => {
      if (type === MESSAGE.error) failure ??= serverError(errorFields(body), "Cannot copy out");
      else if (type === MESSAGE.ready) settle(failure);
    };
    let receivedBytes = 0;
    const gathered = (size: number): Promise<void> | undefined => {
      receivedBytes += size;
      const early = done || receivedBytes < GATHER_AFTER_BYTES || !tookAll(socket, size);
      return early ? undefined : new Promise((resume) => setTimeout(resume, GATHER_MS));
    };
    const onData = (bytes: Buffer): void => {
      try {
        const waiting = sink.push(bytes, onMessage) ?? gathered(bytes.length);
        if (waiting === undefined) return;
        socket.pause();
        waiting.then(() => socket.resume(), giveUp);
      } catch (error) {
        giveUp(error);
      }
    };
    const abort = (): void => giveUp(signal?.reason);
    const giveBack = takeOver(socket, onData, () => settle(failure ?? lost("Cannot copy out")));
    if (signal?.aborted === true) return settle(signal.reason);
    signal?.addEventListener("abort", abort);
    socket.write(queryMessage(text));
  });
}

export async function copyInOverSocket(
  wire: CopyWire,
  text: string,
  source: CopySource,
  signal: AbortSignal | undefined,
): Promise<number> {
  signal?.throwIfAborted();
  const answer = new CopyInAnswer(wire.socket);
  let stopped: { readonly error: unknown } | undefined;
  try {
    wire.socket.write(queryMessage(text));
    await answer.started();
    try {
      await sendRows(wire.socket, source, answer, signal);
    } catch (error) {
      stopped = { error };
    }
    if (stopped === undefined && !answer.failed) {
      wire.socket.write(Buffer.concat([frame(COPY_TRAILER), COPY_TRAILER, COPY_DONE]));
      return await answer.complete();
    }
    if (answer.failed) return await answer.complete();
    wire.socket.write(failMessage());
    await answer.givenUp();
    throw stopped?.error;
  } finally {
    answer.release();
  }
}

async function sendRows(
  socket: Socket,
  source: CopySource,
  answer: CopyInAnswer,
  signal: AbortSignal | undefined,
): Promise<void> {
  socket.write(Buffer.concat([frame(COPY_HEADER), COPY_HEADER]));
  let previous: Promise<void> = Promise.resolve();
  for (;;) {
    const rows = await source.next();
    signal?.throwIfAborted();
    if (rows === undefined || answer.failed) break;
    socket.cork();
    socket.write(frame(rows));
    const written = new Promise<void>((resolve) => socket.write(rows, () => resolve()));
    socket.uncork();
    // The source reuses the bytes before last: those have to be out. A lost connection ends the wait.
    await Promise.race([previous, answer.over]);
    previous = written;
  }
  await Promise.race([previous, answer.over]);
}

function frame(payload: Uint8Array): Buffer {
  const header = Buffer.alloc(5);
  header[0] = COPY_DATA;
  header.writeUInt32BE(payload.length + 4, 1);
  return header;
}

function failMessage(): Buffer {
  const reason = "given up by the client\0";
  const message = Buffer.alloc(5 + reason.length);
  message[0] = COPY_FAIL;
  message.writeUInt32BE(4 + reason.length, 1);
  message.write(reason, 5);
  return message;
}

/** What the server says during a COPY in. */
class CopyInAnswer {
  /** Resolves when the server is ready again or gone. */
  readonly over: Promise<void>;
  readonly #socket: Socket;
  readonly #start: Promise<void>;
  readonly #giveBack: () => void;
  #error: TablesError | undefined;
  #rows = 0;

  constructor(socket: Socket) {
    this.#socket = socket;
    const reader = new MessageReader();
    const start = Promise.withResolvers<void>();
    const over = Promise.withResolvers<void>();
    this.#start = start.promise;
    this.over = over.promise;
    const onMessage: OnMessage = (type, body) => {
      if (type === MESSAGE.copyIn) start.resolve();
      else if (type === MESSAGE.complete) this.#rows = completedRows(body);
      else if (type === MESSAGE.error) {
        this.#error ??= serverError(errorFields(body), "Cannot copy in");
      } else if (type === MESSAGE.ready) {
        start.resolve();
        over.resolve();
      }
    };
    this.#giveBack = takeOver(
      socket,
      (bytes) => reader.push(bytes, onMessage),
      () => {
        this.#error ??= lost("Cannot copy in");
        start.resolve();
        over.resolve();
      },
    );
  }

  get failed(): boolean {
    return this.#error !== undefined;
  }

  async started(): Promise<void> {
    await this.#start;
    if (this.#error !== undefined) {
      await this.over;
      throw this.#error;
    }
  }

  /** Waits for the count; a loss after the end was sent leaves it open whether the rows are there. */
  async complete(): Promise<number> {
    const early = this.failed;
    await this.over;
    if (this.#error !== undefined) {
      // A server that still says why it ends the connection has not committed: the word that it has
      // (CommandComplete) is sent straight after the commit, with no look for such orders between.
      const { code, sqlState } = this.#error;
      const unknown = !early && code === "CONNECTION_LOST" && sqlState === undefined;
      throw unknown ? commitUnknown(this.#error) : this.#error;
    }
    return this.#rows;
  }

  /** Waits until the server has taken back what it was sent, or drops the connection. */
  async givenUp(): Promise<void> {
    const timer = setTimeout(() => this.#socket.destroy(), GIVE_UP_MS);
    await this.over;
    clearTimeout(timer);
  }

  release(): void {
    this.#giveBack();
  }
}
