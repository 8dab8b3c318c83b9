/** What a pool says, and what it does to the connection, when something goes wrong in each phase. */
import assert from "node:assert/strict";
import { test } from "node:test";
import {
  isCancelled,
  monotonic,
  moveOnAfter,
  simulate,
  simulatedNetwork,
  sleep,
  spawn,
} from "@hotpath/runtime";
import { HttpPool, RequestError, type PoolOptions, type PoolRequest } from "@hotpath/http";
import { answering, OK, ScriptedServer, type Peer } from "./scripted-server.ts";

type Script = (peer: Peer) => Promise<void>;

async function withPool(
  script: Script,
  body: (pool: HttpPool, server: ScriptedServer) => Promise<void>,
  options: PoolOptions = {},
): Promise<void> {
  await simulate(async () => {
    await using server = await ScriptedServer.open(script);
    await using pool = new HttpPool(server.origin, options);
    await body(pool, server);
  });
}

async function failure(pool: HttpPool, request: Partial<PoolRequest> = {}): Promise<RequestError> {
  try {
    const response = await pool.request({ path: "/", ...request });
    await response.body.bytes();
  } catch (error) {
    assert.ok(error instanceof RequestError, String(error));
    return error;
  }
  return assert.fail("the request succeeded");
}

function facts(error: RequestError): readonly [string, string, string, number | undefined] {
  return [error.code, error.phase, error.delivery, error.status];
}

const POST = { method: "POST", body: "payment" } as const;
const silent: Script = (peer) => peer.gone();

test("nobody listens: CONNECT, surely not sent", async () => {
  await simulate(async () => {
    await using pool = new HttpPool("http://10.0.0.9:1");
    const error = await failure(pool, POST);
    assert.deepEqual(facts(error), ["CONNECT", "connect", "none", undefined]);
    assert.match(error.message, /10\.0\.0\.9:1.*ECONNREFUSED/);
    assert.equal(error.retryable, true);
    assert.equal(pool.stats().dialFailures, 1);
  });
});

test("a silent network: the connect and queue limits end the wait, surely not sent", async () => {
  await simulate(async () => {
    simulatedNetwork().partition(["127.0.0.1"], ["10.0.0.9"]);
    const timeouts = { connect: "2s", queue: "5s" } as const;
    await using pool = new HttpPool("http://10.0.0.9:1", { timeouts, connections: 1 });
    assert.deepEqual(facts(await failure(pool)), ["TIMEOUT", "connect", "none", undefined]);
    const waiting = await failure(pool, { timeouts: { queue: "1s" } });
    assert.deepEqual(facts(waiting), ["TIMEOUT", "queue", "none", undefined]);
    assert.deepEqual(facts(await failure(pool, { timeouts: { total: 10 } })), facts(waiting));
  });
});

test("a reset before any byte of the response: RESET, maybe processed", async () => {
  const reset: Script = async (peer) => {
    await peer.head();
    peer.connection.reset();
  };
  await withPool(reset, async (pool, server) => {
    assert.deepEqual(facts(await failure(pool, POST)), ["RESET", "head", "unknown", undefined]);
    // On a connection that was new nothing is repaired, not even for GET.
    assert.deepEqual(facts(await failure(pool)), ["RESET", "head", "unknown", undefined]);
    assert.equal(server.accepted, 2);
  });
});

test("an end in the middle of the head or the body: END, maybe processed", async () => {
  const cut =
    (text: string): Script =>
    async (peer) => {
      await peer.head();
      await peer.send(text);
    };
  await withPool(cut(OK.slice(0, 20)), async (pool) => {
    assert.deepEqual(facts(await failure(pool)), ["END", "head", "unknown", undefined]);
  });
  await withPool(cut("HTTP/1.1 201 Made\r\ncontent-length: 9\r\n\r\npart"), async (pool) => {
    assert.deepEqual(facts(await failure(pool)), ["END", "body", "unknown", 201]);
  });
  const chunked = "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n4\r\npart\r\n";
  await withPool(cut(chunked), async (pool) => {
    assert.deepEqual(facts(await failure(pool)), ["END", "body", "unknown", 200]);
  });
  await withPool(cut(chunked + "xyz\r\n"), async (pool) => {
    assert.deepEqual(facts(await failure(pool)), ["PROTOCOL", "body", "unknown", 200]);
  });
});

