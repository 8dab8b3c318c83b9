/** A client that stalls, closes or breaks the connection in each phase of an exchange; simulated, so that hours pass at once. */
import assert from "node:assert/strict";
import { test } from "node:test";
import {
  Channel,
  CancelError,
  monotonic,
  simulate,
  simulatedNetwork,
  sleep,
} from "@hotpath/runtime";
import {
  serve,
  type ExchangeReport,
  type Handler,
  type Response,
  type ServeOptions,
} from "../../src/index.ts";
import { RawClient } from "./raw-client.ts";

const GET = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";

interface Bench {
  readonly port: number;
  readonly connectionCount: () => number;
  readonly reports: ExchangeReport[];
  readonly errors: unknown[];
}

/** Runs `body` beside a server under several seeds. At the end nothing may be left of any connection. */
async function withServer(
  options: Partial<ServeOptions> & { readonly handler: Handler },
  body: (bench: Bench) => Promise<void>,
): Promise<void> {
  for (let seed = 1; seed <= 8; seed++) {
    await simulate(
      async () => {
        const reports: ExchangeReport[] = [];
        const errors: unknown[] = [];
        await using server = await serve({
          onExchange: (report) => reports.push(report),
          onError: (error) => errors.push(error),
          ...options,
        });
        const connectionCount = (): number => server.connectionCount;
        await body({ port: server.port, connectionCount, reports, errors });
        await sleep("1h");
        assert.equal(server.connectionCount, 0, "a connection was left");
        assert.equal(server.inFlightCount, 0, "a request was left");
      },
      { seed },
    );
  }
}

const hello: Handler = () => ({ status: 200, body: "hello" });

/** A handler that waits until it is cancelled, and says so. */
function parked(cancelled: Channel<string>): Handler {
  return async () => {
    try {
      await sleep("10h");
    } catch (error) {
      if (error instanceof CancelError) cancelled.trySend(String(error.reason));
      throw error;
    }
    return { status: 200 };
  };
}

test("who connects and sends nothing is closed after the head timeout, without an answer", () =>
  withServer({ handler: hello, timeouts: { head: "10s" } }, async ({ port }) => {
    await using client = await RawClient.connect(port);
    const startMs = monotonic();
    assert.equal(await client.receive(), undefined);
    assert(Math.abs(monotonic() - startMs - 10_000) < 10);
  }));

test("slow-loris: a head that comes octet by octet is answered 408 when its time is up", () =>
  withServer({ handler: hello, timeouts: { head: "10s" } }, async ({ port, reports }) => {
    await using client = await RawClient.connect(port);
    for (let sent = 0; sent < 8; sent++) {
      await client.send(GET[sent]!);
      await sleep("1s");
    }
    const response = await client.receive();
    assert.equal(response?.status, 408);
    assert.equal(response.persistent, false);
    assert.equal(await client.receive(), undefined);
    assert.deepEqual(
      reports.map(({ outcome, status }) => [outcome, status]),
      [["refused", 408]],
    );
  }));

test("a later head has its own time, from its first octet", () =>
  withServer({ handler: hello, timeouts: { head: "10s", idle: "60s" } }, async ({ port }) => {
    await using client = await RawClient.connect(port);
    assert.equal((await client.ask(GET))?.status, 200);
    await sleep("50s");
    await client.send("GET / HT");
    await sleep("9s");
    assert.equal((await client.ask("TP/1.1\r\nHost: a\r\n\r\n"))?.status, 200);
    const startMs = monotonic();
    assert.equal(await client.receive(), undefined); // idle
    assert(Math.abs(monotonic() - startMs - 60_000) < 10);
  }));

test("content that does not come is answered 408, and the handler cancelled", () =>
  withServer(
    {
      handler: async (request) => ({ status: 200, body: await request.body.text() }),
      timeouts: { body: "5s" },
    },
    async ({ port, reports }) => {
      await using client = await RawClient.connect(port);
      await client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\nabc");
      await sleep("4s");
      await client.send("def");
      const response = await client.receive();
      assert.equal(response?.status, 408);
      assert.equal(await client.receive(), undefined);
      assert.deepEqual(
        reports.map(({ outcome }) => outcome),
        ["failed"],
      );
    },
  ));

test("a handler that takes too long is cancelled, and its client told 503", async () => {
  const cancelled = new Channel<string>(10);
  await withServer(
    { handler: parked(cancelled), timeouts: { handler: "7s" } },
    async ({ port }) => {
      await using client = await RawClient.connect(port);
      const startMs = monotonic();
      const response = await client.ask(GET);
      assert.equal(response?.status, 503);
      assert.equal(response.headers.get("retry-after"), "1");
      assert(Math.abs(monotonic() - startMs - 7000) < 10);
      assert.match(await cancelled.receive(), /longer than/);
    },
  );
});

