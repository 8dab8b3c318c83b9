/** The web's fetch on a client, beside the one that Node has. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { test } from "node:test";
import { gzipSync } from "node:zlib";
import { run } from "@hotpath/runtime";
import { HttpClient, RequestError } from "@hotpath/http";

async function withServer(
  body: (url: string, fetchers: readonly (typeof fetch)[]) => Promise<void>,
): Promise<void> {
  const server = createServer((request, response) => {
    if (request.url === "/redirect")
      return void response.writeHead(307, { location: "/echo" }).end();
    if (request.url === "/none") return void response.writeHead(204).end();
    if (request.url === "/gzip") {
      response.setHeader("content-encoding", "gzip");
      return void response.end(gzipSync("unpacked"));
    }
    if (request.url === "/hang") return;
    response.setHeader("set-cookie", ["a=1", "b=2"]);
    response.setHeader("x-type", request.headers["content-type"] ?? "none");
    response.statusMessage = "Fine";
    response.write(`${request.method} `);
    request.on("data", (chunk: Buffer) => response.write(chunk));
    request.on("end", () => response.end());
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  try {
    await run(async () => {
      await using client = new HttpClient();
      const { fetch: ours } = client;
      await body(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, [ours, fetch]);
    });
  } finally {
    server.close();
    server.closeAllConnections();
  }
}

test("bodies of every kind go there, and a web Response comes back, as Node's fetch gives it", async () => {
  const stream = (): ReadableStream<Uint8Array> =>
    ReadableStream.from([Buffer.from("stre"), Buffer.from("am")]);
  const inits: readonly (() => RequestInit)[] = [
    () => ({}),
    () => ({ method: "POST", body: "text" }),
    () => ({ method: "PUT", body: new Uint8Array([65, 66]) }),
    () => ({ method: "POST", body: new URLSearchParams({ a: "b c" }) }),
    () => ({ method: "POST", body: new Blob(["blob"], { type: "text/x" }) }),
    () => ({ method: "POST", body: stream(), duplex: "half" }),
    () => ({ method: "POST", body: "typed", headers: new Headers({ "content-type": "a/b" }) }),
  ];
  await withServer(async (url, fetchers) => {
    for (const init of inits) {
      const seen = [];
      for (const fetchIt of fetchers) {
        const response = await fetchIt(`${url}/echo`, init());
        const { status, statusText, ok, redirected, headers } = response;
        const type = headers.get("x-type");
        const cookies = headers.getSetCookie();
        const text = await response.text();
        seen.push({ status, statusText, ok, redirected, url: response.url, type, cookies, text });
      }
      assert.deepEqual(seen[0], seen[1]);
    }
  });
});

test("redirects, decompression and empty responses are as with Node's fetch", async () => {
  await withServer(async (url, fetchers) => {
    for (const fetchIt of fetchers) {
      const response = await fetchIt(`${url}/redirect`, { method: "POST", body: "again" });
      assert.deepEqual([response.url, response.redirected], [`${url}/echo`, true]);
      assert.equal(await response.text(), "POST again");
      assert.equal(await (await fetchIt(`${url}/gzip`)).text(), "unpacked");
      const none = await fetchIt(new Request(`${url}/none`));
      assert.deepEqual([none.status, none.body], [204, null]);
      const manual = await fetchIt(`${url}/redirect`, { redirect: "manual" });
      assert.equal(manual.status, 307);
      await assert.rejects(fetchIt(`${url}/redirect`, { redirect: "error" }), TypeError);
    }
  });
});

test("an abort throws its reason; other failures are a TypeError with the RequestError as cause", async () => {
  await withServer(async (url, [ours]) => {
    const reason = new Error("enough");
    await assert.rejects(ours!(url, { signal: AbortSignal.abort(reason) }), reason);
    const controller = new AbortController();
    const hanging = ours!(`${url}/hang`, { signal: controller.signal });
    setImmediate(() => controller.abort(reason));
    await assert.rejects(hanging, reason);
    await assert.rejects(ours!("http://127.0.0.1:1/"), (error: unknown) => {
      return (
        error instanceof TypeError &&
        error.cause instanceof RequestError &&
        error.cause.code === "CONNECT"
      );
    });
    await assert.rejects(ours!("nonsense"), TypeError);
  });
});
