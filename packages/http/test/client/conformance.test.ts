/** The pool against servers that others wrote, and against our own: TCP, Unix sockets, real sockets. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { external, group, run } from "@hotpath/runtime";
import { HttpPool, serve, type PoolOptions, type Request, type Response } from "@hotpath/http";

interface Origin {
  readonly url: string;
  readonly options: PoolOptions;
  close(): Promise<void>;
}

const LARGE = Buffer.from(Array.from({ length: 700_000 }, (_, k) => (k * 31) % 251));

async function nodeHandler(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  const body = Buffer.concat(parts);
  const [path] = request.url!.split("?");
  if (path === "/large") return void response.end(LARGE);
  if (path === "/empty") return void response.writeHead(204).end();
  if (path === "/not-modified") return void response.writeHead(304, { etag: '"x"' }).end();
  if (path === "/trailers") {
    response.writeHead(200, { trailer: "x-sum" });
    response.write("content");
    response.addTrailers({ "x-sum": "7" });
    return void response.end();
  }
  if (path === "/close") response.setHeader("connection", "close");
  if (path === "/chunks") {
    response.write("one");
    response.write("two");
  } else response.setHeader("x-method", request.method!);
  response.end(
    `${request.method} ${request.url} ${body.length} ${String(request.headers["x-a"] ?? "")}`,
  );
}

async function nodeOrigin(unix: boolean): Promise<Origin> {
  const server = createServer((request, response) => {
    void nodeHandler(request, response);
  });
  const folder = mkdtempSync(join(tmpdir(), "http-pool-"));
  const path = join(folder, "socket");
  server.listen(unix ? path : 0);
  await once(server, "listening");
  return {
    url: unix ? "http://localhost" : `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    options: unix ? { unixPath: path } : {},
    async close() {
      server.close();
      server.closeAllConnections();
      rmSync(folder, { recursive: true });
    },
  };
}

async function ourHandler(request: Request): Promise<Response> {
  const body = await request.body.bytes({ limitBytes: 8 << 20 });
  switch (request.path) {
    case "/large":
      return { status: 200, body: LARGE };
    case "/empty":
      return { status: 204 };
    case "/not-modified":
      return { status: 304, headers: { etag: '"x"' } };
    case "/trailers":
      return { status: 200, body: parts("content"), trailers: () => ({ "x-sum": "7" }) };
    default: {
      const text = `${request.method} ${request.target} ${body.length} ${request.headers.get("x-a") ?? ""}`;
      if (request.path === "/chunks") return { status: 200, body: parts("one", "two", text) };
      const headers = request.path === "/close" ? { connection: "close" } : {};
      return { status: 200, headers: { ...headers, "x-method": request.method }, body: text };
    }
  }
}

async function* parts(...texts: readonly string[]): AsyncGenerator<string> {
  yield* texts;
}

async function ourOrigin(unix: boolean): Promise<Origin> {
  const folder = mkdtempSync(join(tmpdir(), "http-pool-"));
  const path = join(folder, "socket");
  const server = await serve({ handler: ourHandler, listen: unix ? { path } : {} });
  return {
    url: unix ? "http://localhost" : `http://127.0.0.1:${server.port}`,
    options: unix ? { unixPath: path } : {},
    async close() {
      await server.close();
      rmSync(folder, { recursive: true });
    },
  };
}

const ORIGINS = {
  "node:http": () => nodeOrigin(false),
  "node:http on a Unix socket": () => nodeOrigin(true),
  "serve()": () => ourOrigin(false),
  "serve() on a Unix socket": () => ourOrigin(true),
} as const;

for (const [name, open] of Object.entries(ORIGINS)) {
  const withPool = (options: PoolOptions, body: (pool: HttpPool) => Promise<void>) =>
    run(async () => {
      const origin = await open();
      try {
        await using pool = new HttpPool(origin.url, { ...options, ...origin.options });
        await body(pool);
      } finally {
        await external(origin.close());
      }
    });

  test(`${name}: methods, fields and bodies go there and come back`, async () => {
    await withPool({ connections: 2 }, async (pool) => {
      const text = async (request: Parameters<HttpPool["request"]>[0]): Promise<string> =>
        (await pool.request(request)).body.text();
      assert.equal(await text({ path: "/a?b=c", headers: { "X-A": "1" } }), "GET /a?b=c 0 1");
      assert.equal(await text({ path: "/", method: "POST", body: "héllo" }), "POST / 6 ");
      assert.equal(await text({ path: "/", method: "POST" }), "POST / 0 ");
      assert.equal(await text({ path: "/", method: "PUT", body: LARGE }), "PUT / 700000 ");
      assert.equal(
        await text({ path: "/", method: "PATCH", body: "x".repeat(20_000) }),
        "PATCH / 20000 ",
      );
      const stream = (): AsyncGenerator<string> => parts("ab", "", "cde");
      assert.equal(await text({ path: "/", method: "POST", body: stream }), "POST / 5 ");
      const sized = { method: "POST", body: stream(), contentLength: 5 } as const;
      assert.equal(await text({ path: "/", ...sized }), "POST / 5 ");
      const two = { "x-a": ["1", "2"] } as const;
      assert.equal(await text({ path: "/", headers: two }), "GET / 0 1, 2");
      assert.equal(await text({ path: "/", method: "DELETE" }), "DELETE / 0 ");
      assert.equal(pool.stats().opened, 1, "all on one connection");
    });
  });

  test(`${name}: responses without content, in chunks, with trailers, large, and the last one`, async () => {
    await withPool({ connections: 1 }, async (pool) => {
      for (const path of ["/empty", "/not-modified"]) {
        const response = await pool.request({ path });
        assert.equal((await response.body.bytes()).length, 0);
        assert.deepEqual(
          [response.status, response.body.sizeBytes],
          [path === "/empty" ? 204 : 304, 0],
        );
      }
      const head = await pool.request({ path: "/", method: "HEAD" });
      assert.equal(head.headers.get("x-method"), "HEAD");
      assert.equal(await head.body.text(), "");
      const chunks = await pool.request({ path: "/chunks" });
      assert.equal(await chunks.body.text(), "onetwoGET /chunks 0 ");
      const trailing = await pool.request({ path: "/trailers" });
      assert.equal(await trailing.body.text(), "content");
      assert.equal(trailing.body.trailers?.get("x-sum"), "7");
      const large = await pool.request({ path: "/large" });
      assert.equal(large.body.sizeBytes, LARGE.length);
      assert.deepEqual(Buffer.from(await large.body.bytes()), LARGE);
      const streamed = await pool.request({ path: "/large" });
      let sizeBytes = 0;
      for await (const chunk of streamed.body) {
        assert.ok(chunk.every((byte, k) => byte === LARGE[sizeBytes + k]));
        sizeBytes += chunk.length;
      }
      assert.equal(sizeBytes, LARGE.length);
      assert.equal(pool.stats().opened, 1, "all on one connection");
      await assert.rejects(streamed.body.bytes(), TypeError);
      assert.equal((await pool.request({ path: "/close" })).headers.get("connection"), "close");
      assert.equal(pool.stats().connections, 0);
    });
  });

  test(`${name}: a body that is left in the middle costs its connection, and nothing else`, async () => {
    await withPool({ connections: 1 }, async (pool) => {
      const left = await pool.request({ path: "/large" });
      for await (const chunk of left.body) {
        assert.ok(chunk.length > 0);
        break;
      }
      assert.equal(pool.stats().connections, 0);
      {
        await using unread = await pool.request({ path: "/large" });
        assert.equal(unread.ok, true);
      }
      assert.equal(await (await pool.request({ path: "/" })).body.text(), "GET / 0 ");
      assert.equal(pool.stats().opened, 3);
    });
  });

  test(`${name}: many requests at once share few connections, also pipelined`, async () => {
    for (const pipeline of [1, 8]) {
      await withPool({ connections: 3, pipeline }, async (pool) => {
        await group(async (tasks) => {
          for (let k = 0; k < 300; k++) {
            tasks.spawn(async () => {
              const method = k % 7 === 0 ? "POST" : "GET";
              const path = k % 50 === 0 ? "/large" : `/${k}`;
              const response = await pool.request({ path, method });
              if (path === "/large")
                assert.equal((await response.body.bytes()).length, LARGE.length);
              else assert.equal(await response.body.text(), `${method} /${k} 0 `);
            });
          }
        });
        const { opened, connections, idle, running } = pool.stats();
        assert.deepEqual([opened, connections, idle, running], [3, 3, 3, 0]);
      });
    }
  });

  test(`${name}: Expect: 100-continue sends the body when it is asked for`, async () => {
    await withPool({}, async (pool) => {
      const request = { path: "/", method: "POST", body: "x".repeat(50_000), expectContinue: true };
      assert.equal(await (await pool.request(request)).body.text(), "POST / 50000 ");
    });
  });
}
