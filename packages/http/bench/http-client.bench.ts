/**
 * Requests a second of the pool beside undici's Pool: the same connections, the same pipelining, one
 * server in another process, bodies read as text. Also over a Unix socket, and with a body to send.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  interleave,
  MissingRival,
  runScript,
  type BenchCase,
  type BenchContext,
  type BenchResult,
} from "../../../tools/bench/harness.ts";
import type { ClientPlan } from "./client-plan.ts";

const ROOT = join(import.meta.dirname, "../../..");
const OURS = join(import.meta.dirname, "client-ours.ts");
const UNDICI = join(ROOT, "bench/rivals/http/undici-pool.ts");

const REQUESTS = { smoke: 500, quick: 30_000, full: 200_000 } as const;
const ROUNDS = { smoke: 1, quick: 3, full: 7 } as const;

interface Scene {
  readonly name: string;
  readonly connections: number;
  readonly pipeline: number;
  readonly unix?: boolean;
  readonly bodyBytes?: number;
}

const SCENES: readonly Scene[] = [
  { name: "GET, 64 connections", connections: 64, pipeline: 1 },
  { name: "GET, 64 connections, Unix", connections: 64, pipeline: 1, unix: true },
  { name: "GET, 8 connections × 10 pipelined", connections: 8, pipeline: 10 },
  { name: "POST 256 bytes, 64 connections", connections: 64, pipeline: 1, bodyBytes: 256 },
  { name: "GET, 1 connection", connections: 1, pipeline: 1 },
];

interface Server extends AsyncDisposable {
  readonly port: number;
  readonly unixPath: string;
}

async function startServer(): Promise<Server> {
  const folder = mkdtempSync(join(tmpdir(), "http-client-"));
  const unixPath = join(folder, "server");
  const child = spawn(process.execPath, [join(import.meta.dirname, "client-server.ts"), unixPath], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  const [line] = (await once(child.stdout, "data")) as [Buffer];
  return {
    port: Number(line.toString()),
    unixPath,
    async [Symbol.asyncDispose](): Promise<void> {
      const gone = once(child, "exit");
      child.stdin.end();
      await gone;
      rmSync(folder, { recursive: true });
    },
  };
}

async function compare(
  scene: Scene,
  server: Server,
  size: BenchContext["size"],
): Promise<BenchResult> {
  const { connections, pipeline, bodyBytes } = scene;
  const requests = connections === 1 ? REQUESTS[size] / 5 : REQUESTS[size];
  const plan: ClientPlan = {
    origin: `http://127.0.0.1:${server.port}`,
    connections,
    pipeline,
    requests,
    ...(scene.unix === true ? { unixPath: server.unixPath } : {}),
    ...(bodyBytes === undefined ? {} : { bodyBytes }),
  };
  const variant = (script: string) => () =>
    runScript(process.execPath, [script, JSON.stringify(plan)], { cwd: ROOT });
  const medians = await interleave({ ours: variant(OURS), undici: variant(UNDICI) }, ROUNDS[size]);
  const { median, spread, checksum } = medians.ours;
  if (checksum !== medians.undici.checksum) throw new Error(`${scene.name}: checksums differ`);
  return {
    subject: scene.name,
    value: median,
    unit: "requests/s",
    better: "higher",
    rival: "undici Pool",
    rivalValue: medians.undici.median,
    spread,
    ...(checksum === undefined ? {} : { checksum }),
  };
}

const bench: BenchCase = {
  name: "http-client",
  title: "Requests a second of the client, against undici's Pool",
  async run({ size, progress }) {
    if (!existsSync(join(ROOT, "bench/node_modules/undici"))) {
      throw new MissingRival("The rivals are not installed: npm ci --prefix bench");
    }
    await using server = await startServer();
    const results: BenchResult[] = [];
    // Starting the processes is what takes time: one scene proves that the case works.
    for (const scene of size === "smoke" ? SCENES.slice(1, 2) : SCENES) {
      progress(scene.name);
      results.push(await compare(scene, server, size));
    }
    return results;
  },
};

export default bench;
