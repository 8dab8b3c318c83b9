/**
 * Child processes that end with the scope in which they were started.
 *
 * A process is kept by a task in the scope of its `spawnProcess`: the scope does not end before it.
 * When the scope is cancelled, or `stop` is called, or its `await using` block ends:
 *
 *     SIGTERM ──grace──> still there? ──SIGKILL──> it has ended
 */
import { hostCall } from "../io/host-call.ts";
import type { ExitStatus, HostProcess, ProcessHow, Stdio } from "../io/processes.ts";
import type { SignalName } from "../io/signals.ts";
import { currentRuntime, currentScope } from "../runtime/runtime.ts";
import { NOT_READY, type Got, type Selectable } from "../select/selectable.ts";
import type { ByteReader } from "../stream/byte-reader.ts";
import type { ByteWriter } from "../stream/byte-writer.ts";
import { readerOf, writerOf } from "../stream/pipe-ends.ts";
import type { Scope } from "../task/scope.ts";
import { spawnIn } from "../task/task.ts";
import { moveOnAfter, shield } from "../task/timeout.ts";
import { durationMs, type Duration } from "../time/duration.ts";
import { Park, type WaitOptions } from "../wait/park.ts";
import { WaitQueue, type Waiter } from "../wait/waiter.ts";

export interface ProcessOptions extends WaitOptions {
  readonly args?: readonly string[];
  readonly cwd?: string;
  /** The whole environment. Default: this process's own. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Default: "ignore". */
  readonly stdin?: Stdio;
  /** Default: "pipe". A pipe that nobody reads stops the process when it is full. */
  readonly stdout?: Stdio;
  /** Default: "inherit". */
  readonly stderr?: Stdio;
  /** How long after SIGTERM it is killed. Default: 5 s. */
  readonly grace?: Duration;
}

export class Process implements Selectable<Got<ExitStatus>>, AsyncDisposable {
  declare readonly outcome?: Got<ExitStatus>;
  readonly program: string;
  readonly pid: number;
  readonly #host: HostProcess;
  readonly #graceMs: number;
  readonly #waiters = new WaitQueue();
  readonly #stdin: ByteWriter | undefined;
  readonly #stdout: ByteReader | undefined;
  readonly #stderr: ByteReader | undefined;
  #status: ExitStatus | undefined = undefined;

  constructor(program: string, host: HostProcess, graceMs: number) {
    this.program = program;
    this.pid = host.pid;
    this.#host = host;
    this.#graceMs = graceMs;
    this.#stdin = host.stdin && writerOf(host.stdin, `stdin of ${program}`);
    this.#stdout = host.stdout && readerOf(host.stdout, `stdout of ${program}`);
    this.#stderr = host.stderr && readerOf(host.stderr, `stderr of ${program}`);
  }

  describe(): string {
    return `process ${this.pid} (${this.program})`;
  }

  /** Write its input here, and `closeWrite()` when there is no more. */
  get stdin(): ByteWriter {
    return this.#stdin ?? this.#notPiped("stdin");
  }

  get stdout(): ByteReader {
    return this.#stdout ?? this.#notPiped("stdout");
  }

  get stderr(): ByteReader {
    return this.#stderr ?? this.#notPiped("stderr");
  }

  /** How it ended; undefined while it runs. */
  get status(): ExitStatus | undefined {
    return this.#status;
  }

  /** Waits until it has ended. Cancelling the wait ends only the wait; the scope's cancellation stops the process. */
  wait(options?: WaitOptions): Promise<ExitStatus> {
    const scope = currentScope();
    if (scope.cancellation !== undefined) return scope.refuse();
    if (this.#status !== undefined) return scope.runtime.ready(this.#status);
    const park = new Park<ExitStatus>(scope, this, "wait for the end of");
    this.#waiters.push(park);
    return park.wait(options);
  }

  poll(): unknown {
    return this.#status ?? NOT_READY;
  }

  enlist(waiter: Waiter): void {
    this.#waiters.push(waiter);
  }

  /** Sends a signal; false when the process has ended already. */
  kill(signal: SignalName = "SIGTERM"): boolean {
    return this.#status === undefined && this.#host.kill(signal);
  }

  /** SIGTERM, the grace, SIGKILL: returns when the process has ended, also in a cancelled scope. */
  stop(options: { readonly grace?: Duration } = {}): Promise<ExitStatus> {
    const graceMs = options.grace === undefined ? this.#graceMs : durationMs(options.grace);
    return shield(async () => {
      if (this.kill("SIGTERM")) {
        const ended = await moveOnAfter(graceMs, () => this.wait());
        if (ended.kind === "timeout") this.kill("SIGKILL");
      }
      return await this.wait();
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
    this.#host.stdin?.close();
    this.#host.stdout?.close();
    this.#host.stderr?.close();
  }

  /** The keeper: ends when the process has ended, and sees to that when the scope is cancelled. */
  keepIn(scope: Scope): void {
    const keep = async (): Promise<void> => {
      try {
        await this.wait();
      } catch (error) {
        await this.stop();
        throw error;
      }
    };
    spawnIn(scope, keep, `keeper of ${this.describe()}`);
  }

  exited(status: ExitStatus): void {
    this.#status = status;
    for (let waiter = this.#waiters.shift(); waiter; waiter = this.#waiters.shift()) {
      waiter.park.wake(waiter, status);
    }
  }

  #notPiped(stream: "stdin" | "stdout" | "stderr"): never {
    throw new TypeError(
      `${stream} of ${this.describe()} is not a pipe: ask for { ${stream}: "pipe" }`,
    );
  }
}

/** Starts a program. Error IO: ENOENT when there is none of that name, EACCES. */
export async function spawnProcess(
  program: string,
  options: ProcessOptions = {},
): Promise<Process> {
  if (program.length === 0 || program.includes("\0")) {
    throw new TypeError(`Not the name of a program: ${JSON.stringify(program)}`);
  }
  const { args = [], cwd, env, stdin = "ignore", stdout = "pipe", stderr = "inherit" } = options;
  const how: ProcessHow = { args, cwd, env, stdin, stdout, stderr };
  const graceMs = durationMs(options.grace ?? "5s");
  const scope = currentScope();
  const { processes } = currentRuntime().io;
  let kept: Process | undefined;
  let ended: ExitStatus | undefined;
  const exited = (status: ExitStatus): void => {
    ended = status;
    kept?.exited(status);
  };
  const host = await hostCall<HostProcess>(
    "run",
    program,
    (settle) => processes.spawn(program, how, settle, exited),
    { ...options, dispose: (late) => void late.kill("SIGKILL") },
  );
  kept = new Process(program, host, graceMs);
  if (ended !== undefined) kept.exited(ended);
  if (scope.cancellation !== undefined) {
    await kept.stop();
    throw scope.cancellation;
  }
  kept.keepIn(scope);
  return kept;
}
