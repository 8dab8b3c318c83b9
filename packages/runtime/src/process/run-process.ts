/** A program run from beginning to end, for its output. */
import { RuntimeError } from "../errors.ts";
import type { ExitStatus } from "../io/processes.ts";
import { group } from "../task/group.ts";
import { spawnProcess, type ProcessOptions } from "./process.ts";

export interface RunProcessOptions extends Omit<ProcessOptions, "stdin" | "stdout"> {
  /** What the program reads. Default: nothing. */
  readonly input?: Uint8Array | string;
  /** The most that it may write to stdout, and to a piped stderr; LIMIT beyond. Default: 16 MiB. */
  readonly limitBytes?: number;
}

export interface ProcessResult {
  readonly status: ExitStatus;
  readonly stdout: Uint8Array;
  /** Empty unless stderr was asked to be a pipe. */
  readonly stderr: Uint8Array;
}

/** Runs a program and waits for it. A code other than 0 is an answer, not an error. */
export async function runProcess(
  program: string,
  options: RunProcessOptions = {},
): Promise<ProcessResult> {
  const { input, limitBytes = 16 * 1024 * 1024, ...rest } = options;
  await using child = await spawnProcess(program, {
    ...rest,
    stdin: input === undefined ? "ignore" : "pipe",
    stdout: "pipe",
  });
  return await group(async (tasks) => {
    const stdout = tasks.spawn(() => child.stdout.readAll({ limitBytes }));
    const piped = options.stderr === "pipe";
    const stderr = tasks.spawn(async () =>
      piped ? await child.stderr.readAll({ limitBytes }) : new Uint8Array(0),
    );
    if (input !== undefined) {
      tasks.spawn(async () => {
        try {
          await child.stdin.write(input);
          await child.stdin.closeWrite();
        } catch (error) {
          // A program need not read all of its input.
          if (!(error instanceof RuntimeError && error.code === "IO")) throw error;
        }
      });
    }
    const status = await child.wait({
      ...(options.timeout === undefined ? {} : { timeout: options.timeout }),
    });
    return { status, stdout: await stdout, stderr: await stderr };
  });
}
