/** What a server says on the wire, on a simulated network that cuts its reads at will. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { sleep, spawn } from "@hotpath/runtime";
import type { Handler } from "../../src/index.ts";
import { REFUSALS } from "../../src/wire/refusal.ts";
import { SMUGGLING } from "../wire/corpus.ts";
import { octets, readRequests } from "../wire/stream-reading.ts";
import { GET, hello, withServer } from "./simulated-server.ts";

test("a malformed request is refused with its status, once, and the connection closed", async () => {
  for (const { name, text } of SMUGGLING) {
    const { refusal, messages } = readRequests([octets(text)]);
    const accepted = messages.filter(({ complete }) => complete).length;
    const inContent = messages.length > accepted;
    const handler: Handler = async (request) => ({ status: 200, body: await request.body.text() });
    await withServer(
      { handler },
      async (client) => {
        await client.send(text);
        const response = await client.receive();
        assert.equal(response?.status, REFUSALS[refusal!].status, name);
        assert.equal(response.persistent, false, name);
        if (!inContent) assert.match(response.body, /./, name);
        assert.equal(await client.receive(), undefined, name);
      },
      2,
    );
  }
});

test("requests before a malformed one are answered first", () =>
  withServer({ handler: hello }, async (client) => {
    await client.send(GET, GET, "GET / HTTP/1.1\r\nHost : a\r\n\r\n", GET);
    assert.deepEqual(
      [
        (await client.receive())?.status,
        (await client.receive())?.status,
        (await client.receive())?.status,
      ],
      [200, 200, 400],
    );
    assert.equal(await client.receive(), undefined);
  }));

test("pipelined requests are answered in order, whatever their handlers take", () =>
  withServer(
    {
      handler: async (request) => {
        const number = Number(request.query.get("n"));
        if (number % 3 === 1) await sleep(50 - number);
        if (number % 3 === 2) await Promise.resolve();
        return { status: 200, body: `${number}:${await request.body.text()}` };
      },
    },
    async (client) => {
      let text = "";
      for (let n = 0; n < 20; n++) {
        text += `POST /?n=${n} HTTP/1.1\r\nHost: a\r\n`;
        if (n % 4 === 3) text += `Transfer-Encoding: chunked\r\n\r\n2\r\nab\r\n1\r\nc\r\n0\r\n\r\n`;
        else text += `Content-Length: ${n % 4}\r\n\r\n${"abc".slice(0, n % 4)}`;
      }
      await client.send(text);
      for (let n = 0; n < 20; n++) {
        assert.equal((await client.receive())?.body, `${n}:${"abc".slice(0, n % 4)}`);
      }
    },
  ));

test("HEAD is answered without content, and with the length that GET would have", () =>
  withServer({ handler: hello }, async (client) => {
    const response = await client.ask("HEAD / HTTP/1.1\r\nHost: a\r\n\r\n");
    assert.equal(response?.headers.get("content-length"), "5");
    assert.equal(response.body, "");
    assert.equal((await client.ask(GET))?.body, "hello");
  }));

test("HTTP/1.0 is closed, kept when it asks, and gets a stream up to the end of the connection", () =>
  withServer(
    {
      handler: (request) => {
        if (request.path !== "/stream") return { status: 200, body: request.httpVersion };
        return {
          status: 200,
          body: (async function* () {
            yield "a";
            await sleep(5);
            yield "b";
          })(),
        };
      },
    },
    async (client) => {
      const kept = await client.ask("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
      assert.equal(kept?.body, "1.0");
      assert.equal(kept.headers.get("connection"), "keep-alive");
      const streamed = await client.ask("GET /stream HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
      assert(streamed !== undefined);
      assert.equal(streamed.headers.get("transfer-encoding"), undefined);
      assert.equal(streamed.headers.get("connection"), "close");
      assert.equal(streamed.body, "ab");
    },
  ));

test("Expect: 100-continue is answered when the handler reads, and not when it does not", () =>
  withServer(
    {
      handler: async (request) =>
        request.path === "/no" ? { status: 403 } : { status: 200, body: await request.body.text() },
    },
    async (client) => {
      const head = "HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n";
      await client.send(`POST / ${head}`);
      assert.equal((await client.receive())?.status, 100);
      await client.send("abcde");
      assert.equal((await client.receive())?.body, "abcde");
      await client.send(`POST /no ${head}`);
      const refused = await client.receive();
      assert.equal(refused?.status, 403);
      assert.equal(refused.persistent, false); // nobody knows whether the content comes
    },
  ));

test("content that the handler leaves is dropped when it is short, and ends the connection when it is long", () =>
  withServer(
    { handler: async () => ({ status: 200, body: "hello" }), limits: { discardBytes: 1000 } },
    async (client) => {
      const post = (size: number): string =>
        `POST / HTTP/1.1\r\nHost: a\r\nContent-Length: ${size}\r\n\r\n`;
      await client.send(post(1000), "x".repeat(400));
      assert.equal((await client.receive())?.persistent, true);
      await client.send("x".repeat(600), GET);
      assert.equal((await client.receive())?.status, 200);
      await client.send(
        "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n",
      );
      assert.equal((await client.receive())?.status, 200);
      await client.send("0\r\n\r\n", GET);
      assert.equal((await client.receive())?.status, 200);
      await client.send(post(1001), "x".repeat(1001));
      assert.equal((await client.receive())?.persistent, false);
      assert.equal(await client.receive(), undefined);
    },
  ));

test("limits: 413, 414 and 431", async () => {
  const handler: Handler = async (request) => ({ status: 200, body: await request.body.bytes() });
  const limits = { bodyBytes: 100, requestLineBytes: 200, headBytes: 400, fieldCount: 5 };
  const cases = [
    [200, `POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\n${"x".repeat(100)}`],
    [413, `POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 101\r\n\r\n${"x".repeat(101)}`],
    [
      413,
      `POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n65\r\n${"x".repeat(101)}\r\n0\r\n\r\n`,
    ],
    [414, `GET /${"a".repeat(200)} HTTP/1.1\r\nHost: a\r\n\r\n`],
    [431, `GET / HTTP/1.1\r\nHost: a\r\nA: ${"a".repeat(400)}\r\n\r\n`],
    [431, `GET / HTTP/1.1\r\nHost: a\r\n${"A: b\r\n".repeat(5)}\r\n`],
  ] as const;
  for (const [status, text] of cases) {
    await withServer({ handler, limits }, async (client) => {
      assert.equal((await client.ask(text))?.status, status);
    });
  }
});

test("after 101 the connection is the handler's, with what came behind the request", () =>
  withServer(
    {
      handler: () => ({
        status: 101,
        headers: { Connection: "Upgrade", Upgrade: "echo" },
        upgrade: async (connection) => {
          for await (const line of connection.lines())
            await connection.write(`${line.toUpperCase()}\n`);
        },
      }),
    },
    async (client, server) => {
      await client.send(
        "GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\nfirst\nsec",
      );
      const response = await client.receive();
      assert.equal(response?.status, 101);
      assert.equal(response.headers.get("upgrade"), "echo");
      await client.send("ond\n");
      assert.equal(Buffer.from((await client.connection.readUntil("\n"))!).toString(), "FIRST");
      assert.equal(Buffer.from((await client.connection.readUntil("\n"))!).toString(), "SECOND");
      await client.connection.closeWrite();
      assert.equal(await client.connection.read(new Uint8Array(1)), 0);
      await sleep("1s");
      assert.equal(server.connectionCount, 0);
    },
  ));

test("large contents go both ways, plain and chunked", () =>
  withServer(
    {
      handler: async (request) => {
        const content = await request.body.bytes();
        return request.path === "/plain"
          ? { status: 200, body: content }
          : {
              status: 200,
              body: (async function* () {
                yield content;
              })(),
            };
      },
    },
    async (client) => {
      const content = Buffer.alloc(300_000, "0123456789");
      for (const path of ["/plain", "/stream"]) {
        const sending = spawn(() =>
          client.send(
            `POST ${path} HTTP/1.1\r\nHost: a\r\nContent-Length: ${content.length}\r\n\r\n`,
            content,
          ),
        );
        const response = await client.receive();
        assert.equal(response?.body, content.toString());
        await sending;
      }
    },
    3,
  ));
