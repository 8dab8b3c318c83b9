/** One suite for every force backend: how far each is from the reference, on each case, is within its bound. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { chromium, skipWithout } from "../../../../tools/external-program.ts";
import { openBrowserPage } from "../browser-page.ts";
import type * as gpuModule from "../../src/gpu/index.ts";
import type * as casesModule from "./cases.ts";
import { CASES, type Distance } from "./cases.ts";

/** What METHOD.md says of each. Float64 sums of some hundred terms differ by 1e-15, and twice where terms cancel. */
const BOUNDS: Readonly<Record<string, readonly [measure: keyof Distance, bound: number]>> = {
  direct: ["perBody", 1e-14],
  fast: ["perBody", 1e-14],
  threads: ["perBody", 1e-14],
  "fast threads": ["perBody", 1e-14],
  preview: ["perBody", 1e-4],
  tree: ["perBody", 2e-3],
  "fine tree": ["perBody", 5e-5],
  "tree threads": ["perBody", 2e-3],
  gpu: ["overall", 1e-6],
};

function conforms(backend: string, found: Readonly<Record<string, Distance>>): void {
  assert.deepEqual(Object.keys(found), Object.keys(CASES));
  const [measure, bound] = BOUNDS[backend]!;
  for (const [name, distance] of Object.entries(found)) {
    const miss = distance[measure];
    assert.ok(miss <= bound, `${backend}, ${name}: ${miss}, bound ${bound}`);
  }
  // A backend that was not there, but the reference in its place, would be exact.
  assert.ok(
    Object.values(found).some((distance) => distance[measure] > 0),
    `${backend} is exact`,
  );
}

interface OnCpu {
  readonly asked: boolean;
  readonly vectorBits: number;
  readonly found: Readonly<Record<string, Readonly<Record<string, Distance>>>>;
}

for (const width of ["narrow", "wide"] as const) {
  test(`every backend of the CPU agrees with the reference: ${width} vectors`, () => {
    const { asked, vectorBits, found } = run("on-cpu.ts", width) as OnCpu;
    assert.equal(vectorBits, asked ? 256 : 128);
    const cpu = Object.keys(BOUNDS).filter((name) => name !== "gpu");
    assert.deepEqual(Object.keys(found), cpu);
    for (const backend of cpu) conforms(backend, found[backend]!);
  });
}

const WEBGPU = new URL("../../../../bench/node_modules/webgpu/index.js", import.meta.url);
const DRIVER = "/usr/lib/chromium";
const ICD = `${DRIVER}/vk_swiftshader_icd.json`;
const withoutDevice = skipWithout(
  "webgpu (npm ci --prefix bench) or Chromium's SwiftShader",
  existsSync(WEBGPU) && existsSync(ICD),
);

test("the GPU agrees with the reference, from Node", { skip: withoutDevice }, () => {
  const environment = { LD_LIBRARY_PATH: DRIVER, VK_ICD_FILENAMES: ICD };
  conforms("gpu", run("on-gpu.ts", WEBGPU.href, environment) as Record<string, Distance>);
});

test(
  "the GPU agrees with the reference, in the browser",
  { skip: skipWithout("chromium", chromium()), timeout: 120_000 },
  async () => {
    await using browser = await openBrowserPage();
    const found = await browser.page.evaluate(async () => {
      const load = (path: string): Promise<never> => import(path) as Promise<never>;
      const { GpuDirect }: typeof gpuModule = await load("/src/gpu/index.ts");
      const { distances }: typeof casesModule = await load("/test/conformance/cases.ts");
      const { gpu } = navigator as unknown as { gpu: Parameters<typeof GpuDirect.open>[0] };
      const device = await GpuDirect.open(gpu);
      const measured = await distances((bodies, units) => device.accelerations(bodies, units));
      device.close();
      return measured;
    });
    conforms("gpu", found);
  },
);

function run(script: string, argument: string, environment: object = {}): unknown {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [join(import.meta.dirname, script), argument],
    { encoding: "utf8", timeout: 120_000, env: { ...process.env, ...environment } },
  );
  assert.equal(status, 0, stderr);
  return JSON.parse(stdout);
}
