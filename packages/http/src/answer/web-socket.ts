/**
 * WebSocket on a server (RFC 6455). The `ws` package takes frames apart and puts them together; reading,
 * waiting, limits and cancellation are the runtime's.
 *
 *     connection ──pump──> ws Receiver ──message──> Channel(0) ──> receive()
 *                              └─ping──> pong, close ──> close
 *     send() ──> frame ──> connection.writev: waits while the client does not keep up
 *
 * A message that nobody receives stops the pump, and with it the client. When the client has closed or
 * gone, receive() answers undefined and send() fails; a program that then does not end is cancelled.
 */
import {
  Channel,
  ClosedError,
  durationMs,
  external,
  fromSignal,
  IoError,
  moveOnAfter,
  select,
  shield,
  sleep,
  spawn,
  type Connection,
  type Duration,
  type WaitOptions,
} from "@hotpath/runtime";
import * as ws from "ws";
import type { Request, Response } from "../message/exchange.ts";
import { handshake, type HandshakeOptions } from "./web-socket-handshake.ts";

export interface WebSocketOptions extends HandshakeOptions {
  /** A longer message closes the connection with 1009. Default: 1 MiB. */
  readonly messageLimitBytes?: number;
  /** A ping goes out this often; a client that sends nothing for two of them is gone. Default: 30 s. */
  readonly heartbeat?: Duration;
  /** How long the other side's close is waited for, and the program's end after it. Default: 5 s. */
  readonly closeTimeout?: Duration;
}

/**
 * The answer to a WebSocket request: `program` runs with the open socket, which closes when it returns,
 * and with 1001 (going away) when the server drains.
 */
export function webSocket(
  request: Request,
  program: (socket: WebSocket) => Promise<void>,
  options: WebSocketOptions = {},
): Response {
  const { headers, protocol } = handshake(request, options);
  return {
    status: 101,
    headers,
    upgrade: (connection) =>
      WebSocket.run(connection, protocol, program, request.draining, options),
  };
}

type Opcode = 1 | 2 | 8 | 9 | 10;

interface FrameReceiver {
  write(chunk: Uint8Array, done: (error?: Error | null) => void): boolean;
  on(event: "message", listener: (data: Buffer, isBinary: boolean) => void): this;
  on(event: "conclude", listener: (code: number, reason: Buffer) => void): this;
  on(event: "ping", listener: (data: Buffer) => void): this;
  on(event: "error", listener: (error: Error & { code?: string }) => void): this;
}

/** Exported by ws for such use, and not in its type declarations. */
const { Receiver, Sender } = ws as unknown as {
  Receiver: new (options: object) => FrameReceiver;
  Sender: { frame(data: Uint8Array, options: object): Buffer[] };
};

const NORMAL = 1000;
const GOING_AWAY = 1001;
const PROTOCOL_ERROR = 1002;
const NO_STATUS = 1005;
const ABNORMAL = 1006;
const INVALID_TEXT = 1007;
const POLICY = 1008;
const TOO_LARGE = 1009;
const FAILED = 1011;
const MOST_FRAGMENTS = 10_000;
/** Pongs that a client lets pile up before it is taken for hostile. */
const PENDING_LIMIT_BYTES = 1 << 20;

export class WebSocket {
  readonly protocol: string | undefined;
  readonly #connection: Connection;
  readonly #receiver: FrameReceiver;
  readonly #messages = new Channel<string | Uint8Array>(0, { name: "websocket messages" });
  readonly #arrived: (string | Uint8Array)[] = [];
  readonly #closeTimeoutMs: number;
  #closeSent = false;
  #closeReceived = false;
  #closeCode: number | undefined = undefined;
  #heard = true;

