/** WebSocket against the client of `ws`, and against frames written by hand, on virtual time. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { describe, test } from "node:test";
import { connectTcp, Event, run, simulate, sleep, spawn, type Connection } from "@hotpath/runtime";
import { WebSocket as Client } from "ws";
import {
  route,
  router,
  serve,
  webSocket,
  type WebSocket,
  type WebSocketOptions,
} from "../../src/index.ts";
import { makeRequest } from "../request.ts";

type Program = (socket: WebSocket) => Promise<void>;

async function withServer(
  program: Program,
  options: WebSocketOptions,
  body: (port: number) => Promise<void>,
): Promise<void> {
  const app = router([route("GET", "/ws", (request) => webSocket(request, program, options))]);
  await using server = await serve({ handler: app, onError: () => {} });
  await body(server.port);
}

const echo: Program = async (socket) => {
  for await (const message of socket) await socket.send(message);
};

/** The client of `ws`, connected. */
async function connected(port: number, protocols: string[] = []): Promise<Client> {
  const client = new Client(`ws://127.0.0.1:${port}/ws`, protocols);
  await once(client, "open");
  return client;
}

async function nextMessage(client: Client): Promise<unknown> {
  const [data, isBinary] = (await once(client, "message")) as [Buffer, boolean];
  return isBinary ? new Uint8Array(data) : data.toString();
}

async function closeCode(client: Client): Promise<number> {
  const [code] = (await once(client, "close")) as [number];
  return code;
}

const real = (
  program: Program,
  options: WebSocketOptions,
  body: (port: number) => Promise<void>,
): Promise<void> => run(() => withServer(program, options, body));

describe("webSocket", () => {
  test("echoes text and bytes of every frame size, and closes in order", () =>
    real(echo, { protocols: ["b", "a"] }, async (port) => {
      const client = await connected(port, ["a", "b"]);
      assert.equal(client.protocol, "b");
      for (const size of [0, 1, 125, 126, 65_535, 65_536, 300_000]) {
        client.send("é".repeat(size / 2));
        assert.equal(await nextMessage(client), "é".repeat(size / 2));
        const bytes = new Uint8Array(size).map((_, i) => i);
        client.send(bytes);
        assert.deepEqual(await nextMessage(client), bytes);
      }
      client.send("frag", { fin: false });
      client.send("mented");
      assert.equal(await nextMessage(client), "fragmented");
      client.ping("are you there");
      assert.equal(String(((await once(client, "pong")) as [Buffer])[0]), "are you there");
      client.close(4001, "bye");
      assert.equal(await closeCode(client), 4001);
    }));

  test("closes when the program returns, with its own code, or 1011 when it throws", () =>
    real(
      async (socket) => {
        const wish = await socket.receive();
        if (wish === "throw") throw new Error("program broke");
        if (wish === "code") await socket.close(4000, "as you wish");
      },
      {},
      async (port) => {
        for (const [wish, code] of [
          ["return", 1000],
          ["code", 4000],
          ["throw", 1011],
        ] as const) {
          const client = await connected(port);
          client.send(wish);
          assert.equal(await closeCode(client), code, wish);
        }
      },
    ));

  test("tells the program what the client closed with; sending after that fails", async () => {
    const seen: unknown[] = [];
    const done = new Event();
    await real(
      async (socket) => {
        seen.push(await socket.receive(), socket.closeCode);
        await socket.send("too late").catch((error: Error) => seen.push(error.name));
        done.set();
      },
      {},
      async (port) => {
        (await connected(port)).close(4002);
        await done.wait({ timeout: "10s" });
      },
    );
    assert.deepEqual(seen, [undefined, 4002, "ClosedError"]);
  });

  test("refuses messages beyond the limit with 1009", () =>
    real(echo, { messageLimitBytes: 1000 }, async (port) => {
      const client = await connected(port);
      client.send("x".repeat(1001));
      assert.equal(await closeCode(client), 1009);
    }));

  test("a server that drains closes with 1001, and does not use up its grace", () =>
    run(async () => {
      const app = router([route("GET", "/ws", (request) => webSocket(request, echo))]);
      await using server = await serve({ handler: app });
      const client = await connected(server.port);
      const drained = spawn(() => server.drain({ grace: "1h" }));
      assert.equal(await closeCode(client), 1001);
      await drained;
    }));

  test("works with the host's own client", () =>
    real(echo, {}, async (port) => {
      const client = new globalThis.WebSocket(`ws://127.0.0.1:${port}/ws`);
      await once(client, "open");
      client.send("hello");
      const [event] = (await once(client, "message")) as [MessageEvent];
      assert.equal(event.data, "hello");
      client.close();
      await once(client, "close");
    }));
});

