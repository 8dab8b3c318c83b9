/** Run by conformance.test.ts in a process of its own: node on-gpu.ts <module with create()>. */
import { GpuDirect } from "../../src/gpu/gpu-direct.ts";
import type { Gpu } from "../../src/gpu/webgpu.ts";
import { distances } from "./cases.ts";

const { create } = (await import(process.argv[2]!)) as {
  create: (flags: readonly string[]) => Gpu;
};
const gpu = create([]);
const device = await GpuDirect.open(gpu);
console.log(JSON.stringify(await distances((b, units) => device.accelerations(b, units))));
process.exit(0);
