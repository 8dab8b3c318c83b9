/** Redirects from origin to origin, decompression, and the pools behind a client. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { brotliCompressSync, gzipSync } from "node:zlib";
import { simulate, simulatedNetwork, sleep, spawn } from "@hotpath/runtime";
import { HttpClient, RequestError, type ClientOptions, type ClientRequest } from "@hotpath/http";
import { OK, ScriptedServer, type Peer } from "./scripted-server.ts";

interface Seen {
  readonly line: string;
  readonly head: string;
  readonly body: string;
}

/** Answers with what `routes` has for the path; remembers what came. */
function routing(
  routes: Readonly<Record<string, string>>,
  seen: Seen[],
): (peer: Peer) => Promise<void> {
  return async (peer) => {
    for (let head = await peer.head(); head !== undefined; head = await peer.head()) {
      const length = /content-length: (\d+)/.exec(head)?.[1] ?? "0";
      const body = length === "0" ? "" : await peer.bytes(Number(length));
      const line = head.split("\r\n")[0]!;
      seen.push({ line, head: head.toLowerCase(), body });
      await peer.send(
        routes[line.split(" ")[1]!] ?? "HTTP/1.1 404 No\r\ncontent-length: 0\r\n\r\n",
      );
    }
  };
}

function to(location: string, status: number = 302): string {
  return `HTTP/1.1 ${status} Go\r\nlocation: ${location}\r\ncontent-length: 4\r\n\r\naway`;
}

async function withClient(
  routes: Readonly<Record<string, string>>,
  options: ClientOptions,
  body: (client: HttpClient, origin: string, seen: Seen[]) => Promise<void>,
): Promise<void> {
  await simulate(async () => {
    const seen: Seen[] = [];
    await using server = await ScriptedServer.open(routing(routes, seen));
    await using client = new HttpClient(options);
    await body(client, server.origin, seen);
  });
}

async function refused(client: HttpClient, request: ClientRequest): Promise<RequestError> {
  try {
    await client.request(request);
  } catch (error) {
    assert.ok(error instanceof RequestError, String(error));
    return error;
  }
  return assert.fail("it was not refused");
}

test("redirects are followed on the same connection, to their last URL", async () => {
  const routes = { "/a": to("/b"), "/b": to("c?d=e", 307), "/c?d=e": OK };
  await withClient(routes, { redirect: "follow" }, async (client, origin, seen) => {
    const response = await client.request({ url: `${origin}/a#part` });
    assert.equal(await response.body.text(), "ok");
    assert.deepEqual([response.url, response.redirects], [`${origin}/c?d=e`, 2]);
    assert.deepEqual(
      seen.map(({ line }) => line),
      ["GET /a HTTP/1.1", "GET /b HTTP/1.1", "GET /c?d=e HTTP/1.1"],
    );
    assert.equal(client.stats()[origin]?.opened, 1);
  });
});

test('by default a redirect is an answer, and with "error" it is refused', async () => {
  await withClient({ "/a": to("/b") }, {}, async (client, origin) => {
    const response = await client.request({ url: `${origin}/a` });
    assert.deepEqual([response.status, response.headers.get("location")], [302, "/b"]);
    const error = await refused(client, { url: `${origin}/a`, redirect: "error" });
    assert.deepEqual([error.code, error.status, error.delivery], ["REDIRECT", 302, "unknown"]);
  });
});

test("a POST becomes a GET after 303, and is sent again after 307 when it can be", async () => {
  const routes = { "/303": to("/end", 303), "/307": to("/end", 307), "/end": OK };
  await withClient(routes, { redirect: "follow" }, async (client, origin, seen) => {
    const post = { method: "POST", body: "content", headers: { "content-type": "text/plain" } };
    await client.request({ url: `${origin}/303`, ...post });
    await client.request({ url: `${origin}/307`, ...post });
    assert.deepEqual(
      seen.map(({ line, body }) => `${line.slice(0, 9)} ${body}`),
      ["POST /303 content", "GET /end  ", "POST /307 content", "POST /end content"],
    );
    assert.ok(!seen[1]!.head.includes("content-"));
    async function* once(): AsyncGenerator<string> {
      yield "content";
    }
    const stream = { method: "POST", body: once(), contentLength: 7 };
    const error = await refused(client, { url: `${origin}/307`, ...stream });
    assert.deepEqual([error.code, error.delivery], ["REDIRECT", "unknown"]);
    const again = { method: "POST", body: once, contentLength: 7 };
    assert.equal((await client.request({ url: `${origin}/307`, ...again })).status, 200);
  });
});

test("a loop ends at the limit, and a Location that leads nowhere is refused", async () => {
  const routes = {
    "/loop": to("/loop"),
    "/odd": to("gopher://a/"),
    "/down": to("http://10.0.0.9:1/"),
  };
  await withClient(
    routes,
    { redirect: "follow", redirectLimit: 3 },
    async (client, origin, seen) => {
      assert.equal((await refused(client, { url: `${origin}/loop` })).code, "REDIRECT");
      assert.equal(seen.length, 4);
      assert.equal((await refused(client, { url: `${origin}/odd` })).code, "REDIRECT");
      const down = await refused(client, { url: `${origin}/down` });
      assert.deepEqual(
        [down.code, down.delivery],
        ["CONNECT", "unknown"],
        "the first step was answered",
      );
    },
  );
});

