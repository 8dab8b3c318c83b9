/** Half a million requests of every kind, many of them given up: the memory stays where it was. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { group, moveOnAfter, run } from "@hotpath/runtime";
import { HttpPool, RequestError, serve } from "@hotpath/http";

setFlagsFromString("--expose-gc");
const collect = runInNewContext("gc") as () => void;

const REQUESTS_A_ROUND = 50_000;
const ROUNDS = 10;
const LARGE = Buffer.alloc(200_000, 1);

function heapBytes(): number {
  collect();
  collect();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

test("memory is flat over half a million requests", { timeout: 600_000 }, async () => {
  await run(async () => {
    await using server = await serve({
      handler: async (request) => {
        const { length } = await request.body.bytes();
        if (request.path === "/large") return { status: 200, body: LARGE };
        return { status: 200, body: String(length) };
      },
    });
    await using pool = new HttpPool(`http://127.0.0.1:${server.port}`, { connections: 16 });
    const one = async (k: number): Promise<void> => {
      if (k % 100 === 0) {
        const response = await pool.request({ path: "/large" });
        if (k % 200 === 0) assert.equal((await response.body.bytes()).length, LARGE.length);
        else response.close();
      } else if (k % 101 === 0) {
        await moveOnAfter(0, async () => (await pool.request({ path: "/" })).close());
      } else if (k % 103 === 0) {
        const signal = AbortSignal.abort();
        await pool.request({ path: "/", signal }).catch((error: unknown) => {
          assert.ok(error instanceof RequestError);
        });
      } else {
        const response = await pool.request({
          path: "/",
          method: "POST",
          body: "x".repeat(k % 300),
        });
        assert.equal(await response.body.text(), String(k % 300));
      }
    };
    const sizes: number[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      let next = 0;
      await group(async (tasks) => {
        for (let worker = 0; worker < 32; worker++) {
          tasks.spawn(async () => {
            while (next < REQUESTS_A_ROUND) await one(next++);
          });
        }
      });
      sizes.push(heapBytes());
    }
    const settled = sizes.slice(2);
    const growth = (settled.at(-1)! - settled[0]!) / (settled.length - 1) / REQUESTS_A_ROUND;
    console.log(
      `heap after each round: ${sizes.map((size) => (size / 1e6).toFixed(1)).join(" ")} MB`,
    );
    assert.ok(growth < 2, `${growth.toFixed(2)} bytes more for each request`);
    assert.equal(pool.stats().running, 0);
  });
});
