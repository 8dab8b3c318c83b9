/** Responses that are errors, that must not be sent, or that fail on the way. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { sleep } from "@hotpath/runtime";
import { HttpError, type Handler, type Response } from "../../src/index.ts";
import { GET, withServer } from "./simulated-server.ts";

test("what a handler throws becomes its own response, or a bare 500 that says nothing", async () => {
  const errors: unknown[] = [];
  const handler: Handler = async (request) => {
    if (request.path === "/a") throw new HttpError("LIMIT", 429, "too fast");
    if (request.path === "/b")
      throw Object.assign(new Error("x"), {
        toResponse: (path: string) => ({ status: 418, body: path }),
      });
    throw new Error("secret");
  };
  await withServer({ handler, onError: (error) => errors.push(error) }, async (client) => {
    const limited = await client.ask("GET /a HTTP/1.1\r\nHost: a\r\n\r\n");
    assert.equal(limited?.status, 429);
    assert.equal(JSON.parse(limited.body).detail, "too fast");
    assert.equal((await client.ask("GET /b HTTP/1.1\r\nHost: a\r\n\r\n"))?.body, "/b");
    assert.deepEqual(errors, []);
    const bare = await client.ask(GET);
    assert.equal(bare?.status, 500);
    assert.equal(bare.body, "");
    assert.match(String(errors.pop()), /secret/);
    assert.equal((await client.ask("GET /b HTTP/1.1\r\nHost: a\r\n\r\n"))?.status, 418); // the connection goes on
  });
});

test("a response that would break the framing is not sent: 500 instead", async () => {
  const responses: readonly Response[] = [
    { status: 200, headers: { "x-a": "b\r\nSet-Cookie: c=d" } },
    { status: 200, headers: { "x-a": "b\nc" } },
    { status: 200, headers: { "x-a": "b\0" } },
    { status: 200, headers: { "x-a": "\u{1f600}" } },
    { status: 200, headers: { "x-a\r\nb": "c" } },
    { status: 200, headers: { "x a": "c" } },
    { status: 200, headers: { "": "c" } },
    { status: 200, headers: { "Transfer-Encoding": "chunked" }, body: "0\r\n\r\n" },
    { status: 200, headers: { "Content-Length": "3" }, body: "hello" },
    { status: 200, headers: { "Content-Length": "5, 5" }, body: "hello" },
    undefined as unknown as Response,
    null as unknown as Response,
    {} as unknown as Response,
    { status: 99 },
    { status: 100 },
    { status: 200.5 },
    { status: 1000 },
  ];
  for (const response of responses) {
    const errors: unknown[] = [];
    await withServer(
      { handler: () => response, onError: (error) => errors.push(error) },
      async (client) => {
        await client.send(GET, GET);
        for (let count = 0; count < 2; count++) {
          const got = await client.receive();
          assert.equal(got?.status, 500, JSON.stringify(response));
          assert.equal(got.headers.get("set-cookie"), undefined);
        }
        assert.equal(errors.length, 2);
        errors.length = 0;
      },
      1,
    );
  }
});

test("a streamed body that fails, or is not as long as promised, breaks the connection", async () => {
  async function* failing(): AsyncGenerator<string> {
    yield "a";
    await sleep(1);
    throw new Error("lost");
  }
  async function* short(): AsyncGenerator<string> {
    yield "abc";
  }
  for (const response of [
    { status: 200, body: failing },
    { status: 200, headers: { "content-length": "4" }, body: short },
    { status: 200, headers: { "content-length": "2" }, body: short },
  ]) {
    const handler: Handler = () => ({ ...response, body: response.body() });
    await withServer({ handler }, async (client) => {
      await client.send(GET);
      // Either the rest never comes or the connection is reset: never a whole response.
      await assert.rejects(client.receive(), /ended|ECONNRESET|reset/);
    });
  }
});

test("a promised length is kept, for streams and for HEAD", () =>
  withServer(
    {
      handler: () => ({
        status: 200,
        headers: { "Content-Length": "6" },
        body: (async function* () {
          yield "abc";
          yield Buffer.from("def");
        })(),
      }),
    },
    async (client) => {
      const response = await client.ask(GET);
      assert.equal(response?.headers.get("content-length"), "6");
      assert.equal(response.body, "abcdef");
      const head = await client.ask("HEAD / HTTP/1.1\r\nHost: a\r\n\r\n");
      assert.equal(head?.headers.get("content-length"), "6");
      assert.equal((await client.ask(GET))?.body, "abcdef");
    },
  ));

test("204 and 304 have no content, and the next response is found", () =>
  withServer(
    { handler: (request) => ({ status: Number(request.path.slice(1)), body: "" }) },
    async (client) => {
      for (const status of [204, 304, 200]) {
        const response = await client.ask(`GET /${status} HTTP/1.1\r\nHost: a\r\n\r\n`);
        assert.equal(response?.status, status);
        assert.equal(response.headers.get("content-length"), status === 200 ? "0" : undefined);
      }
    },
  ));
