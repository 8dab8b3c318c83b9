/** Starts a program of this package as a user would, and asks other programs to talk to it. */
import { spawn, type ChildProcess } from "node:child_process";
import { createInterface } from "node:readline";

export interface Running extends AsyncDisposable {
  readonly url: string;
  readonly process: ChildProcess;
  /** Resolves with the exit code. */
  readonly exited: Promise<number | null>;
  /** What it has printed after its address. */
  readonly lines: readonly string[];
}

/** Runs `node file` until the block is over; it must print its address first. */
export async function start(file: string): Promise<Running> {
  const child = spawn(process.execPath, [file], { stdio: ["ignore", "pipe", "inherit"] });
  const exited = new Promise<number | null>((resolve) => child.once("exit", resolve));
  const lines: string[] = [];
  const url = await new Promise<string>((resolve, reject) => {
    child.once("exit", (code) => reject(new Error(`${file} ended with ${code}`)));
    createInterface(child.stdout).on("line", (line) => {
      const found = /http:\/\/[\d.:]+/.exec(line)?.[0];
      if (found !== undefined && lines.length === 0) resolve(found);
      lines.push(line);
    });
  });
  return {
    url,
    process: child,
    exited,
    lines,
    async [Symbol.asyncDispose]() {
      child.kill("SIGKILL");
      await exited;
    },
  };
}
