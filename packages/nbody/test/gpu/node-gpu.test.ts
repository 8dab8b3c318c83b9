/** The GPU forces from Node, on the software device that Debian's Chromium carries. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { skipWithout } from "../../../../tools/external-program.ts";
import { NbodyError } from "../../src/errors.ts";
import { plummer } from "../../src/initial/plummer.ts";
import { createGpuForces } from "../../src/threads/gpu-forces.ts";

const WEBGPU = new URL("../../../../bench/node_modules/webgpu/index.js", import.meta.url);
const DRIVER = "/usr/lib/chromium";
const ICD = `${DRIVER}/vk_swiftshader_icd.json`;
const skip = skipWithout(
  "webgpu (npm ci --prefix bench) or Chromium's SwiftShader",
  existsSync(WEBGPU) && existsSync(ICD),
);

test(
  "a leapfrog on GPU forces keeps the energy, and its accelerations are good to 1e-6",
  { skip },
  () => {
    // The Vulkan loader reads its settings when a process starts: hence one of its own.
    const script = join(import.meta.dirname, "leapfrog-on-gpu.ts");
    const { status, stdout, stderr } = spawnSync(process.execPath, [script, WEBGPU.href], {
      encoding: "utf8",
      timeout: 60_000,
      env: { ...process.env, LD_LIBRARY_PATH: DRIVER, VK_ICD_FILENAMES: ICD },
    });
    assert.equal(status, 0, stderr);
    const { name, expected, error, drift } = JSON.parse(stdout) as Record<string, number>;
    assert.match(String(name), /direct f32 on .*swiftshader/i);
    assert.ok(expected! > 0 && expected! < 1e-6, `self-test ${expected}`);
    assert.ok(error! > 0 && error! < 1e-6, `error ${error}`);
    assert.ok(drift! < 1e-4, `energy drift ${drift}`);
  },
);

test("without a WebGPU module there is an error that names it, and no thread is left", async () => {
  const bodies = plummer(10, 1);
  await assert.rejects(
    createGpuForces(bodies, { G: 1, softening: 0 }, { module: "no-such-webgpu" }),
    (error: unknown) =>
      error instanceof NbodyError &&
      error.code === "device-unavailable" &&
      error.message.includes('"no-such-webgpu"'),
  );
});
