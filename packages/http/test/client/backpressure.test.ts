/** Whoever does not read makes the other side wait, in both directions, and nothing piles up. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { simulate, sleep, spawn } from "@hotpath/runtime";
import { HttpPool } from "@hotpath/http";
import { OK, ScriptedServer } from "./scripted-server.ts";

const PIECE_BYTES = 10_000;
/** What may be under way: the network's window, the read-ahead, the piece in hand. */
const UNDER_WAY_BYTES = 64 * 1024 + 64 * 1024 + 2 * PIECE_BYTES;

test("a response that is read slowly is sent slowly", async () => {
  await simulate(async () => {
    let sentBytes = 0;
    const totalBytes = 200 * PIECE_BYTES;
    await using server = await ScriptedServer.open(async (peer) => {
      await peer.head();
      await peer.send(`HTTP/1.1 200 OK\r\ncontent-length: ${totalBytes}\r\n\r\n`);
      for (; sentBytes < totalBytes; sentBytes += PIECE_BYTES)
        await peer.send("x".repeat(PIECE_BYTES));
      await peer.gone();
    });
    await using pool = new HttpPool(server.origin);
    const response = await pool.request({ path: "/" });
    await sleep("5s");
    assert.ok(sentBytes <= UNDER_WAY_BYTES, `${sentBytes} bytes were sent to nobody`);
    let readBytes = 0;
    for await (const chunk of response.body) {
      readBytes += chunk.length;
      await sleep(100);
      assert.ok(sentBytes - readBytes <= UNDER_WAY_BYTES, `${sentBytes - readBytes} bytes ahead`);
    }
    assert.equal(readBytes, totalBytes);
    assert.equal(pool.stats().idle, 1, "the connection is kept");
  });
});

test("a request's stream is asked for the next piece when the server has taken the one before", async () => {
  await simulate(async () => {
    let madeBytes = 0;
    let takenBytes = 0;
    await using server = await ScriptedServer.open(async (peer) => {
      await peer.head();
      await sleep("5s");
      const into = new Uint8Array(20_000);
      let tail = "";
      while (!tail.endsWith("0\r\n\r\n")) {
        const count = await peer.connection.read(into);
        takenBytes += count;
        tail = (tail + Buffer.from(into.subarray(0, count)).toString("latin1")).slice(-5);
        await sleep(10);
      }
      await peer.send(OK);
    });
    await using pool = new HttpPool(server.origin);
    const body = async function* (): AsyncGenerator<Uint8Array> {
      for (let k = 0; k < 100; k++) {
        assert.ok(
          madeBytes - takenBytes <= UNDER_WAY_BYTES,
          `${madeBytes - takenBytes} bytes ahead`,
        );
        madeBytes += PIECE_BYTES;
        yield new Uint8Array(PIECE_BYTES);
      }
    };
    const answer = spawn(() => pool.request({ path: "/", method: "POST", body }));
    await sleep("4s");
    assert.ok(
      madeBytes > 0 && madeBytes <= UNDER_WAY_BYTES,
      `${madeBytes} bytes were made for nobody`,
    );
    assert.equal((await answer).status, 200);
    assert.equal(madeBytes, 100 * PIECE_BYTES);
  });
});

test("in a pipeline a body that is not read holds those behind it back, until it is", async () => {
  await simulate(async () => {
    await using server = await ScriptedServer.open(async (peer) => {
      await peer.head();
      await peer.send(`HTTP/1.1 200 OK\r\ncontent-length: 300000\r\n\r\n${"x".repeat(300_000)}`);
      for (let head = await peer.head(); head !== undefined; head = await peer.head())
        await peer.send(OK);
    });
    await using pool = new HttpPool(server.origin, { connections: 1, pipeline: 3 });
    const large = await pool.request({ path: "/large" });
    let answered = 0;
    const behind = [1, 2].map(() =>
      spawn(async () => {
        const response = await pool.request({ path: "/" });
        answered++;
        return response.body.text();
      }),
    );
    await sleep("5s");
    assert.equal(answered, 0);
    assert.equal((await large.body.bytes()).length, 300_000);
    for (const task of behind) assert.equal(await task, "ok");
    assert.deepEqual([server.accepted, pool.stats().idle], [1, 1]);
  });
});
