/** A server that does what a test says, byte by byte, so that it can also do what no server should. */
import {
  group,
  listenTcp,
  spawn,
  type Connection,
  type Listener,
  type Task,
} from "@hotpath/runtime";

/** One connection of the server. */
export class Peer {
  readonly connection: Connection;
  /** Which one it is, from 0. */
  readonly index: number;

  constructor(connection: Connection, index: number) {
    this.connection = connection;
    this.index = index;
  }

  /** The next head as text, without the empty line; undefined when the client closed. */
  async head(): Promise<string | undefined> {
    const bytes = await this.connection.readUntil("\r\n\r\n");
    return bytes === undefined ? undefined : Buffer.from(bytes).toString("latin1");
  }

  async bytes(count: number): Promise<string> {
    const into = new Uint8Array(count);
    await this.connection.readExactly(into);
    return Buffer.from(into).toString("latin1");
  }

  async send(text: string): Promise<void> {
    await this.connection.write(Buffer.from(text, "latin1"));
  }

  /** Waits until the client closes or resets; what it sends meanwhile is dropped. */
  async gone(): Promise<void> {
    const into = new Uint8Array(4096);
    try {
      while ((await this.connection.read(into)) > 0);
    } catch {
      // A reset is as good.
    }
  }
}

export const OK = "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok";

export class ScriptedServer implements AsyncDisposable {
  readonly #listener: Listener;
  readonly #task: Task<void>;
  accepted = 0;

  private constructor(listener: Listener, script: (peer: Peer) => Promise<void>) {
    this.#listener = listener;
    this.#task = spawn(
      () =>
        group(async (tasks) => {
          for await (const connection of listener) {
            const peer = new Peer(connection, this.accepted++);
            tasks.spawn(async () => {
              await using _open = connection;
              await script(peer);
            });
          }
        }),
      { name: "scripted server" },
    );
  }

  static async open(
    script: (peer: Peer) => Promise<void>,
    port: number = 0,
  ): Promise<ScriptedServer> {
    return new ScriptedServer(await listenTcp({ port }), script);
  }

  get origin(): string {
    return `http://127.0.0.1:${this.#listener.port}`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#listener.close();
    await this.#task.cancel();
  }
}

/** Answers every request on every connection with the same text. */
export async function answering(text: string = OK): Promise<ScriptedServer> {
  return ScriptedServer.open(async (peer) => {
    try {
      while ((await peer.head()) !== undefined) await peer.send(text);
    } catch {
      // The client went in the middle of something.
    }
  });
}
