/** Puts load on a server of our own with wrk, and reads what it and the server say. */
import { execFile, spawn } from "node:child_process";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { promisify } from "node:util";
import { MissingRival } from "../../../tools/bench/harness.ts";

export interface Load {
  readonly connections: number;
  readonly seconds: number;
  /** Before that, unmeasured. */
  readonly warmupSeconds: number;
  readonly path?: string;
  /** Posted as JSON; without it, it is a GET. */
  readonly json?: string;
}

export interface Measured {
  readonly requestsPerSecond: number;
  readonly p99Ms: number;
  /** Processor time of the server, for each request. */
  readonly cpuMicroseconds: number;
}

const UNITS: Readonly<Record<string, number>> = { us: 0.001, ms: 1, s: 1000 };

async function wrk(port: number, load: Load, seconds: number): Promise<string> {
  const url = `http://127.0.0.1:${port}${load.path ?? "/"}`;
  const args = ["-t1", `-c${load.connections}`, `-d${seconds}`, "--latency", url];
  if (load.json !== undefined) args.unshift("-s", postScript(load.json));
  try {
    return (await promisify(execFile)("wrk", args)).stdout;
  } catch (error) {
    if ((error as { code?: unknown }).code === "ENOENT")
      throw new MissingRival("needs wrk: apt-get install wrk");
    throw error;
  }
}

/** A script for wrk; it composes the request once. */
function postScript(json: string): string {
  const path = join(mkdtempSync(join(tmpdir(), "hotpath-wrk-")), "post.lua");
  const type = 'wrk.headers["content-type"] = "application/json"';
  writeFileSync(path, `wrk.method = "POST"\n${type}\nwrk.body = [==[${json}]==]\n`);
  return path;
}

function found(text: string, pattern: RegExp): readonly string[] {
  const match = pattern.exec(text);
  if (match === null) throw new Error(`wrk did not say ${pattern.source}: ${text}`);
  return match;
}

/** Starts `node script args…`, which prints its port, loads it, and ends it. */
export async function measure(
  script: string,
  args: readonly string[],
  load: Load,
): Promise<Measured> {
  const server = spawn(process.execPath, [script, ...args], { stdio: ["pipe", "pipe", "inherit"] });
  try {
    const lines = createInterface(server.stdout)[Symbol.asyncIterator]();
    const port = Number((await lines.next()).value);
    const cpu = async (): Promise<number> => {
      server.stdin.write("\n");
      return Number((await lines.next()).value);
    };
    if (load.warmupSeconds > 0) await wrk(port, load, load.warmupSeconds);
    const before = await cpu();
    const text = await wrk(port, load, load.seconds);
    if (/Non-2xx|Socket errors/.test(text)) throw new Error(`wrk met errors: ${text}`);
    const cpuMicroseconds = ((await cpu()) - before) / Number(found(text, /(\d+) requests in/)[1]);
    const [, p99 = "", unit = ""] = found(text, /99%\s+([\d.]+)(us|ms|s)/);
    const rate = Number(found(text, /Requests\/sec:\s+([\d.]+)/)[1]);
    return { requestsPerSecond: rate, p99Ms: Number(p99) * UNITS[unit]!, cpuMicroseconds };
  } finally {
    server.kill();
  }
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[sorted.length >> 1]!;
}
