/**
 * What a payment needs: on a network that breaks, with a server that closes connections whenever it
 * likes, with requests that time out and are cancelled, what a request's end says about its delivery is
 * never wrong. Each seed is a run of its own; a failure prints the one that replays it.
 */
import assert from "node:assert/strict";
import { CancelError, explore, group, simulatedNetwork, sleep, spawn } from "@hotpath/runtime";
import { HttpPool, RequestError, type PoolOptions } from "@hotpath/http";
import { ScriptedServer } from "./scripted-server.ts";

/** Numbers that follow from the seed alone, so that the simulation's own choices stay free. */
function numbers(seed: number): (below: number) => number {
  let state = (seed * 2654435761) >>> 0;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

/** A server that counts how often it has seen each id, by its head and by its whole body. */
class Ledger {
  readonly seen = new Map<string, number>();

  async open(below: (limit: number) => number): Promise<ScriptedServer> {
    return ScriptedServer.open(async (peer) => {
      const patience = below(6);
      try {
        for (let served = 0; served < patience; served++) {
          const head = await peer.head();
          if (head === undefined) return;
          const id = /\/(\w+) /.exec(head)![1]!;
          this.seen.set(id, (this.seen.get(id) ?? 0) + 1);
          const length = /content-length: (\d+)/.exec(head)?.[1];
          if (length !== undefined) await peer.bytes(Number(length));
          if (below(4) === 0) await sleep(below(300));
          if (below(10) === 0) return peer.connection.reset();
          await peer.send(`HTTP/1.1 200 OK\r\ncontent-length: ${id.length}\r\n\r\n${id}`);
        }
      } catch {
        // The network or the client went away.
      }
    });
  }
}

interface Ended {
  readonly id: string;
  readonly method: string;
  readonly end: "answered" | "none" | "unknown" | "cancelled";
}

async function call(pool: HttpPool, id: string, below: (limit: number) => number): Promise<Ended> {
  const method = below(3) === 0 ? "GET" : "POST";
  const sized = below(8) === 0 ? 40_000 : below(200);
  const body = method === "GET" ? {} : { body: "x".repeat(sized) };
  const timeouts = { head: 50 + below(250), queue: 20 + below(400), send: 200 };
  const retry = { limit: below(3), first: 10 } as const;
  try {
    const response = await pool.request({ path: `/${id}`, method, ...body, timeouts, retry });
    assert.equal(await response.body.text(), id, "an answer belongs to its request");
    return { id, method, end: "answered" };
  } catch (error) {
    if (error instanceof CancelError) return { id, method, end: "cancelled" };
    assert.ok(error instanceof RequestError, String(error));
    assert.ok(!["PROTOCOL", "LIMIT", "SOURCE", "CODING"].includes(error.code), error.message);
    return { id, method, end: error.delivery };
  }
}

/**
 * Runs the seeds from 1 on: what is said not to have been sent never arrives, a POST arrives at most
 * once, an answer belongs to its request, and in the end nothing is left open.
 */
export async function checkDelivery(seeds: number): Promise<void> {
  const counts = { answered: 0, none: 0, unknown: 0, cancelled: 0, unseen: 0 };
  await explore(
    async (seed) => {
      const below = numbers(seed);
      simulatedNetwork().change({
        latencyMs: [0, 1 + below(60)],
        shortReadChance: 0.4,
        resetChance: [0, 0.01, 0.05][below(3)]!,
        refuseChance: [0, 0.2][below(2)]!,
      });
      const ledger = new Ledger();
      const ended: Ended[] = [];
      const options: PoolOptions = {
        connections: 1 + below(4),
        pipeline: 1 + below(3),
        queueLimit: 5 + below(20),
        keepAlive: 50 + below(500),
      };
      {
        await using server = await ledger.open(below);
        await using pool = new HttpPool(server.origin, options);
        await group(async (tasks) => {
          for (let k = 0; k < 25; k++) {
            const task = tasks.spawn(async () => {
              ended.push(await call(pool, `p${k}`, below));
            });
            if (below(12) === 0) {
              spawn(async () => {
                await sleep(below(100));
                await task.cancel();
              });
            }
            if (below(3) === 0) await sleep(below(80));
          }
        }).catch((error: unknown) => {
          // A task that was cancelled before it began has nothing to report.
          if (!(error instanceof CancelError)) throw error;
        });
        assert.equal(pool.stats().running, 0);
        assert.equal(pool.stats().waiting, 0);
        await sleep("10s");
        assert.equal(pool.stats().connections, 0, "idle connections have been closed");
      }
      for (const { id, method, end } of ended) {
        counts[end]++;
        const times = ledger.seen.get(id) ?? 0;
        if (times === 0) counts.unseen++;
        if (end === "answered") assert.ok(times >= 1);
        if (end === "none") assert.equal(times, 0, `${id} was said not to have been sent`);
        if (method === "POST") assert.ok(times <= 1, `${id} was sent ${times} times`);
      }
    },
    { seeds },
  );
  // Otherwise it has not been put to the test.
  const least = Math.min(counts.answered, counts.none, counts.unknown, counts.cancelled);
  assert.ok(least > seeds / 6, JSON.stringify(counts));
}