describe("the handshake", () => {
  const GOOD = {
    host: "example.org",
    upgrade: "WebSocket",
    connection: "keep-alive, Upgrade",
    "sec-websocket-version": "13",
    "sec-websocket-key": "dGhlIHNhbXBsZSBub25jZQ==",
  };
  const ask = async (
    headers: Record<string, string>,
    options: WebSocketOptions = {},
    method = "GET",
  ) => {
    const app = router([
      route("GET", "/ws", (request) => webSocket(request, echo, options)),
      route("POST", "/ws", (request) => webSocket(request, echo, options)),
    ]);
    return app(makeRequest({ target: "/ws", method, headers }));
  };

  test("has the accept value of RFC 6455's example", async () => {
    const { status, headers } = await ask(GOOD);
    assert.equal(status, 101);
    assert.equal(headers?.["sec-websocket-accept"], "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
  });

  for (const [what, status, change] of [
    ["no upgrade", 426, { upgrade: "h2c" }],
    ["no connection", 426, { connection: "close" }],
    ["an old version", 426, { "sec-websocket-version": "8" }],
    ["a bad key", 400, { "sec-websocket-key": "short" }],
    ["a page from elsewhere", 403, { origin: "https://evil.example" }],
    ["a page without an origin", 403, { origin: "null" }],
    ["a page of the same host", 101, { origin: "https://example.org" }],
  ] as const) {
    test(`${what} is ${status}`, async () => {
      assert.equal((await ask({ ...GOOD, ...change })).status, status);
    });
  }

  test("origins can be listed, and POST is no way in", async () => {
    const origin = "https://app.example";
    assert.equal((await ask({ ...GOOD, origin }, { origins: [origin] })).status, 101);
    assert.equal((await ask({ ...GOOD, origin }, { origins: "any" })).status, 101);
    assert.equal((await ask(GOOD, {}, "POST")).status, 426);
  });
});

describe("with frames by hand", () => {
  async function opened(port: number): Promise<Connection> {
    const connection = await connectTcp({ port });
    await connection.write(
      "GET /ws HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n",
    );
    await connection.readUntil("\r\n\r\n");
    return connection;
  }
  /** The next frame of the server: first byte, then payload. */
  async function frame(connection: Connection): Promise<[number, Buffer]> {
    const head = new Uint8Array(2);
    await connection.readExactly(head);
    const payload = Buffer.alloc(head[1]!);
    await connection.readExactly(payload);
    return [head[0]!, payload];
  }
  /** As a client: masked with zeros. */
  const masked = (first: number, payload: string): Buffer =>
    Buffer.concat([
      Buffer.from([first, 0x80 | payload.length, 0, 0, 0, 0]),
      Buffer.from(payload, "latin1"),
    ]);

  for (const [what, bytes, code] of [
    ["an unmasked frame", Buffer.from([0x81, 0x01, 0x41]), 1002],
    ["a reserved bit", masked(0xc1, "x"), 1002],
    ["an unknown opcode", masked(0x83, "x"), 1002],
    ["a fragmented ping", masked(0x09, "x"), 1002],
    ["text that is not UTF-8", masked(0x81, "\xff"), 1007],
    ["a continuation of nothing", masked(0x80, "x"), 1002],
    ["a close with a code that may not be sent", masked(0x88, "\x03\xed"), 1002],
  ] as const) {
    test(`${what} is ${code}`, () =>
      simulate(() =>
        withServer(echo, {}, async (port) => {
          await using client = await opened(port);
          await client.write(bytes);
          const [first, payload] = await frame(client);
          assert.deepEqual([first, payload.readUInt16BE(0)], [0x88, code]);
        }),
      ));
  }

  test("a silent client is pinged, and cut off when it does not answer", () =>
    simulate(() =>
      withServer(echo, { heartbeat: "10s" }, async (port) => {
        await using lively = await opened(port);
        await using dead = await opened(port);
        for (let beat = 0; beat < 5; beat++) {
          const [first] = await frame(lively);
          assert.equal(first, 0x89);
          await lively.write(masked(0x8a, ""));
          await sleep("1s");
        }
        await assert.rejects(async () => {
          for (;;) await frame(dead);
        });
      }),
    ));

  test("a client that vanishes ends the program, also one that listens to nothing", async () => {
    let state = "";
    await simulate(() =>
      withServer(
        async () => {
          try {
            await sleep("1h");
          } finally {
            state = "cancelled";
          }
        },
        { closeTimeout: "3s" },
        async (port) => {
          const client = await opened(port);
          client.reset();
          await sleep("2s");
          assert.equal(state, "", "it has a grace");
          await sleep("2s");
          assert.equal(state, "cancelled");
        },
      ),
    );
  });

  test("a client that does not read stops the sender", async () => {
    let sent = 0;
    await simulate(() =>
      withServer(
        async (socket) => {
          for (;;) {
            await socket.send("x".repeat(60_000));
            sent++;
          }
        },
        {},
        async (port) => {
          await using client = await opened(port);
          await sleep("1m");
          const before = sent;
          await sleep("1m");
          assert.equal(sent, before);
          await client.read(new Uint8Array(10));
        },
      ),
    );
  });

  test("what the client sends behind its request comes first", () =>
    simulate(() =>
      withServer(echo, {}, async (port) => {
        await using client = await connectTcp({ port });
        const request =
          "GET /ws HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";
        await client.write(Buffer.concat([Buffer.from(request), masked(0x81, "early")]));
        await client.readUntil("\r\n\r\n");
        assert.deepEqual(await frame(client), [0x81, Buffer.from("early")]);
      }),
    ));
});
