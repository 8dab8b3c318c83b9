/** Web-standard handlers on the server: the Hono example as it is, streams both ways, clients that leave. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { connectTcp, Event, run } from "@hotpath/runtime";
import { serveFetch, type FetchHandler, type ServeFetchOptions } from "../../src/index.ts";
import { createApp } from "../../examples/31-hono.ts";

function served(
  handler: FetchHandler,
  body: (url: string, port: number) => Promise<void>,
  options: ServeFetchOptions = {},
): Promise<void> {
  return run(async () => {
    await using server = await serveFetch(handler, options);
    await body(`http://127.0.0.1:${server.port}`, server.port);
  });
}

describe("serveFetch", () => {
  test("runs a Hono app: parameters, echo of a stream, cookies, redirects, streamed text", async () => {
    const lines: string[] = [];
    await served(createApp((line) => lines.push(line)).fetch, async (url) => {
      assert.deepEqual(await (await fetch(`${url}/hello/w%C3%B6rld`)).json(), { hello: "wörld" });
      const content = new Uint8Array(300_000).map((_, i) => i);
      const echo = await fetch(`${url}/echo`, {
        method: "POST",
        body: new Blob([content]).stream(),
        duplex: "half",
      } as RequestInit);
      assert.deepEqual(new Uint8Array(await echo.arrayBuffer()), content);
      const login = await fetch(`${url}/login`, { redirect: "manual" });
      assert.equal(login.status, 303);
      assert.equal(login.headers.getSetCookie().length, 2);
      assert.equal(await (await fetch(`${url}/count/3`)).text(), "1\n2\n3\n");
      assert.equal((await fetch(`${url}/nowhere`)).status, 404);
      const head = await fetch(`${url}/hello/x`, { method: "HEAD" });
      assert.deepEqual([head.status, await head.text()], [200, ""]);
    });
    assert.ok(lines.some((line) => line.includes("/count/3")));
  });

  test("gives the handler the whole request: method, URL, headers, body", async () => {
    const handler: FetchHandler = async (request) =>
      Response.json({
        method: request.method,
        url: request.url,
        header: request.headers.get("x-one"),
        body: await request.text(),
      });
    const ask = async (url: string): Promise<unknown> => {
      const init = { method: "PUT", body: "content", headers: { "x-one": "1" } };
      return (await fetch(`${url}//a?b=c`, init)).json();
    };
    const expected = { method: "PUT", header: "1", body: "content" };
    await served(handler, async (url) => {
      assert.deepEqual(await ask(url), { ...expected, url: `${url}//a?b=c` });
    });
    await served(
      handler,
      async (url) => {
        assert.deepEqual(await ask(url), { ...expected, url: "https://shop.example//a?b=c" });
      },
      { origin: "https://shop.example" },
    );
  });

  test("a client that leaves aborts the request's signal and cancels the response's stream", async () => {
    const aborted = new Event();
    const cancelled = new Event();
    const handler: FetchHandler = (request) => {
      request.signal.addEventListener("abort", () => aborted.set());
      const body = new ReadableStream<Uint8Array>({
        pull: (controller) => controller.enqueue(new Uint8Array(65_536)),
        cancel: () => cancelled.set(),
      });
      return new Response(body);
    };
    await served(handler, async (_url, port) => {
      const client = await connectTcp({ port });
      await client.write("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
      await client.read(new Uint8Array(10));
      client.reset();
      await aborted.wait({ timeout: "10s" });
      await cancelled.wait({ timeout: "10s" });
    });
  });

  test("a request that the web standard forbids is a 400", () =>
    served(
      () => new Response("never"),
      async (_url, port) => {
        for (const head of ["TRACE / HTTP/1.1\r\nHost: x", "GET / HTTP/1.1\r\nHost: x:99999"]) {
          const client = await connectTcp({ port });
          await client.write(`${head}\r\n\r\n`);
          const line = Buffer.from((await client.readUntil("\r\n"))!).toString();
          assert.match(line, /^HTTP\/1\.1 400/, head);
          await client.close();
        }
      },
    ));

  test("a handler that throws is a 500", async () => {
    const reported: unknown[] = [];
    const options = { onError: (error: unknown) => reported.push(error) };
    const failing: FetchHandler = () => Promise.reject(new Error("broken"));
    await served(failing, async (url) => assert.equal((await fetch(url)).status, 500), options);
    assert.match(String(reported[0]), /broken/);
  });
});