for (const [how, leave] of [
  ["closes", (client: RawClient) => client.connection.close()],
  ["half-closes", (client: RawClient) => client.connection.closeWrite()],
  ["resets", async (client: RawClient) => client.connection.reset()],
] as const) {
  test(`a client that ${how} while the handler works has it cancelled`, async () => {
    const cancelled = new Channel<string>(10);
    await withServer({ handler: parked(cancelled) }, async ({ port, reports, errors }) => {
      const client = await RawClient.connect(port);
      await client.send(GET);
      await sleep("1s");
      await leave(client);
      assert.match(await cancelled.receive({ timeout: "1s" }), /client has gone/);
      await sleep("1s");
      assert.deepEqual(
        reports.map(({ outcome }) => outcome),
        ["gone"],
      );
      assert.deepEqual(errors, []);
      client.connection.reset();
    });
  });

  test(`a client that ${how} in each other phase leaves nothing behind`, async () => {
    const handler: Handler = async (request) => {
      if (request.method === "POST") await request.body.bytes();
      return {
        status: 200,
        body: (async function* () {
          for (;;) {
            yield "x".repeat(1000);
            await sleep("100ms");
          }
        })(),
      };
    };
    const phases = [
      "",
      "GET / HT",
      "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nabc",
      "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab",
      GET,
      `${GET}${GET}`,
      "rubbish\r\n",
    ];
    await withServer({ handler }, async ({ port, errors, connectionCount }) => {
      for (const phase of phases) {
        const client = await RawClient.connect(port);
        await client.send(phase);
        await sleep("1s");
        await leave(client);
        await sleep("3s");
        assert.equal(connectionCount(), 0, JSON.stringify(phase));
        client.connection.reset();
      }
      assert.deepEqual(errors, []);
    });
  });
}

test("a client that does not read is waited for, and given up after the send timeout", async () => {
  let produced = 0;
  let closed = 0;
  const handler: Handler = () => ({
    status: 200,
    body: (async function* () {
      try {
        for (; produced < 1e6; produced++) yield "x".repeat(1000);
      } finally {
        closed++;
      }
    })(),
  });
  await withServer({ handler, timeouts: { send: "20s" } }, async ({ port, reports }) => {
    produced = closed = 0;
    await using client = await RawClient.connect(port);
    await client.send(GET);
    // Nobody reads: what fits is the window and the read-ahead.
    await sleep("19s");
    assert(produced > 50 && produced < 300, `${produced} pieces`);
    assert.equal(closed, 0);
    await sleep("10s");
    assert.equal(closed, 1, "the body is closed");
    assert.deepEqual(
      reports.map(({ outcome }) => outcome),
      ["gone"],
    );
  });
});

test("a stream may last longer than the handler timeout, whether it was answered at once or not", async () => {
  async function* ticks(): AsyncGenerator<string> {
    for (let count = 0; count < 5; count++) {
      await sleep("4s");
      yield "tick ";
    }
  }
  const handler: Handler = (request) => {
    const response = { status: 200, body: ticks() };
    return request.path === "/now" ? response : sleep("1s").then(() => response);
  };
  await withServer({ handler, timeouts: { handler: "7s" } }, async ({ port, reports }) => {
    await using client = await RawClient.connect(port);
    for (const path of ["/now", "/later"]) {
      const response = await client.ask(`GET ${path} HTTP/1.1\r\nHost: a\r\n\r\n`);
      assert.equal(response?.body, "tick ".repeat(5));
    }
    assert.deepEqual(
      reports.map(({ outcome, sentBytes }) => [outcome, sentBytes]),
      [
        ["answered", 25],
        ["answered", 25],
      ],
    );
  });
});

test("a connection does not wait for a handler that does not notice that its client has gone", async () => {
  await simulate(async () => {
    let finish!: (response: Response) => void;
    let closed = 0;
    const foreign = new Promise<Response>((resolve) => (finish = resolve));
    await using server = await serve({ handler: () => foreign });
    const client = await RawClient.connect(server.port);
    await client.send(GET);
    await sleep("1s");
    client.connection.reset();
    await sleep("1s");
    assert.equal(server.connectionCount, 0);
    assert.equal(server.inFlightCount, 1);
    const body = {
      [Symbol.asyncIterator]: () => ({
        next: async () => ({ done: true, value: undefined }) as const,
        return: async () => ({ done: true, value: ++closed }) as const,
      }),
    };
    finish({ status: 200, body: body as AsyncIterable<string> });
    await sleep("1s");
    assert.equal(server.inFlightCount, 0);
    assert.equal(closed, 1, "the body of a late answer is closed");
  });
});

test("a client that pipelines and does not read is not read from either", () =>
  withServer(
    { handler: () => ({ status: 200, body: "x".repeat(8000) }), timeouts: { send: "20s" } },
    async ({ port, reports }) => {
      await using client = await RawClient.connect(port);
      const sending = client.send(GET.repeat(20_000)).catch(() => "broken");
      await sleep("10s");
      assert(reports.length < 100, `${reports.length} were answered`);
      await sleep("1m");
      assert.equal(await sending, "broken");
    },
  ));

test("resets at any moment leave nothing behind", () =>
  withServer(
    {
      handler: async (request) => {
        const text = await request.body.text();
        await sleep(1);
        return {
          status: 200,
          body: (async function* () {
            for (const character of text) yield character;
          })(),
        };
      },
    },
    async ({ port, errors }) => {
      simulatedNetwork().change({ resetChance: 0.1 });
      for (let index = 0; index < 30; index++) {
        try {
          await using client = await RawClient.connect(port);
          for (let requests = 0; requests < 3; requests++) {
            const response = await client.ask(
              "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nabcde",
            );
            assert.equal(response?.body ?? "abcde", "abcde");
          }
        } catch (error) {
          assert(error instanceof Error && error.name !== "AssertionError", String(error));
        }
      }
      simulatedNetwork().change({ resetChance: 0 });
      assert.deepEqual(errors, []);
    },
  ));