test("a stall in each phase ends at its limit, and the connection is closed", async () => {
  const ended: string[] = [];
  const stall =
    (name: string, text: string): Script =>
    async (peer) => {
      await peer.head();
      await peer.send(text);
      await peer.gone();
      ended.push(name);
    };
  const timeouts = { head: "3s", body: "4s", send: "5s" } as const;
  const cases = [
    ["head", ""],
    ["head", "HTTP/1.1 200 OK\r\nx: "],
    ["body", "HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nxx"],
  ] as const;
  for (const [phase, text] of cases) {
    await withPool(
      stall(phase, text),
      async (pool) => {
        const error = await failure(pool, POST);
        const status = phase === "body" ? 200 : undefined;
        assert.deepEqual(facts(error), ["TIMEOUT", phase, "unknown", status]);
        await sleep("1s");
        assert.equal(pool.stats().connections, 0);
      },
      { timeouts },
    );
  }
  assert.deepEqual(ended, ["head", "head", "body"]);
});

test("a server that does not read: the send limit, maybe processed", async () => {
  const deaf: Script = async () => sleep("1h");
  await withPool(
    deaf,
    async (pool) => {
      const request = { method: "POST", body: Buffer.alloc(1 << 20) };
      const error = await failure(pool, { ...request, timeouts: { send: "2s" } });
      assert.deepEqual(facts(error), ["TIMEOUT", "send", "unknown", undefined]);
      const late = await failure(pool, { ...request, timeouts: { total: "1s" } });
      assert.deepEqual(facts(late), ["TIMEOUT", "send", "unknown", undefined]);
      assert.match(late.message, /total/);
    },
    {},
  );
});

test("the total limit covers head and body together", async () => {
  const slow: Script = async (peer) => {
    await peer.head();
    await sleep("2s");
    await peer.send("HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n");
    for (let k = 0; k < 9; k++) {
      await sleep("1s");
      await peer.send("x");
    }
  };
  await withPool(slow, async (pool) => {
    const error = await failure(pool, { timeouts: { total: "5s" } });
    assert.deepEqual(facts(error), ["TIMEOUT", "body", "unknown", 200]);
  });
});

test("a kept connection that was closed meanwhile is replaced, without the caller noticing", async () => {
  const once: Script = async (peer) => {
    await peer.head();
    await peer.send(OK);
  };
  await withPool(once, async (pool, server) => {
    for (let k = 0; k < 3; k++) {
      const response = await pool.request({ path: "/", ...POST });
      assert.equal(await response.body.text(), "ok");
      await sleep("100ms");
    }
    assert.equal(server.accepted, 3);
  });
});

test("keep-alive race: a GET is sent again on a new connection, a POST is not", async () => {
  const racing: Script = async (peer) => {
    await peer.head();
    await peer.send(OK);
    if (peer.index === 0 || peer.index === 2) {
      await peer.head();
      peer.connection.reset();
    } else await peer.gone();
  };
  await withPool(racing, async (pool, server) => {
    assert.equal(await (await pool.request({ path: "/" })).body.text(), "ok");
    assert.equal(await (await pool.request({ path: "/" })).body.text(), "ok");
    assert.deepEqual([server.accepted, pool.stats().staleRepeats], [2, 1]);
  });
  await withPool(racing, async (pool, server) => {
    assert.equal(await (await pool.request({ path: "/" })).body.text(), "ok");
    assert.deepEqual(facts(await failure(pool, POST)), ["RESET", "head", "unknown", undefined]);
    assert.deepEqual([server.accepted, pool.stats().staleRepeats], [1, 0]);
  });
  await withPool(racing, async (pool) => {
    assert.equal(await (await pool.request({ path: "/" })).body.text(), "ok");
    const body = (async function* () {
      yield "once";
    })();
    const error = await failure(pool, { method: "PUT", body });
    assert.equal(error.delivery, "unknown", "a stream cannot be sent again");
  });
});

test("an early response is returned while the request is being sent, and the connection not kept", async () => {
  const early: Script = async (peer) => {
    await peer.head();
    await peer.send("HTTP/1.1 413 No\r\ncontent-length: 3\r\n\r\nbig");
    await peer.gone();
  };
  await withPool(early, async (pool, server) => {
    let pieces = 0;
    let closed = false;
    const body = async function* (): AsyncGenerator<Uint8Array> {
      try {
        for (;;) {
          pieces++;
          yield new Uint8Array(1000);
          await sleep(10);
        }
      } finally {
        closed = true;
      }
    };
    const response = await pool.request({ path: "/", method: "POST", body });
    assert.equal(response.status, 413);
    assert.equal(await response.body.text(), "big");
    const sent = pieces;
    await sleep("10s");
    assert.ok(pieces - sent <= 1, "the rest of the body was not asked for");
    assert.ok(closed, "the source was told");
    assert.equal(pool.stats().connections, 0);
    assert.equal(server.accepted, 1);
  });
});

test("a refusal that the server sends before it closes is read, although sending fails", async () => {
  const refusing: Script = async (peer) => {
    await peer.head();
    await peer.send("HTTP/1.1 401 No\r\nconnection: close\r\ncontent-length: 0\r\n\r\n");
    await peer.connection.closeWrite();
    await sleep(50);
  };
  await withPool(refusing, async (pool) => {
    const response = await pool.request({ path: "/", method: "POST", body: Buffer.alloc(1 << 20) });
    assert.equal(response.status, 401);
  });
});

