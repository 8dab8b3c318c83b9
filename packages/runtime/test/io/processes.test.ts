/** What only real pipes can get wrong: output left behind by a program that has ended, input that never ends. */
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { once } from "node:events";
import { test } from "node:test";
import { setImmediate } from "node:timers/promises";
import type { TransportSink } from "../../src/io/net.ts";
import { nodeProcesses, type HostProcess } from "../../src/io/processes.ts";

const skip = process.platform === "win32" ? "needs a POSIX shell" : false;
const refuse = (): never => assert.fail("not expected");

test("output waits for a reader that comes after the program has ended", { skip }, async () => {
  const how = { args: ["left behind"], cwd: undefined, env: undefined } as const;
  const pipes = { stdin: "ignore", stdout: "pipe", stderr: "ignore" } as const;
  const ended = Promise.withResolvers<void>();
  let host: HostProcess | undefined;
  const settle = (_: unknown, started: HostProcess | undefined): void => void (host = started);
  nodeProcesses.spawn("echo", { ...how, ...pipes }, settle, () => ended.resolve());
  await ended.promise;
  for (let turn = 0; turn < 10; turn++) await setImmediate();
  const text = await new Promise<string>((resolve) => {
    let received = "";
    const sink: TransportSink = {
      received: (chunk) => void (received += Buffer.from(chunk).toString()),
      ended: () => resolve(received),
      failed: refuse,
      written: refuse,
      shut: refuse,
    };
    host!.stdout!.open(sink);
    host!.stdout!.readStart();
  });
  host!.stdout!.close();
  assert.equal(text, "left behind\n");
});

test("a program that has looked at its input ends although the input stays open", async () => {
  const program = `
    import { run, stdin } from "@hotpath/runtime";
    await run(async () => process.stdout.write(String(stdin().bufferedBytes)));`;
  const options = { cwd: import.meta.dirname, timeout: 30_000 };
  const child = execFile(process.execPath, ["--input-type=module", "-e", program], options);
  let output = "";
  child.stdout!.on("data", (chunk: string) => void (output += chunk));
  const [code] = (await once(child, "exit")) as [number | null];
  child.stdin!.end();
  assert.deepEqual({ code, output }, { code: 0, output: "0" });
});
