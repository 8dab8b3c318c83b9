import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { test } from "node:test";
import { promisify } from "node:util";
import { run, sleep, spawn, type Stall } from "@hotpath/runtime";

/** Computes without yielding until the watchdog has had the time to look. */
function spinFor(ms: number): void {
  const end = performance.now() + ms;
  while (performance.now() < end);
}

test("run({ stallAfter }) names the task that does not yield, where it is, and goes on", async () => {
  const stalls: Stall[] = [];
  const published: unknown[] = [];
  const hear = (message: unknown): void => void published.push(message);
  subscribe("hotpath.runtime.stall", hear);
  const messages: string[] = [];
  const value = await run(
    async () => {
      await sleep(50);
      return spawn(
        async () => {
          await sleep(1);
          spinFor(1500);
          await sleep(200);
          return 7;
        },
        { name: "cruncher" },
      );
    },
    {
      stallAfter: "100ms",
      onStall: (error, stall) => {
        messages.push(`${error.code}: ${error.message}`);
        stalls.push(stall);
      },
    },
  ).finally(() => unsubscribe("hotpath.runtime.stall", hear));
  assert.equal(value, 7);
  const cruncher = stalls.find((stall) => stall.task.startsWith('task "cruncher"'))!;
  assert.ok(cruncher !== undefined, JSON.stringify(stalls));
  assert.match(cruncher.task, /spawned at .*watchdog\.test\.ts:\d+:\d+/);
  assert.ok(
    cruncher.stack.some((frame) => frame.startsWith("spinFor (")),
    cruncher.stack.join("\n"),
  );
  assert.match(messages.join("\n"), /STALLED: task "cruncher".* has kept its thread for \d+ ms/);
  assert.equal(published.length, stalls.length);
});

test("without onStall the report goes to stderr while the task still spins", async () => {
  const program = `
    import { run, spawn, sleep } from "@hotpath/runtime";
    await run(async () => {
      await sleep(50);
      await spawn(function forever() { const end = Date.now() + 1500; while (Date.now() < end); }, { name: "endless" });
    }, { stallAfter: "100ms" });`;
  const { stderr } = await promisify(execFile)(
    process.execPath,
    ["--input-type=module", "-e", program],
    { cwd: import.meta.dirname },
  );
  assert.match(
    stderr,
    /task "endless".* has kept its thread for \d+ ms without yielding\n {4}at forever \(/,
  );
});

test("stallAfter must be long enough to be seen", async () => {
  await assert.rejects(
    run(() => {}, { stallAfter: 1 }),
    RangeError,
  );
});
