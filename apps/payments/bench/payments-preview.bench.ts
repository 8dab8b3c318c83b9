/**
 * The contest's preview: two instances behind nginx, two emulated processors and the load, each in
 * processes of their own, all on this machine. What the pair and nginx use is read from /proc.
 */
import { execFile, spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import type { LoadOptions, LoadReport } from "../src/contest/load.ts";
import {
  PREVIEW_AMOUNT_MINOR,
  PREVIEW_FEE_RATES,
  PREVIEW_MS,
  PREVIEW_STAGES,
  PREVIEW_USERS,
} from "../src/contest/preview.ts";
import { contestScore } from "../src/contest/score.ts";
import { foresightBound } from "../src/router/policy-simulator.ts";
import { type BenchCase, type BenchResult, type BenchSize } from "../../../tools/bench/harness.ts";

const HOTPATH = new URL("../../cli/bin/hotpath.js", import.meta.url).pathname;
const DRIVER = new URL("preview-driver.ts", import.meta.url).pathname;
const TICKS_PER_SECOND = 100;

/** The preview is played as it is, or as a small part of it that only proves that it can be. */
const PARTS: Readonly<Record<BenchSize, { readonly users: number; readonly durationMs: number }>> =
  {
    smoke: { users: 5, durationMs: 1500 },
    quick: { users: PREVIEW_USERS, durationMs: PREVIEW_MS },
    full: { users: PREVIEW_USERS, durationMs: PREVIEW_MS },
  };

const bench: BenchCase = {
  name: "payments-preview",
  title:
    "The preview of the Rinha de Backend 2025, two instances behind a balancer, fsync before the answer",
  async run({ size, progress }) {
    const { users, durationMs } = PARTS[size];
    const folder = mkdtempSync(join(tmpdir(), "hotpath-preview-"));
    try {
      // Inside: the programs have ended when the folder goes.
      await using programs = new Programs();
      const [first, second, port] = await freePorts(3);
      await programs.start("emulated processor", [
        "payments",
        "emulator",
        "--port",
        String(first),
        "--fee",
        "0.05",
      ]);
      await programs.start("emulated processor", [
        "payments",
        "emulator",
        "--port",
        String(second),
        "--fee",
        "0.15",
      ]);
      const urls = [`http://127.0.0.1:${first}`, `http://127.0.0.1:${second}`] as const;
      const cluster = await programs.start("on port", [
        ...["payments", "cluster", "--port", String(port), "--data", folder],
        ...["--default", urls[0], "--fallback", urls[1]],
      ]);
      const options: Omit<LoadOptions, "progress"> = {
        forwarderUrl: `http://127.0.0.1:${port}`,
        processorUrls: urls,
        feeRates: PREVIEW_FEE_RATES,
        stages: PREVIEW_STAGES.map((stages) =>
          stages.filter(({ atMs }) => atMs < durationMs),
        ) as unknown as LoadOptions["stages"],
        users,
        durationMs,
        amountMinor: PREVIEW_AMOUNT_MINOR,
      };
      const usage = new Usage(cluster.pid!);
      const report = await load(options, progress);
      return results(report, usage.read(), options);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  },
};

export default bench;

async function load(
  options: Omit<LoadOptions, "progress">,
  progress: (text: string) => void,
): Promise<LoadReport> {
  progress(`${options.users} users in ${options.durationMs / 1000} s`);
  const { stdout } = await promisify(execFile)(process.execPath, [DRIVER, JSON.stringify(options)]);
  return JSON.parse(stdout) as LoadReport;
}

function results(
  report: LoadReport,
  usage: { cores: number; megabytes: number },
  options: Omit<LoadOptions, "progress">,
): BenchResult[] {
  const { users, durationMs, amountMinor } = options;
  const arrivalsMs: number[] = [];
  for (let at = 0; at < report.acknowledged; at++)
    arrivalsMs.push(durationMs * Math.sqrt(at / report.acknowledged));
  const bound = foresightBound({
    endMs: durationMs + 1000,
    arrivalsMs,
    feeRates: options.feeRates,
    stages: options.stages,
  });
  const score = contestScore(report);
  const { acknowledged, audits, agreeing } = report;
  const result = (
    subject: string,
    value: number,
    unit: string,
    better: "higher" | "lower",
  ): BenchResult => ({ subject, value, unit, better });
  return [
    result(`acknowledged, ${users} users`, report.acknowledged, "payments", "higher"),
    ...(audits === 0
      ? []
      : [result("audits without a difference", agreeing / audits, "share", "higher")]),
    result("settled, of those acknowledged", 1 - report.lag / acknowledged, "share", "higher"),
    result("answered 2xx", acknowledged / (acknowledged + report.failed), "share", "higher"),
    result("p50", report.p50Ms, "ms", "lower"),
    result("p99", report.p99Ms, "ms", "lower"),
    result(
      "profit, of what foresight could earn",
      score.profitMinor / (bound * amountMinor),
      "share",
      "higher",
    ),
    result("score", score.scoreMinor / 100, "points", "higher"),
    result("memory of instances and balancer", usage.megabytes, "MB", "lower"),
    result("processor time of instances and balancer", usage.cores, "cores", "lower"),
  ];
}

/** Programs of the bench; all of them have ended when it has. */
class Programs implements AsyncDisposable {
  readonly #running: ChildProcess[] = [];

  /** Resolves when the program has written `sign`. */
  async start(sign: string, args: readonly string[]): Promise<ChildProcess> {
    const env = { ...process.env, PAYMENTS_CONTEST: "1" };
    const child = spawn(process.execPath, [HOTPATH, ...args], {
      stdio: ["ignore", "pipe", "inherit"],
      env,
    });
    this.#running.push(child);
    let output = "";
    for await (const chunk of child.stdout as AsyncIterable<Buffer>) {
      output += chunk.toString();
      if (output.includes(sign)) break;
    }
    if (!output.includes(sign)) throw new Error(`hotpath ${args.join(" ")} has ended: ${output}`);
    return child;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const child of this.#running.toReversed()) {
      if (child.exitCode !== null || child.signalCode !== null) continue;
      child.kill("SIGTERM");
      await once(child, "exit");
    }
  }
}

/** Processor time and memory of all that a process has started, not of itself: it only looks after them. */
class Usage {
  readonly #parent: number;
  readonly #startMs = performance.now();
  readonly #startTicks: number;

  constructor(parent: number) {
    this.#parent = parent;
    this.#startTicks = this.#ticks();
  }

  read(): { cores: number; megabytes: number } {
    const seconds = (performance.now() - this.#startMs) / 1000;
    const cores = (this.#ticks() - this.#startTicks) / TICKS_PER_SECOND / seconds;
    let kilobytes = 0;
    for (const pid of this.#pids()) {
      // Proportional, so that what the instances share counts once.
      const rollup = readFileSync(`/proc/${pid}/smaps_rollup`, "utf8");
      kilobytes += Number(/^Pss:\s+(\d+)/m.exec(rollup)?.[1] ?? 0);
    }
    return { cores, megabytes: kilobytes / 1024 };
  }

  #ticks(): number {
    let ticks = 0;
    for (const pid of this.#pids()) {
      const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ").at(-1)!.split(" ");
      ticks += Number(fields[11]) + Number(fields[12]);
    }
    return ticks;
  }

  #pids(): number[] {
    const found: number[] = [];
    const waiting = [this.#parent];
    for (let pid = waiting.pop(); pid !== undefined; pid = waiting.pop()) {
      const children = readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").trim();
      const pids = children === "" ? [] : children.split(" ").map(Number);
      found.push(...pids);
      waiting.push(...pids);
    }
    return found;
  }
}

async function freePorts(count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => createServer().listen(0, "127.0.0.1"));
  const ports = [];
  for (const server of servers) {
    if (!server.listening) await once(server, "listening");
    ports.push((server.address() as AddressInfo).port);
  }
  for (const server of servers) server.close();
  return ports;
}
