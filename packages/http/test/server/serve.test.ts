import assert from "node:assert/strict";
import { test } from "node:test";
import { run, simulate, sleep } from "@hotpath/runtime";
import { serve, type Handler } from "../../src/index.ts";
import { RawClient } from "./raw-client.ts";

const handler: Handler = async (request) => {
  switch (request.path) {
    case "/":
      return { status: 200, headers: { "content-type": "text/plain" }, body: "hello\n" };
    case "/echo":
      return { status: 200, body: await request.body.text() };
    case "/stream":
      return {
        status: 200,
        body: (async function* () {
          for (let line = 0; line < 3; line++) {
            yield `line ${line} ü\n`;
            await sleep(10);
          }
        })(),
        trailers: () => ({ "x-lines": "3" }),
      };
    default:
      return { status: 404 };
  }
};

async function exercise(): Promise<void> {
  await using server = await serve({ handler });
  await using client = await RawClient.connect(server.port);
  const hello = await client.ask("GET /?a=b HTTP/1.1\r\nHost: a\r\n\r\n");
  assert.equal(hello?.status, 200);
  assert.equal(hello.body, "hello\n");
  assert.equal(hello.headers.get("Content-Length"), "6");

  const echo = await client.ask("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nabcde");
  assert.equal(echo?.body, "abcde");
  const chunked = "POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n";
  const echoed = await client.ask(`${chunked}3\r\nabc\r\n2\r\nde\r\n0\r\nX-Sum: 1\r\n\r\n`);
  assert.equal(echoed?.body, "abcde");

  const streamed = await client.ask("GET /stream HTTP/1.1\r\nHost: a\r\n\r\n");
  assert.equal(streamed?.body, "line 0 ü\nline 1 ü\nline 2 ü\n");
  assert.equal(streamed.trailers?.get("x-lines"), "3");

  await client.send(
    "GET /1 HTTP/1.1\r\nHost: a\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n",
  );
  assert.equal((await client.receive())?.status, 404);
  assert.equal((await client.receive())?.status, 200);
  assert.equal(await client.receive(), undefined);
}

test("serve answers plain, streamed and pipelined requests on the host's network", () =>
  run(exercise));

test("serve answers the same on a simulated network that cuts and delays", async () => {
  for (let seed = 1; seed <= 20; seed++) await simulate(exercise, { seed });
});
