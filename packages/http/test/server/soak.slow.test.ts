/** A long run of every kind of request, with clients that leave in the middle: memory stays where it was. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { group, run, runtime, sleep } from "@hotpath/runtime";
import { serve, type Handler } from "../../src/index.ts";
import { RawClient } from "./raw-client.ts";

const ROUNDS = 40;
const REQUESTS = 20_000;
/** The heap may breathe by this much between rounds. */
const SLACK_BYTES = 6 * 1024 * 1024;

setFlagsFromString("--expose-gc");
const collect = runInNewContext("gc") as () => void;

const handler: Handler = async (request) => {
  switch (request.path) {
    case "/echo":
      return { status: 200, body: await request.body.text() };
    case "/stream":
      return {
        status: 200,
        body: (async function* () {
          for (let k = 0; k < 20; k++) {
            yield "x".repeat(1000);
            if (k % 5 === 4) await sleep(1);
          }
        })(),
      };
    case "/wait":
      await sleep("1h");
      return { status: 200 };
    case "/throw":
      throw new Error("on purpose");
    default:
      return { status: 200, body: "hello" };
  }
};

const REQUESTS_OF_ONE = [
  "GET / HTTP/1.1\r\nHost: a\r\n\r\n",
  "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nabcde",
  "POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\nX: y\r\n\r\n",
  "GET /throw HTTP/1.1\r\nHost: a\r\n\r\n",
  "GET /stream HTTP/1.1\r\nHost: a\r\n\r\n",
] as const;

async function client(port: number, requests: number): Promise<void> {
  for (let made = 0; made < requests;) {
    await using one = await RawClient.connect(port);
    for (let k = 0; k < 100 && made < requests; k++, made++) {
      await one.ask(REQUESTS_OF_ONE[k % REQUESTS_OF_ONE.length]!);
    }
    // And leaves in the middle of a stream, of a wait, of its own request, or for good manners.
    const last = made % 3;
    if (last === 0) await one.send("GET /wait HTTP/1.1\r\nHost: a\r\n\r\n");
    else if (last === 1) await one.send("GET /stream HTTP/1.1\r\nHost: a\r\n\r\n");
    else await one.send("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 50\r\n\r\nabc");
    await sleep(1);
  }
}

test(`${ROUNDS * REQUESTS} requests leave nothing behind`, () =>
  run(async () => {
    await using server = await serve({ handler, onError: () => {} });
    const heaps: number[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      await group(async (tasks) => {
        for (let k = 0; k < 20; k++) tasks.spawn(() => client(server.port, REQUESTS / 20));
      });
      while (server.connectionCount > 0 || server.inFlightCount > 0) await sleep(5);
      collect();
      heaps.push(process.memoryUsage().heapUsed);
      // main, the deadlines and nothing else
      assert(runtime.metrics().live <= 3, `${runtime.metrics().live} tasks live`);
    }
    const settled = Math.max(...heaps.slice(3, 8));
    console.log(heaps.map((bytes) => (bytes / 1e6).toFixed(1)).join(" "));
    for (const heap of heaps.slice(8))
      assert(heap < settled + SLACK_BYTES, `${heap} of ${settled}`);
  }));