  private constructor(
    connection: Connection,
    protocol: string | undefined,
    options: WebSocketOptions,
  ) {
    this.#connection = connection;
    this.protocol = protocol;
    this.#closeTimeoutMs = durationMs(options.closeTimeout ?? "5s");
    this.#receiver = new Receiver({
      isServer: true,
      maxPayload: options.messageLimitBytes ?? 1 << 20,
      maxFragments: MOST_FRAGMENTS,
    })
      .on("message", (data, isBinary) => {
        this.#arrived.push(isBinary ? data : data.toString("utf8"));
      })
      .on("ping", (data) => this.#control(10, data))
      .on("conclude", (code) => {
        this.#closeReceived = true;
        this.#closeCode ??= code;
        this.#sendClose(code === NO_STATUS ? NORMAL : code, "");
      })
      .on("error", (error) => this.#sendClose(codeOf(error), ""));
  }

  static async run(
    connection: Connection,
    protocol: string | undefined,
    program: (socket: WebSocket) => Promise<void>,
    draining: AbortSignal,
    options: WebSocketOptions,
  ): Promise<void> {
    const socket = new WebSocket(connection, protocol, options);
    const { heartbeat = "30s" } = options;
    await using pump = spawn(() => socket.#pump(), { name: "websocket pump" });
    await using _heart = spawn(() => socket.#beat(durationMs(heartbeat)), {
      name: "websocket ping",
    });
    await using main = spawn(() => program(socket), { name: "websocket" });
    try {
      const first = await select({ main, pump, drained: fromSignal(draining) });
      if (first.kind === "drained") await socket.close(GOING_AWAY);
      if (first.kind !== "main") await moveOnAfter(socket.#closeTimeoutMs, () => main.join());
      await socket.close(NORMAL);
    } catch (error) {
      // In a cancelled scope too (the server is shutting down) the client hears why.
      await shield(() => socket.close(FAILED), { graceMs: socket.#closeTimeoutMs });
      throw error;
    } finally {
      await connection.close({ timeout: socket.#closeTimeoutMs });
    }
  }

  /** The close code that the client sent; 1005 when it sent none, 1006 when it went without a close. */
  get closeCode(): number | undefined {
    return this.#closeCode;
  }

  /** The next message: text or bytes. undefined when the client has closed or gone. */
  async receive(options?: WaitOptions): Promise<string | Uint8Array | undefined> {
    try {
      return await this.#messages.receive(options);
    } catch (error) {
      if (error instanceof ClosedError) return undefined;
      throw error;
    }
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<string | Uint8Array, void, undefined> {
    yield* this.#messages;
  }

  /** Sends one message, waiting while the client does not keep up. ClosedError after a close. */
  async send(message: string | Uint8Array, options?: WaitOptions): Promise<void> {
    if (this.#closeSent) throw new ClosedError("Cannot send: the WebSocket is closed");
    const [opcode, data] =
      typeof message === "string" ? ([1, Buffer.from(message)] as const) : ([2, message] as const);
    await this.#connection.writev(frame(opcode, data), options);
  }

  /** Says that it is over and waits for the client to say so too, for as long as `closeTimeout`. */
  async close(code: number = NORMAL, reason: string = ""): Promise<void> {
    this.#sendClose(code, reason);
    await moveOnAfter(this.#closeTimeoutMs, async () => {
      // Messages that are still on their way stand before the close; nobody wants them any more.
      while ((await this.receive()) !== undefined);
    });
  }

  /** Reads until the client has closed or gone. */
  async #pump(): Promise<void> {
    const { reader } = this.#connection;
    try {
      while (!this.#closeReceived && (reader.bufferedBytes > 0 || (await reader.fill()))) {
        this.#heard = true;
        const chunk = Buffer.from(reader.buffered);
        reader.consume(chunk.length);
        // After an error the receiver takes nothing more; the close that goes out tells the client.
        if (!(await external(this.#take(chunk)))) break;
        for (const message of this.#arrived.splice(0)) await this.#messages.send(message);
      }
    } catch (error) {
      // A client that resets the connection has gone, which is nobody's failure.
      if (!(error instanceof IoError || error instanceof ClosedError)) throw error;
    } finally {
      this.#closeCode ??= ABNORMAL;
      this.#messages.close();
    }
  }

  #take(chunk: Uint8Array): Promise<boolean> {
    return new Promise((settle) => {
      this.#receiver.write(chunk, (error) => settle(error === undefined || error === null));
    });
  }

  async #beat(everyMs: number): Promise<void> {
    for (;;) {
      this.#heard = false;
      await sleep(everyMs);
      if (!this.#closeSent) this.#control(9, Buffer.alloc(0));
      await sleep(everyMs);
      if (!this.#heard) return this.#connection.reset();
    }
  }

  #sendClose(code: number, reason: string): void {
    if (this.#closeSent) return;
    this.#closeSent = true;
    const payload = Buffer.alloc(2 + Buffer.byteLength(reason));
    if (payload.length > 125) throw new RangeError("A close reason has at most 123 bytes");
    payload.writeUInt16BE(code, 0);
    payload.write(reason, 2);
    this.#control(8, payload);
  }

  /** Control frames go out without waiting; a client that only makes us answer is cut off. */
  #control(opcode: Opcode, payload: Uint8Array): void {
    const { writer, closed } = this.#connection;
    if (closed || !writer.writable) return;
    if (writer.pendingBytes > PENDING_LIMIT_BYTES) return this.#connection.reset();
    writer.post(Buffer.concat(frame(opcode, payload)));
  }
}

function frame(opcode: Opcode, data: Uint8Array): Buffer[] {
  return Sender.frame(data, { fin: true, rsv1: false, mask: false, readOnly: true, opcode });
}

function codeOf({ code }: { readonly code?: string }): number {
  if (code === "WS_ERR_UNSUPPORTED_MESSAGE_LENGTH") return TOO_LARGE;
  if (code === "WS_ERR_INVALID_UTF8") return INVALID_TEXT;
  return code?.startsWith("WS_ERR_TOO_MANY") === true ? POLICY : PROTOCOL_ERROR;
}
