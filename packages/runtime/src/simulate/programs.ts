/**
 * Processes in a simulation: functions that are installed under a program's name.
 *
 *     simulatedPrograms().install("upper", async (self) => {
 *       for await (const line of self.stdin.lines()) await self.stdout.write(`${line.toUpperCase()}\n`);
 *       return 0;
 *     });
 */
import { IoError } from "../io/io-error.ts";
import type { Settle, Transport } from "../io/net.ts";
import type { ExitStatus, HostProcess, Processes, ProcessHow, Stdio } from "../io/processes.ts";
import type { SignalName } from "../io/signals.ts";
import { currentRuntime } from "../runtime/runtime.ts";
import type { ByteReader } from "../stream/byte-reader.ts";
import type { ByteWriter } from "../stream/byte-writer.ts";
import { readerOf, writerOf } from "../stream/pipe-ends.ts";
import { spawnIn, type RunningTask } from "../task/task.ts";
import type { SimulatedNetwork } from "./network.ts";
import type { SimulatedTerminal } from "./terminal.ts";

/** What a simulated program sees of itself. */
export interface ProgramView {
  readonly args: readonly string[];
  readonly stdin: ByteReader;
  readonly stdout: ByteWriter;
  readonly stderr: ByteWriter;
  /** Called when the signal comes, instead of ending the program; SIGKILL cannot be caught. */
  readonly catchSignal: (name: SignalName, caught: () => void) => void;
}

/** Answers the exit code. */
export type ProgramBody = (self: ProgramView) => Promise<number>;

const FIRST_PID = 1000;

export class SimulatedPrograms implements Processes {
  readonly #network: SimulatedNetwork;
  readonly #terminal: SimulatedTerminal;
  readonly #installed = new Map<string, ProgramBody>();
  #nextPid = FIRST_PID;
  /** Processes that have not ended. */
  runningCount = 0;

  constructor(network: SimulatedNetwork, terminal: SimulatedTerminal) {
    this.#network = network;
    this.#terminal = terminal;
  }

  install(program: string, body: ProgramBody): void {
    this.#installed.set(program, body);
  }

  spawn(
    program: string,
    how: ProcessHow,
    settle: Settle<HostProcess>,
    exited: (status: ExitStatus) => void,
  ): void {
    const body = this.#installed.get(program);
    const { root } = currentRuntime();
    this.#network.later(this.#network.latencyMs(), () => {
      if (body === undefined) return settle(new IoError("run", program, "ENOENT"), undefined);
      const running = new RunningProgram(how.args, this.#nextPid++);
      const stdin = this.#connect(how.stdin, `stdin of ${program}`, () => this.#terminal.input());
      const stdout = this.#connect(how.stdout, `stdout of ${program}`, () =>
        this.#terminal.output(),
      );
      const stderr = this.#connect(how.stderr, `stderr of ${program}`, () =>
        this.#terminal.error(),
      );
      running.stdin = readerOf(stdin.inner, `stdin of ${program}`);
      running.stdout = writerOf(stdout.inner, `stdout of ${program}`);
      running.stderr = writerOf(stderr.inner, `stderr of ${program}`);
      this.runningCount++;
      running.end = (status) => {
        this.runningCount--;
        for (const { inner, piped } of [stdin, stdout, stderr]) if (piped) inner.close();
        this.#network.later(this.#network.latencyMs(), () => exited(status));
      };
      running.task = spawnIn(root, () => running.run(body), `program ${program}`);
      settle(undefined, {
        pid: running.pid,
        stdin: stdin.outer,
        stdout: stdout.outer,
        stderr: stderr.outer,
        kill: (signal) => this.#kill(running, signal),
      });
    });
  }

  #kill(running: RunningProgram, signal: SignalName): boolean {
    if (running.over) return false;
    this.#network.later(this.#network.latencyMs(), () => running.signalled(signal));
    return true;
  }

  #connect(
    stdio: Stdio,
    name: string,
    inherit: () => Transport,
  ): { readonly inner: Transport; readonly outer: Transport | undefined; readonly piped: boolean } {
    if (stdio === "inherit") return { inner: inherit(), outer: undefined, piped: false };
    const { near, far } = this.#network.pipe(name);
    if (stdio === "pipe") return { inner: near, outer: far, piped: true };
    // Nothing to read, and what is written goes nowhere.
    far.open({ received() {}, ended() {}, written() {}, shut() {}, failed() {} });
    far.readStart();
    far.shutdown();
    return { inner: near, outer: undefined, piped: true };
  }
}

class RunningProgram implements ProgramView {
  readonly args: readonly string[];
  readonly pid: number;
  stdin!: ByteReader;
  stdout!: ByteWriter;
  stderr!: ByteWriter;
  task: RunningTask<void> | undefined = undefined;
  end: (status: ExitStatus) => void = () => {};
  over = false;
  readonly #caught = new Map<SignalName, () => void>();

  constructor(args: readonly string[], pid: number) {
    this.args = args;
    this.pid = pid;
  }

  readonly catchSignal = (name: SignalName, caught: () => void): void => {
    this.#caught.set(name, caught);
  };

  async run(body: ProgramBody): Promise<void> {
    try {
      const code = await body(this);
      this.#ended({ kind: "exited", code });
    } catch (error) {
      // What the code of a killed program still runs into is of no interest.
      if (this.over) return;
      this.#ended({ kind: "exited", code: 1 });
      throw error;
    }
  }

  signalled(signal: SignalName): void {
    if (this.over) return;
    const caught = signal === "SIGKILL" ? undefined : this.#caught.get(signal);
    if (caught !== undefined) return caught();
    this.#ended({ kind: "killed", signal });
    // A killed process does not get to clean up; what its code still does has no effect on others.
    this.task?.abort(signal);
  }

  #ended(status: ExitStatus): void {
    if (this.over) return;
    this.over = true;
    this.end(status);
  }
}

/** The programs of the simulation in which the caller runs. */
export function simulatedPrograms(): SimulatedPrograms {
  const { processes } = currentRuntime().io;
  if (processes instanceof SimulatedPrograms) return processes;
  throw new TypeError("There are simulated programs only inside simulate()");
}