test("a request whose stream fails or has the wrong length is SOURCE, and its connection is closed", async () => {
  const unread: Script = async (peer) => {
    await peer.gone();
  };
  const failing = async function* (): AsyncGenerator<string> {
    yield "part";
    throw new Error("disk");
  };
  const parts = async function* (): AsyncGenerator<string> {
    yield "12345";
  };
  await withPool(unread, async (pool) => {
    const error = await failure(pool, { method: "POST", body: failing });
    assert.deepEqual(facts(error), ["SOURCE", "send", "unknown", undefined]);
    assert.match((error.cause as Error).message, /disk/);
    for (const contentLength of [4, 6]) {
      const wrong = await failure(pool, { method: "POST", body: parts, contentLength });
      assert.deepEqual(facts(wrong), ["SOURCE", "send", "unknown", undefined]);
    }
    assert.equal(pool.stats().connections, 0);
  });
});

test("cancelling closes the exchange's connection and no other", async () => {
  const seen: string[] = [];
  const waiting: Script = async (peer) => {
    const head = await peer.head();
    const path = head!.split(" ")[1]!;
    if (path === "/kept") {
      await sleep("5s");
      await peer.send(OK);
    }
    await peer.gone();
    seen.push(path);
  };
  await withPool(waiting, async (pool) => {
    const kept = spawn(async () => (await pool.request({ path: "/kept" })).body.text());
    const given = spawn(() => pool.request({ path: "/given" }));
    await sleep("1s");
    assert.equal(pool.stats().connections, 2);
    await given.cancel();
    await sleep("1s");
    assert.deepEqual(seen, ["/given"]);
    assert.equal(await kept, "ok");
    assert.equal(pool.stats().connections, 1);
  });
});

test("an AbortSignal: ABORTED with its reason, and whether the request was sent", async () => {
  await withPool(silent, async (pool) => {
    const reason = new Error("enough");
    const early = await failure(pool, { signal: AbortSignal.abort(reason) });
    assert.deepEqual(
      [...facts(early), early.cause],
      ["ABORTED", "queue", "none", undefined, reason],
    );
    const controller = new AbortController();
    const stopper = spawn(async () => {
      await sleep("1s");
      controller.abort(reason);
    });
    const late = await failure(pool, { signal: controller.signal });
    assert.deepEqual(
      [...facts(late), late.cause],
      ["ABORTED", "head", "unknown", undefined, reason],
    );
    await stopper;
    assert.equal(pool.stats().connections, 0);
  });
});

test("a timeout around the call cancels it, in whatever phase it is", async () => {
  await withPool(silent, async (pool) => {
    const moved = await moveOnAfter("1s", () => pool.request({ path: "/" }));
    assert.equal(moved.kind, "timeout");
    assert.equal(isCancelled(), false);
    await sleep("1s");
    assert.deepEqual([pool.stats().connections, pool.stats().running], [0, 0]);
  });
});

test("bytes that nobody asked for close the connection", async () => {
  const eager: Script = async (peer) => {
    await peer.head();
    await peer.send(OK);
    await sleep("1s");
    await peer.send(OK);
    await peer.gone();
  };
  await withPool(eager, async (pool, server) => {
    assert.equal(await (await pool.request({ path: "/" })).body.text(), "ok");
    await sleep("2s");
    assert.equal(pool.stats().connections, 0);
    assert.equal(await (await pool.request({ path: "/" })).body.text(), "ok");
    assert.equal(server.accepted, 2);
  });
});

test("what is no response to this request is PROTOCOL", async () => {
  const answers: readonly string[] = [
    "SSH-2.0-OpenSSH_9.2p1\r\n",
    "HTTP/2 200 OK\r\n\r\n",
    "HTTP/1.1 20 OK\r\n\r\n",
    "HTTP/1.1 200 OK\ncontent-length: 0\n\n",
    "HTTP/1.1 200 OK\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\n",
    "HTTP/1.1 200 OK\r\ncontent-length: 1\r\ntransfer-encoding: chunked\r\n\r\n",
    "HTTP/1.1 200 OK\r\ntransfer-encoding: gzip\r\n\r\n",
    "HTTP/1.1 101 Switching Protocols\r\nupgrade: x\r\n\r\n",
    `${"HTTP/1.1 103 Early\r\n\r\n".repeat(30)}${OK}`,
    `HTTP/1.1 200 OK\r\nx: ${"y".repeat(40_000)}\r\n\r\n`,
    "HTTP/1.1 200 OK\r\n x: folded\r\n\r\n",
  ];
  for (const text of answers) {
    const script: Script = async (peer) => {
      await peer.head();
      await peer.send(text);
      await peer.gone();
    };
    await withPool(script, async (pool) => {
      assert.deepEqual(
        facts(await failure(pool)),
        ["PROTOCOL", "head", "unknown", undefined],
        text,
      );
      assert.equal(pool.stats().connections, 0);
    });
  }
});

