/** Processes as the runtime sees them. Waiting, grace and killing are in `../process/`, written once. */
import { spawn } from "node:child_process";
import type { Readable, Writable } from "node:stream";
import { IoError } from "./io-error.ts";
import type { Settle, Transport } from "./net.ts";
import type { SignalName } from "./signals.ts";
import { StreamTransport } from "./stream-transport.ts";

/** "pipe": to and from this program. "inherit": this process's own. "ignore": nothing. */
export type Stdio = "pipe" | "inherit" | "ignore";

export interface ProcessHow {
  readonly args: readonly string[];
  readonly cwd: string | undefined;
  /** The whole environment of the process. */
  readonly env: Readonly<Record<string, string | undefined>> | undefined;
  readonly stdin: Stdio;
  readonly stdout: Stdio;
  readonly stderr: Stdio;
}

/** How a process ended: by itself with a code, or by a signal. */
export type ExitStatus =
  | { readonly kind: "exited"; readonly code: number }
  | { readonly kind: "killed"; readonly signal: SignalName };

export interface HostProcess {
  readonly pid: number;
  readonly stdin: Transport | undefined;
  readonly stdout: Transport | undefined;
  readonly stderr: Transport | undefined;
  /** False when it has ended already. */
  kill(signal: SignalName): boolean;
}

export interface Processes {
  /** `exited` is called once, after `settle` has been called with the process. */
  spawn(
    program: string,
    how: ProcessHow,
    settle: Settle<HostProcess>,
    exited: (status: ExitStatus) => void,
  ): void;
}

export const nodeProcesses: Processes = {
  spawn: (program, how, settle, exited) => {
    const child = spawn(program, [...how.args], {
      stdio: [how.stdin, how.stdout, how.stderr],
      windowsHide: true,
      ...(how.cwd === undefined ? {} : { cwd: how.cwd }),
      ...(how.env === undefined ? {} : { env: { ...how.env } }),
    });
    let started = false;
    child.on("error", (cause) => {
      // Later errors, of a kill, are told by kill's own answer.
      if (!started) settle(IoError.from("run", program, cause), undefined);
    });
    child.once("spawn", () => {
      started = true;
      settle(undefined, {
        pid: child.pid!,
        stdin: pipe(`stdin of ${program}`, undefined, child.stdin),
        stdout: pipe(`stdout of ${program}`, child.stdout, undefined),
        stderr: pipe(`stderr of ${program}`, child.stderr, undefined),
        kill: (signal) => child.kill(signal),
      });
    });
    child.once("exit", (code, signal) => {
      exited(code === null ? { kind: "killed", signal: signal! } : { kind: "exited", code });
    });
  },
};

function pipe(
  name: string,
  readable: Readable | null | undefined,
  writable: Writable | null | undefined,
): Transport | undefined {
  if (!readable && !writable) return undefined;
  return new StreamTransport({
    name,
    readable: readable ?? undefined,
    writable: writable ?? undefined,
  });
}
