/** Who gets which connection, who waits, and when connections are closed. */
import assert from "node:assert/strict";
import { test } from "node:test";
import {
  group,
  monotonic,
  simulate,
  simulatedNetwork,
  sleep,
  spawn,
  TimeoutError,
} from "@hotpath/runtime";
import { HttpPool, RequestError, type PoolOptions } from "@hotpath/http";
import { answering, OK, ScriptedServer, type Peer } from "./scripted-server.ts";

async function withPool(
  script: (peer: Peer) => Promise<void>,
  options: PoolOptions,
  body: (pool: HttpPool, server: ScriptedServer) => Promise<void>,
): Promise<void> {
  await simulate(async () => {
    await using server = await ScriptedServer.open(script);
    await using pool = new HttpPool(server.origin, options);
    await body(pool, server);
  });
}

async function text(pool: HttpPool, path: string, method: string = "GET"): Promise<string> {
  const response = await pool.request({ path, method });
  return response.body.text();
}

/** Answers each request with its path after a second; tells what it saw. */
function slowEcho(seen: string[] = []): (peer: Peer) => Promise<void> {
  return async (peer) => {
    for (let head = await peer.head(); head !== undefined; head = await peer.head()) {
      const path = head.split(" ")[1]!;
      seen.push(path);
      await sleep("1s");
      await peer.send(`HTTP/1.1 200 OK\r\ncontent-length: ${path.length}\r\n\r\n${path}`);
    }
  };
}

function coded(code: string, phase: string): (error: unknown) => boolean {
  return (error) =>
    error instanceof RequestError &&
    error.code === code &&
    error.phase === phase &&
    error.delivery === "none";
}

test("no more connections than allowed, and those who wait are served in order", async () => {
  const seen: string[] = [];
  await withPool(slowEcho(seen), { connections: 2 }, async (pool, server) => {
    await group(async (tasks) => {
      for (let k = 0; k < 7; k++) {
        tasks.spawn(() => text(pool, `/${k}`));
        await sleep(1);
      }
      assert.deepEqual([pool.stats().waiting, pool.stats().running], [5, 7]);
    });
    assert.deepEqual(seen, ["/0", "/1", "/2", "/3", "/4", "/5", "/6"]);
    assert.equal(server.accepted, 2);
  });
});

test("the line has a limit: BUSY, surely not sent; who gives up leaves it", async () => {
  await withPool(slowEcho(), { connections: 1, queueLimit: 2 }, async (pool) => {
    const first = spawn(() => text(pool, "/1"));
    await sleep(1);
    const second = spawn(() => text(pool, "/2"));
    const third = spawn(() => text(pool, "/3"));
    await sleep(1);
    await assert.rejects(text(pool, "/4"), coded("BUSY", "queue"));
    await second.cancel();
    const fifth = spawn(() => text(pool, "/5"));
    assert.deepEqual([await first, await third, await fifth], ["/1", "/3", "/5"]);
    assert.equal(pool.stats().refused, 1);
  });
});

test("a waiter takes the connection that is free first, not the one that is being made for it", async () => {
  await simulate(async () => {
    await using server = await ScriptedServer.open(slowEcho());
    await using pool = new HttpPool(server.origin, { connections: 2 });
    assert.equal(await text(pool, "/a"), "/a");
    const busy = spawn(() => text(pool, "/b"));
    await sleep(10);
    // From now on connecting takes six seconds, and the connection that is there stays quick.
    simulatedNetwork().change({ latencyMs: [3000, 3000] });
    const startMs = monotonic();
    const waiting = spawn(() => text(pool, "/c"));
    await sleep(1);
    simulatedNetwork().change({ latencyMs: [0.1, 0.5] });
    assert.deepEqual([await busy, await waiting], ["/b", "/c"]);
    assert.ok(monotonic() - startMs < 5000);
    await sleep("2m");
    assert.equal(server.accepted, 2, "the other one was made all the same, and then closed");
    assert.equal(pool.stats().connections, 0);
  });
});

test("every waiter hears of a server that cannot be reached", async () => {
  await simulate(async () => {
    await using pool = new HttpPool("http://10.0.0.9:1", { connections: 2 });
    const results = await Promise.allSettled([1, 2, 3, 4, 5].map((k) => text(pool, `/${k}`)));
    for (const result of results) {
      assert.ok(result.status === "rejected" && coded("CONNECT", "connect")(result.reason));
    }
    assert.deepEqual(
      [pool.stats().dialing, pool.stats().waiting, pool.stats().dialFailures],
      [0, 0, 5],
    );
  });
});

test("an idle connection is closed after its time, or a second before the server's", async () => {
  const hinted = "HTTP/1.1 200 OK\r\nKeep-Alive: timeout=3, max=100\r\ncontent-length: 2\r\n\r\nok";
  for (const [answer, openMs] of [
    [OK, 6000],
    [hinted, 2000],
  ] as const) {
    await simulate(async () => {
      await using server = await answering(answer);
      await using pool = new HttpPool(server.origin, { keepAlive: "6s" });
      assert.equal(await text(pool, "/"), "ok");
      await sleep(openMs - 100);
      assert.equal(pool.stats().idle, 1, answer);
      await sleep(200);
      assert.deepEqual([pool.stats().connections, pool.stats().closed], [0, 1], answer);
    });
  }
});

test("a server's max and the pool's own age limit retire a connection", async () => {
  const two = "HTTP/1.1 200 OK\r\nkeep-alive: max=2\r\ncontent-length: 2\r\n\r\nok";
  await simulate(async () => {
    await using server = await answering(two);
    await using pool = new HttpPool(server.origin);
    for (let k = 0; k < 6; k++) assert.equal(await text(pool, "/"), "ok");
    assert.equal(server.accepted, 2);
  });
  await simulate(async () => {
    await using server = await answering();
    await using pool = new HttpPool(server.origin, { connectionAge: "10s", keepAlive: "1h" });
    for (let k = 0; k < 30; k++) {
      assert.equal(await text(pool, "/"), "ok");
      await sleep("1s");
    }
    assert.equal(server.accepted, 3);
  });
});