test("interim responses are passed over, and a body that ends with the connection is whole", async () => {
  const script: Script = async (peer) => {
    await peer.head();
    await peer.send("HTTP/1.1 103 Early Hints\r\nlink: x\r\n\r\nHTTP/1.1 100 Continue\r\n\r\n");
    await peer.send("HTTP/1.0 200 OK\r\n\r\nuntil the end");
  };
  await withPool(script, async (pool) => {
    const response = await pool.request({ path: "/" });
    assert.equal(response.httpVersion, "1.0");
    assert.equal(await response.body.text(), "until the end");
    assert.equal(pool.stats().connections, 0);
  });
});

test("a response that nobody reads gives its connection back after the body limit", async () => {
  const large: Script = async (peer) => {
    await peer.head();
    await peer
      .send(`HTTP/1.1 200 OK\r\ncontent-length: 1000000\r\n\r\n${"x".repeat(300_000)}`)
      .catch(() => {});
    await peer.gone();
  };
  await withPool(
    large,
    async (pool) => {
      const forgotten = await pool.request({ path: "/" });
      assert.equal(pool.stats().connections, 1);
      const next = spawn(() => pool.request({ path: "/" }));
      await sleep("61s");
      (await next).close();
      await assert.rejects(forgotten.body.bytes(), (error: unknown) => {
        return error instanceof RequestError && error.code === "TIMEOUT" && error.phase === "body";
      });
      assert.equal(pool.stats().connections, 0);
    },
    { connections: 1, timeouts: { body: "30s", queue: "2m" } },
  );
});

test("a half-closed client side is not needed: the server may end first and answer on", async () => {
  await simulate(async () => {
    await using server = await answering(
      "HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: 2\r\n\r\nok",
    );
    await using pool = new HttpPool(server.origin);
    for (let k = 0; k < 3; k++) {
      assert.equal(await (await pool.request({ path: "/" })).body.text(), "ok");
      assert.equal(pool.stats().connections, 0);
    }
  });
});

test("Expect: a body is sent when it is asked for, when nobody says anything, and not after a refusal", async () => {
  const bodies: string[] = [];
  const answering =
    (before: string, after: string): Script =>
    async (peer) => {
      assert.match((await peer.head())!, /expect: 100-continue/);
      await sleep(100);
      await peer.send(before);
      if (after === "") return peer.gone();
      bodies.push(await peer.bytes(7));
      await peer.send(after);
      await peer.gone();
    };
  const request = { path: "/", ...POST, expectContinue: true };
  await withPool(answering("HTTP/1.1 100 Continue\r\n\r\n", OK), async (pool) => {
    assert.equal((await pool.request(request)).status, 200);
  });
  await withPool(answering("", OK), async (pool) => {
    const startMs = monotonic();
    assert.equal((await pool.request(request)).status, 200);
    assert.ok(monotonic() - startMs >= 1000, "as long as continueWait says");
  });
  assert.deepEqual(bodies, ["payment", "payment"]);
  await withPool(answering("HTTP/1.1 417 No\r\ncontent-length: 0\r\n\r\n", ""), async (pool) => {
    assert.equal((await pool.request(request)).status, 417);
    assert.equal(pool.stats().connections, 0, "the body that was announced never comes");
  });
});

test("an upgrade gives the caller the connection, with what came behind the head", async () => {
  const switching: Script = async (peer) => {
    assert.match((await peer.head())!, /connection: upgrade\r\nupgrade: echo$/);
    await peer.send("HTTP/1.1 101 Switching Protocols\r\nupgrade: echo\r\n\r\nhello ");
    await peer.send(await peer.bytes(5));
    await peer.gone();
  };
  await withPool(switching, async (pool) => {
    const response = await pool.request({ path: "/", upgrade: "echo" });
    assert.equal(response.status, 101);
    await using connection = response.connection!;
    assert.equal(pool.stats().connections, 0, "it is the pool's no more");
    await connection.write("world");
    const into = new Uint8Array(11);
    await connection.readExactly(into);
    assert.equal(Buffer.from(into).toString(), "hello world");
  });
  await withPool(
    async (peer) => {
      await peer.head();
      await peer.send(OK);
    },
    async (pool) => {
      const refused = await pool.request({ path: "/", upgrade: "echo" });
      assert.deepEqual([refused.status, refused.connection], [200, undefined]);
    },
  );
});