test("credentials do not follow to another origin", async () => {
  await simulate(async () => {
    const seen: Seen[] = [];
    await using far = await ScriptedServer.open(routing({ "/": OK }, seen));
    await using near = await ScriptedServer.open(routing({ "/": to(`${far.origin}/`) }, []));
    await using client = new HttpClient({ redirect: "follow", privateHeaders: ["X-Key"] });
    const headers = { authorization: "Basic x", cookie: "a=b", "x-key": "k", accept: "text/plain" };
    const response = await client.request({ url: near.origin, headers });
    assert.equal(response.url, `${far.origin}/`);
    const { head } = seen[0]!;
    assert.ok(head.includes("accept: text/plain"));
    for (const name of ["authorization", "cookie", "x-key"]) assert.ok(!head.includes(name), name);
    assert.equal(Object.keys(client.stats()).length, 2);
  });
});

test("the total limit is over all steps", async () => {
  const slow = async (peer: Peer): Promise<void> => {
    for (let head = await peer.head(); head !== undefined; head = await peer.head()) {
      await sleep("2s");
      await peer.send(to("/again"));
    }
  };
  await simulate(async () => {
    await using server = await ScriptedServer.open(slow);
    await using client = new HttpClient({ redirect: "follow" });
    const error = await refused(client, { url: server.origin, timeouts: { total: "5s" } });
    assert.deepEqual([error.code, error.phase, error.delivery], ["TIMEOUT", "head", "unknown"]);
  });
});

test("compressed content is asked for and undone, within a limit", async () => {
  const text = "so much to say, so much to say ".repeat(1000);
  const answer = (coding: string, bytes: Uint8Array): string =>
    `HTTP/1.1 200 OK\r\ncontent-encoding: ${coding}\r\ncontent-length: ${bytes.length}\r\n\r\n` +
    Buffer.from(bytes).toString("latin1");
  const routes = {
    "/gzip": answer("gzip", gzipSync(text)),
    "/both": answer("gzip, br", brotliCompressSync(gzipSync(text))),
    "/odd": answer("rot13", Buffer.from("uryyb")),
    "/bomb": answer("gzip", gzipSync(Buffer.alloc(10_000_000))),
    "/cut": answer("gzip", gzipSync(text).subarray(0, 50)),
  };
  const options = { decompress: true, decompressedLimitBytes: 1_000_000 };
  await withClient(routes, options, async (client, origin, seen) => {
    for (const path of ["/gzip", "/both"]) {
      const response = await client.request({ url: origin + path });
      assert.equal(response.body.sizeBytes, undefined);
      assert.equal(await response.body.text(), text);
    }
    assert.ok(seen[0]!.head.includes("accept-encoding: gzip, deflate, br, zstd"));
    assert.equal(await (await client.request({ url: `${origin}/odd` })).body.text(), "uryyb");
    for (const [path, code] of [
      ["/bomb", "LIMIT"],
      ["/cut", "CODING"],
    ] as const) {
      const response = await client.request({ url: origin + path });
      await assert.rejects(response.body.bytes(), (error: unknown) => {
        return error instanceof RequestError && error.code === code && error.status === 200;
      });
    }
    const raw = await client.request({ url: `${origin}/gzip`, decompress: false });
    assert.ok((await raw.body.bytes()).length < 1000);
    assert.ok(!seen.at(-1)!.head.includes("accept-encoding"));
    const small = await client.request({ url: `${origin}/gzip` });
    await assert.rejects(small.body.text({ limitBytes: 100 }), RequestError);
  });
});

test("a client keeps a pool for each origin, up to its limit; those that run are never dropped", async () => {
  await simulate(async () => {
    const network = simulatedNetwork();
    const slow = async (peer: Peer): Promise<void> => {
      for (let head = await peer.head(); head !== undefined; head = await peer.head()) {
        await sleep("1s");
        await peer.send(OK);
      }
    };
    await using first = await ScriptedServer.open(slow);
    await using second = await ScriptedServer.open(slow);
    await using third = await ScriptedServer.open(slow);
    await using client = new HttpClient({ origins: 2 });
    const get = async (url: string): Promise<string> => (await client.request({ url })).body.text();
    assert.equal(await get(first.origin), "ok");
    assert.equal(await get(second.origin), "ok");
    assert.equal(await get(third.origin), "ok");
    assert.deepEqual(Object.keys(client.stats()), [second.origin, third.origin]);
    const running = [second, third].map(({ origin }) => spawn(() => get(origin)));
    await sleep(10);
    await assert.rejects(get(first.origin), (error: unknown) => {
      return error instanceof RequestError && error.code === "BUSY" && error.delivery === "none";
    });
    for (const task of running) assert.equal(await task, "ok");
    assert.equal(await get(first.origin), "ok");
    await client.close();
    await sleep("1s");
    assert.equal(network.connectionCount, 0);
    await assert.rejects(get(first.origin), RequestError);
  });
});

test("a pool belongs to the client, not to the task whose request was the first", async () => {
  await withClient({ "/": OK }, {}, async (client, origin) => {
    const first = spawn(() => client.request({ url: origin }));
    assert.equal((await first).status, 200);
    assert.equal(await (await client.request({ url: origin })).body.text(), "ok");
    assert.equal(client.stats()[origin]?.opened, 1);
  });
});
