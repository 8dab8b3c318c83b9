/** How many threads can compute at once: cores, affinity, and the quota of the control group. */
import { readFileSync } from "node:fs";
import { availableParallelism } from "node:os";

let count: number | undefined;

/**
 * At least 1. A container with a quota of 1.5 CPUs on a machine of 64 cores gets 2: more threads would
 * only be throttled.
 */
export function cpuCount(): number {
  return (count ??= Math.max(1, Math.min(availableParallelism(), quotaCpus(readText))));
}

/** The quota in whole CPUs, rounded up; Infinity when there is none. */
export function quotaCpus(read: (path: string) => string | undefined): number {
  let least = Infinity;
  for (const [kind, path] of controlGroups(read("/proc/self/cgroup") ?? "")) {
    // A quota holds for everything below it, so each group up to the root counts.
    for (let group = path; ; group = group.slice(0, group.lastIndexOf("/"))) {
      least = Math.min(least, kind === "v2" ? quotaV2(read, group) : quotaV1(read, group));
      if (group === "") break;
    }
  }
  return least;
}

function* controlGroups(text: string): Generator<readonly ["v1" | "v2", string]> {
  for (const line of text.split("\n")) {
    const [, controllers, path] = /^\d+:([^:]*):(.*)$/.exec(line) ?? [];
    if (controllers === undefined || path === undefined) continue;
    const group = path === "/" ? "" : path.replace(/\/$/, "");
    if (controllers === "") yield ["v2", group];
    else if (controllers.split(",").includes("cpu")) yield ["v1", group];
  }
}

function quotaV2(read: (path: string) => string | undefined, group: string): number {
  const [quota, period] = (read(`/sys/fs/cgroup${group}/cpu.max`) ?? "max").trim().split(" ");
  return quota === "max" ? Infinity : wholeCpus(Number(quota), Number(period));
}

function quotaV1(read: (path: string) => string | undefined, group: string): number {
  const quota = Number(read(`/sys/fs/cgroup/cpu${group}/cpu.cfs_quota_us`) ?? -1);
  const period = Number(read(`/sys/fs/cgroup/cpu${group}/cpu.cfs_period_us`) ?? 100_000);
  return quota <= 0 ? Infinity : wholeCpus(quota, period);
}

function wholeCpus(quotaUs: number, periodUs: number): number {
  const cpus = quotaUs / periodUs;
  return cpus > 0 ? Math.ceil(cpus) : Infinity;
}

function readText(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
}
