import assert from "node:assert/strict";
import { availableParallelism } from "node:os";
import { test } from "node:test";
import { cpuCount } from "../../src/index.ts";
import { quotaCpus } from "../../src/thread/cpu-count.ts";

function files(contents: Readonly<Record<string, string>>): (path: string) => string | undefined {
  return (path) => contents[path];
}

test("cpuCount() is at least 1 and never more than the cores", () => {
  assert(cpuCount() >= 1 && cpuCount() <= availableParallelism());
});

test("a quota of control groups v2 counts in whole CPUs, the tightest up to the root", () => {
  const group = "0::/kube/pod\n";
  const limits = {
    "/proc/self/cgroup": group,
    "/sys/fs/cgroup/kube/pod/cpu.max": "400000 100000\n",
  };
  assert.equal(quotaCpus(files(limits)), 4);
  const outer = { ...limits, "/sys/fs/cgroup/kube/cpu.max": "150000 100000\n" };
  assert.equal(quotaCpus(files(outer)), 2);
  const none = { ...limits, "/sys/fs/cgroup/kube/pod/cpu.max": "max 100000\n" };
  assert.equal(quotaCpus(files(none)), Infinity);
});

test("a quota of control groups v1 counts too, and nothing readable is no quota", () => {
  const limits = {
    "/proc/self/cgroup": "2:cpu,cpuacct:/\n1:memory:/x\n",
    "/sys/fs/cgroup/cpu/cpu.cfs_quota_us": "50000\n",
    "/sys/fs/cgroup/cpu/cpu.cfs_period_us": "100000\n",
  };
  assert.equal(quotaCpus(files(limits)), 1);
  assert.equal(
    quotaCpus(files({ ...limits, "/sys/fs/cgroup/cpu/cpu.cfs_quota_us": "-1" })),
    Infinity,
  );
  assert.equal(quotaCpus(files({})), Infinity);
});
