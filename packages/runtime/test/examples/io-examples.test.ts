/** The examples of input and output run as a reader would run them, and under simulation. */
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { join } from "node:path";
import { test } from "node:test";
import { promisify } from "node:util";
import {
  connectTcp,
  explore,
  listenTcp,
  makeDirectory,
  run,
  Signal,
  simulatedTerminal,
  sleep,
  spawn,
  spawnProcess,
  writeFile,
} from "@hotpath/runtime";
import { serve } from "../../examples/10-echo-server.ts";
import { grep } from "../../examples/11-parallel-grep.ts";

const FOLDER = join(import.meta.dirname, "../../examples");

test("the echo server echoes, and ends when it gets SIGTERM", async () => {
  await run(async () => {
    await using server = await spawnProcess(process.execPath, {
      args: [join(FOLDER, "10-echo-server.ts")],
    });
    const lines = server.stdout.lines();
    const listening = /^listening on port (\d+)$/.exec((await lines.next()).value as string);
    {
      await using connection = await connectTcp({ port: Number(listening![1]) });
      await connection.write("hello\n");
      assert.equal(new TextDecoder().decode(await connection.readUntil("\n")), "hello");
    }
    server.kill("SIGTERM");
    assert.equal((await lines.next()).value, "SIGTERM: served 1 connections, cut 0 off");
    assert.deepEqual(await server.wait(), { kind: "exited", code: 0 });
  });
});

test("the echo server lets connections end, and cuts off those that do not (seeds 1 to 50)", async () => {
  await explore(
    async () => {
      await using listener = await listenTcp();
      using stop = Signal.on("SIGTERM");
      const server = spawn(() => serve(listener, stop, "1s"));
      await using quick = await connectTcp({ port: listener.port });
      await using slow = await connectTcp({ port: listener.port });
      const buffer = new Uint8Array(2);
      for (const connection of [quick, slow]) {
        await connection.write("ok");
        await connection.readExactly(buffer);
      }
      simulatedTerminal().send("SIGTERM");
      await sleep(100);
      await quick.write("go");
      await quick.readExactly(buffer);
      await quick.close();
      assert.deepEqual(await server, { served: 2, cut: 1, signal: "SIGTERM" });
      assert.equal(await slow.read(buffer), 0);
    },
    { seeds: 50 },
  );
});

test("parallel grep finds the same lines as grep -rn", async (t) => {
  const folder = join(import.meta.dirname, "../../src/stream");
  const ours = await promisify(execFile)(process.execPath, [
    join(FOLDER, "11-parallel-grep.ts"),
    folder,
    "return",
  ]);
  const lines = ours.stdout.trim().split("\n");
  assert.ok(lines.length > 20);
  const theirs = await promisify(execFile)("grep", ["-rnE", "return", folder]).catch(
    (error: unknown) => {
      if (process.env["HOTPATH_REQUIRE"] === "all") throw error;
      return undefined;
    },
  );
  if (theirs === undefined) return t.skip("there is no grep here");
  assert.deepEqual(lines.sort(), theirs.stdout.trim().split("\n").sort());
});

test("parallel grep finds every match under any schedule (seeds 1 to 30)", async () => {
  await explore(
    async () => {
      await makeDirectory("/data/a/b", { parents: true });
      for (let k = 0; k < 20; k++) {
        const path = k % 3 === 0 ? `/data/a/b/${k}` : `/data/a/${k}`;
        await writeFile(path, `first\nnumber ${k}\n${k % 4 === 0 ? "needle\n" : ""}last`);
      }
      const found: string[] = [];
      const count = await grep("/data", /needle/, async ({ path, line }) => {
        await sleep(1);
        found.push(`${path}:${line}`);
      });
      assert.equal(count, 5);
      assert.deepEqual(found.sort(), [
        "/data/a/16:3",
        "/data/a/4:3",
        "/data/a/8:3",
        "/data/a/b/0:3",
        "/data/a/b/12:3",
      ]);
    },
    { seeds: 30 },
  );
});
