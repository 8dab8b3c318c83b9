/** What every host must do with processes, signals and standard streams: Node and the simulation. */
import assert from "node:assert/strict";
import {
  ClosedError,
  IoError,
  Oneshot,
  runProcess,
  RuntimeError,
  select,
  Signal,
  sleep,
  spawn,
  spawnProcess,
  TimeoutError,
  withTimeout,
  yieldNow,
  type ExitStatus,
  type Process,
  type ProcessOptions,
  type Task,
} from "@hotpath/runtime";

/** Programs of the backend, as spawnProcess takes them. */
export type Command = readonly [program: string, options: ProcessOptions];

export interface ProcessContext {
  /** Copies its input to its output. */
  readonly copier: Command;
  /** Writes "ready" and a line end, and waits; ends on SIGTERM. */
  readonly sleeper: Command;
  /** As the sleeper, but ignores SIGTERM. */
  readonly stubborn: Command;
  /** Writes "out" to stdout and "err" to stderr and exits with 3. */
  readonly failing: Command;
  /** Sends a signal to this program. */
  readonly signal: (name: "SIGALRM" | "SIGHUP") => void;
}

export interface ProcessCheck {
  readonly name: string;
  readonly body: (context: ProcessContext) => Promise<void>;
}

const text = new TextDecoder();
const KILLED = { kind: "killed", signal: "SIGKILL" };
const TERMINATED = { kind: "killed", signal: "SIGTERM" };
const check = (name: string, body: ProcessCheck["body"]): ProcessCheck => ({ name, body });

export const processChecks: readonly ProcessCheck[] = [
  check("a program reads its input and writes its output", async ({ copier }) => {
    await using child = await spawnProcess(copier[0], { ...copier[1], stdin: "pipe" });
    const reader = spawn(() => child.stdout.readAll());
    await child.stdin.write("through a pipe\n");
    await child.stdin.closeWrite();
    assert.equal(text.decode(await reader), "through a pipe\n");
    assert.deepEqual(await child.wait(), { kind: "exited", code: 0 });
    assert.deepEqual(child.status, { kind: "exited", code: 0 });
    assert.equal(child.kill(), false);
    assert.throws(() => child.stderr, TypeError);
  }),

  check("runProcess() answers the code and the outputs", async ({ failing, copier }) => {
    const failed = await runProcess(failing[0], { ...failing[1], stderr: "pipe" });
    assert.deepEqual(failed.status, { kind: "exited", code: 3 });
    assert.equal(text.decode(failed.stdout), "out");
    assert.equal(text.decode(failed.stderr), "err");
    const input = "x".repeat(300_000);
    const copied = await runProcess(copier[0], { ...copier[1], input });
    assert.equal(text.decode(copied.stdout), input);
    await assert.rejects(
      runProcess(copier[0], { ...copier[1], input, limitBytes: 1000 }),
      (error: unknown) => error instanceof RuntimeError && error.code === "LIMIT",
    );
  }),

  check("cancelling the scope sends SIGTERM and waits for the end", async ({ sleeper }) => {
    const started = new Oneshot<Process>();
    const task = spawn(async () => {
      const child = await spawnProcess(...sleeper);
      await child.stdout.readUntil("\n");
      started.send(child);
      await child.wait();
    });
    const child = await started.receive();
    await task.cancel();
    assert.deepEqual(child.status, TERMINATED);
  }),

  check("a program that ignores SIGTERM is killed when its grace is over", async ({ stubborn }) => {
    await assert.rejects(
      withTimeout("5s", async () => {
        await withTimeout(400, async () => {
          const child = await spawnProcess(stubborn[0], { ...stubborn[1], grace: 20 });
          await child.stdout.readUntil("\n");
          await child.wait();
        });
      }),
      TimeoutError,
    );
    await using child = await spawnProcess(stubborn[0], { ...stubborn[1], grace: "1h" });
    await child.stdout.readUntil("\n");
    assert.deepEqual(await child.stop({ grace: 10 }), KILLED);
    assert.deepEqual(await child.stop(), KILLED);
  }),

  check(
    "the end of the block stops the process; a cancelled wait does not",
    async ({ sleeper }) => {
      let ended: Task<ExitStatus>;
      {
        await using child = await spawnProcess(...sleeper);
        await child.stdout.readUntil("\n");
        await assert.rejects(child.wait({ timeout: 1 }), TimeoutError);
        const waiting = spawn(() => child.wait());
        await yieldNow();
        await waiting.cancel();
        assert.equal(child.status, undefined);
        ended = spawn(() => child.wait());
      }
      assert.deepEqual(await ended, TERMINATED);
    },
  ),

  check("select() takes the end of a process", async ({ sleeper }) => {
    await using child = await spawnProcess(...sleeper);
    await child.stdout.readUntil("\n");
    child.kill("SIGTERM");
    const won = await select({ ended: child });
    assert.deepEqual(won.value, TERMINATED);
    const again = select.now({ ended: child });
    assert.deepEqual(again?.value, TERMINATED);
  }),

  check("a program that does not exist is named", async () => {
    await assert.rejects(spawnProcess("no-such-program-here"), (error: unknown) => {
      return (
        error instanceof IoError &&
        error.systemCode === "ENOENT" &&
        error.message.includes("no-such-program-here")
      );
    });
    await assert.rejects(spawnProcess(""), TypeError);
    await assert.rejects(spawnProcess("a\0b"), TypeError);
  }),

  check("signals are counted, and each next() takes one", async ({ signal }) => {
    using watched = Signal.on("SIGALRM");
    for (let count = 1; count <= 3; count++) {
      signal("SIGALRM");
      while (watched.count < count) await sleep(1);
    }
    assert.equal(await watched.next(), "SIGALRM");
    assert.equal(watched.tryNext(), "SIGALRM");
    assert.equal(watched.count, 1);
    assert.equal(await watched.next(), "SIGALRM");
    assert.equal(watched.tryNext(), undefined);
    await assert.rejects(watched.next({ timeout: 1 }), TimeoutError);
    const waiting = spawn(() => watched.next());
    await yieldNow();
    await waiting.cancel();
    signal("SIGALRM");
    assert.equal(await watched.next(), "SIGALRM");
  }),

  check(
    "a signal wins a select, wakes whoever waits, and is not lost to a loser",
    async (context) => {
      using watched = Signal.on("SIGALRM", "SIGHUP");
      const pause = spawn(() => sleep(1));
      const first = await select({ watched, pause });
      assert.equal(first.kind, "pause");
      context.signal("SIGHUP");
      const second = await select({ watched });
      assert.equal(second.value, "SIGHUP");
      const loop = spawn(async () => {
        for await (const name of watched) return name;
        return undefined;
      });
      await yieldNow();
      context.signal("SIGALRM");
      assert.equal(await loop, "SIGALRM");
    },
  ),

  check("a signal that cannot be watched is refused; after close() nothing is", async () => {
    assert.throws(() => Signal.on(), TypeError);
    assert.throws(() => Signal.on("SIGKILL"), TypeError);
    assert.throws(() => Signal.on("SIGNOTHING" as "SIGHUP"), TypeError);
    const watched = Signal.on("SIGHUP");
    const waiting = spawn(() => assert.rejects(watched.next(), ClosedError));
    await yieldNow();
    watched.close();
    watched.close();
    await waiting;
    await assert.rejects(watched.next(), ClosedError);
    assert.throws(() => select.now({ watched }), ClosedError);
  }),
];
