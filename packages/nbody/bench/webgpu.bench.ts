/**
 * The direct sum on a WebGPU device: billions of pair interactions a second, buffers and read-back included.
 * `npm ci --prefix bench` brings the Node implementation (Dawn). The smoke size runs on the software
 * device that Chromium carries; other sizes take the device that Vulkan offers first.
 */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { MissingRival, runScript, type BenchCase } from "../../../tools/bench/harness.ts";

const WEBGPU = new URL("../../../bench/node_modules/webgpu/index.js", import.meta.url);
const SOFTWARE = "/usr/lib/chromium";
const BODIES = { smoke: 512, quick: 16_384, full: 65_536 } as const;
const ROUNDS = { smoke: 1, quick: 5, full: 20 } as const;

const bench: BenchCase = {
  name: "webgpu",
  title: "direct sum on a GPU: N = 65,536, f32 accelerations, interactions a second",
  async run({ size, progress }) {
    if (!existsSync(WEBGPU))
      throw new MissingRival("needs the webgpu package: npm ci --prefix bench");
    const software = size === "smoke" && existsSync(join(SOFTWARE, "vk_swiftshader_icd.json"));
    const env = software
      ? { LD_LIBRARY_PATH: SOFTWARE, VK_ICD_FILENAMES: join(SOFTWARE, "vk_swiftshader_icd.json") }
      : {};
    progress(`${BODIES[size]} bodies`);
    const script = join(import.meta.dirname, "webgpu-rate.ts");
    const args = [script, WEBGPU.href, String(BODIES[size]), String(ROUNDS[size])];
    const { value, checksum = "" } = await runScript(process.execPath, args, { env }).catch(
      (cause: unknown) => {
        if (!String(cause).includes("device-unavailable")) throw cause;
        throw new MissingRival("needs a GPU that Vulkan, Metal or D3D12 can open", { cause });
      },
    );
    return [
      {
        subject: `WebGPU, N = ${BODIES[size]}`,
        value,
        unit: "G interactions/s",
        better: "higher",
        checksum,
      },
    ];
  },
};

export default bench;