test("pipelining: what is idempotent goes behind what runs; a POST goes alone", async () => {
  const seen: string[] = [];
  await withPool(slowEcho(seen), { connections: 1, pipeline: 3 }, async (pool) => {
    const order: string[] = [];
    await group(async (tasks) => {
      const send = async (path: string, method: string = "GET"): Promise<void> => {
        tasks.spawn(async () => void order.push(await text(pool, path, method)));
        await sleep(1);
      };
      for (const path of ["/1", "/2", "/3", "/4"]) await send(path);
      assert.equal(pool.stats().waiting, 1, "three at most");
      await send("/5", "POST");
      await send("/6");
      await sleep(3500);
      assert.equal(
        pool.stats().waiting,
        2,
        "the POST waits for an idle connection, and nobody passes it",
      );
    });
    assert.deepEqual(order, ["/1", "/2", "/3", "/4", "/5", "/6"]);
    assert.deepEqual(seen, order);
  });
});

test("pipelining: one that is given up is passed over; its connection lives for the others", async () => {
  await withPool(slowEcho(), { connections: 1, pipeline: 4 }, async (pool, server) => {
    const tasks = ["/1", "/2", "/3"].map((path) => spawn(() => text(pool, path)));
    await sleep(100);
    await tasks[1]!.cancel();
    assert.deepEqual([await tasks[0], await tasks[2]], ["/1", "/3"]);
    assert.equal(server.accepted, 1);
    const more = ["/4", "/5"].map((path) => spawn(() => text(pool, path)));
    await sleep(100);
    for (const task of more) await task.cancel();
    await sleep(100);
    assert.equal(pool.stats().connections, 0, "when all are given up there is nothing to wait for");
  });
});

test("pipelining: when the connection breaks, those behind the answered one are sent again", async () => {
  let broken = false;
  const breaking = async (peer: Peer): Promise<void> => {
    for (let head = await peer.head(); head !== undefined; head = await peer.head()) {
      await peer.send(OK);
      if (broken) continue;
      broken = true;
      await sleep(100);
      return peer.connection.reset();
    }
  };
  await withPool(breaking, { connections: 1, pipeline: 4 }, async (pool, server) => {
    const tasks = ["/1", "/2", "/3"].map((path) => spawn(() => text(pool, path)));
    for (const task of tasks) assert.equal(await task, "ok");
    assert.deepEqual([server.accepted, pool.stats().staleRepeats], [2, 2]);
  });
});

test("close() lets run what runs, refuses what comes, and closes what is idle", async () => {
  await withPool(slowEcho(), { connections: 2 }, async (pool) => {
    const running = spawn(() => text(pool, "/1"));
    await sleep(10);
    const closing = spawn(() => pool.close());
    await sleep(10);
    await assert.rejects(text(pool, "/2"), coded("CLOSED", "queue"));
    assert.equal(await running, "/1");
    await closing;
    assert.equal(pool.stats().connections, 0);
  });
  await withPool(slowEcho(), {}, async (pool) => {
    const running = spawn(() => text(pool, "/1").catch((error: unknown) => error));
    await sleep(10);
    await assert.rejects(pool.close({ timeout: 100 }), TimeoutError);
    const error = await running;
    assert.ok(
      error instanceof RequestError && error.code === "CLOSED" && error.delivery === "unknown",
    );
  });
});

test("retries: a refused connection is tried again, an answer 503 after as long as it says", async () => {
  let refusals = 2;
  const recovering = async (peer: Peer): Promise<void> => {
    for (let head = await peer.head(); head !== undefined; head = await peer.head()) {
      const refuses = refusals-- > 0;
      const later = "HTTP/1.1 503 Later\r\nretry-after: 2\r\ncontent-length: 0\r\n\r\n";
      await peer.send(refuses ? later : OK);
    }
  };
  await withPool(recovering, { retry: { limit: 3 } }, async (pool) => {
    const startMs = monotonic();
    assert.equal(await text(pool, "/"), "ok");
    const tookMs = monotonic() - startMs;
    assert.ok(tookMs >= 4000 && tookMs < 4100, `${tookMs} ms`);
    assert.equal(pool.stats().retries, 2);
    refusals = 1;
    const post = await pool.request({ path: "/", method: "POST" });
    assert.equal(post.status, 503, "a POST is not sent again because of its answer");
    refusals = 1;
    const late = await pool.request({ path: "/", retry: { limit: 1, most: "1s" } });
    assert.equal(late.status, 503, "who is told to wait longer than it may answers with that");
  });
  await simulate(async () => {
    await using pool = new HttpPool("http://127.0.0.1:4000", { retry: { limit: 50, most: "1s" } });
    const post = spawn(() => text(pool, "/", "POST"));
    await sleep("3s");
    await using _server = await ScriptedServer.open(async (peer) => {
      await peer.head();
      await peer.send(OK);
    }, 4000);
    assert.equal(await post, "ok", "what surely was not sent may be tried again, also a POST");
  });
});

test("options that cannot be are refused at once", () => {
  for (const options of [
    { connections: 0 },
    { pipeline: 0 },
    { pipeline: 1e6 },
    { queueLimit: -1 },
  ]) {
    assert.throws(() => new HttpPool("http://a", options), RangeError);
  }
  for (const origin of ["ftp://a", "a", "http://u:p@a/"]) {
    assert.throws(() => new HttpPool(origin), TypeError);
  }
});
