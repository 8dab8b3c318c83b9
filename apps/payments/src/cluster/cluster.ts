/**
 * The pair and its balancer under one command. An instance that ends is started again; its journal has
 * everything that it has ever acknowledged.
 */
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  connectUnix,
  group,
  monotonic,
  runProcess,
  RuntimeError,
  sleep,
  spawnProcess,
} from "@hotpath/runtime";
import { balance } from "./balancer.ts";
import { nginxConfiguration } from "./nginx.ts";

export interface ClusterOptions {
  readonly port: number;
  readonly dataDir: string;
  readonly processorUrls: readonly [string, string];
  /** "auto": nginx where it is installed. */
  readonly balancer: "nginx" | "built-in" | "auto";
  /** The program and arguments that run one instance, with its settings in the environment. */
  readonly instance: readonly [program: string, ...args: readonly string[]];
  readonly log: (line: string) => void;
}

const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 5000;

/** Until its scope is cancelled; what it started has ended then. */
export async function runCluster(options: ClusterOptions): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "hotpath-payments-"));
  try {
    const sockets = [0, 1].map((place) => join(folder, `public-${place}.sock`));
    await group(async (tasks) => {
      for (const place of [0, 1] as const) tasks.spawn(() => keep(place, folder, options));
      tasks.spawn(() => runBalancer(options, sockets, folder));
    });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function keep(place: 0 | 1, folder: string, options: ClusterOptions): Promise<never> {
  const internal = (which: number): string => join(folder, `internal-${which}.sock`);
  const dataDir = join(options.dataDir, `instance-${place}`);
  await mkdir(dataDir, { recursive: true });
  const env = {
    ...process.env,
    LISTEN: join(folder, `public-${place}.sock`),
    HOTPATH_DATA: dataDir,
    PROCESSOR_DEFAULT_URL: options.processorUrls[0],
    PROCESSOR_FALLBACK_URL: options.processorUrls[1],
    PLACE: String(place),
    SOCKET: internal(place),
    SIBLING: internal(place === 0 ? 1 : 0),
  };
  const [program, ...args] = options.instance;
  let pauseMs = FIRST_PAUSE_MS;
  for (;;) {
    const startedAtMs = monotonic();
    await using child = await spawnProcess(program, { args, env, stdout: "inherit", grace: "10s" });
    options.log(`instance ${place} is process ${child.pid}`);
    const status = await child.wait();
    options.log(`instance ${place} has ended: ${JSON.stringify(status)}`);
    pauseMs = monotonic() - startedAtMs > 10_000 ? FIRST_PAUSE_MS : pauseMs * 2;
    await sleep(Math.min(pauseMs, LONGEST_PAUSE_MS));
  }
}

async function runBalancer(
  options: ClusterOptions,
  sockets: readonly string[],
  folder: string,
): Promise<void> {
  const { port, balancer, log } = options;
  for (const path of sockets) await answering(path);
  if (balancer === "nginx" || (balancer === "auto" && (await hasNginx()))) {
    const path = join(folder, "nginx.conf");
    await writeFile(path, nginxConfiguration({ port, sockets, folder }));
    await using nginx = await spawnProcess("nginx", {
      args: ["-c", path, "-p", folder, "-e", "stderr"],
      stdout: "inherit",
    });
    log(`nginx (process ${nginx.pid}) on port ${port}`);
    const status = await nginx.wait();
    throw new Error(`nginx has ended: ${JSON.stringify(status)}`);
  }
  await balance({ port, sockets }, (found) => log(`built-in balancer on port ${found}`));
}

/** Waits until somebody listens: a balancer that comes first would answer 502. */
async function answering(socketPath: string): Promise<void> {
  for (;;) {
    try {
      await using _ = await connectUnix(socketPath, { timeout: "1s" });
      return;
    } catch (error) {
      if (!(error instanceof RuntimeError)) throw error;
      await sleep(50);
    }
  }
}

async function hasNginx(): Promise<boolean> {
  try {
    const { status } = await runProcess("nginx", { args: ["-v"], stderr: "ignore", timeout: "5s" });
    return status.kind === "exited" && status.code === 0;
  } catch {
    return false;
  }
}
