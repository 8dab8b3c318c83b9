/** The process checks on the host and in simulations under many seeds. */
import { test } from "node:test";
import { explore, run, simulatedPrograms, simulatedTerminal, sleep } from "@hotpath/runtime";
import { processChecks, type Command, type ProcessContext } from "./process-suite.ts";

const shell = (script: string): Command => ["sh", { args: ["-c", script] }];

const host: ProcessContext = {
  copier: ["cat", {}],
  sleeper: shell("echo ready; exec sleep 1000"),
  stubborn: shell('trap "" TERM; echo ready; while :; do sleep 0.01; done'),
  failing: shell("printf out; printf err >&2; exit 3"),
  signal: (name) => process.kill(process.pid, name),
};

const simulated: ProcessContext = {
  copier: ["cat", {}],
  sleeper: ["sleeper", {}],
  stubborn: ["stubborn", {}],
  failing: ["failing", {}],
  signal: (name) => simulatedTerminal().send(name),
};

function install(): void {
  const programs = simulatedPrograms();
  programs.install("cat", async ({ stdin, stdout }) => {
    for await (const chunk of stdin) await stdout.write(chunk);
    await stdout.closeWrite();
    return 0;
  });
  programs.install("sleeper", async ({ stdout }) => {
    await stdout.write("ready\n");
    await sleep("1000s");
    return 0;
  });
  programs.install("stubborn", async ({ stdout, catchSignal }) => {
    catchSignal("SIGTERM", () => {});
    await stdout.write("ready\n");
    await sleep("1000s");
    return 0;
  });
  programs.install("failing", async ({ stdout, stderr }) => {
    await stdout.write("out");
    await stderr.write("err");
    return 3;
  });
}

const SEEDS = 40;
const skip = process.platform === "win32" ? "needs a POSIX shell" : false;

for (const { name, body } of processChecks) {
  test(`host: ${name}`, { skip }, async () => {
    await run(() => body(host), { leakCheck: true });
  });
  test(`simulated: ${name} (seeds 1 to ${SEEDS})`, async () => {
    const program = async (): Promise<void> => {
      install();
      await body(simulated);
    };
    await explore(program, { seeds: SEEDS });
  });
}
