/** The thread that owns a GPU device: opens it, then evaluates whenever word 0 of `control` moves. */
import { parentPort, workerData } from "node:worker_threads";
import { Bodies, type BodiesHandle } from "../bodies/bodies.ts";
import { NbodyError } from "../errors.ts";
import { GpuDirect } from "../gpu/gpu-direct.ts";
import type { Gpu } from "../gpu/webgpu.ts";
import type { Units } from "../kernels/forces.ts";
import type { GpuReport } from "./gpu-forces.ts";

interface Work {
  readonly handle: BodiesHandle;
  readonly units: Units;
  readonly control: Int32Array<SharedArrayBuffer>;
  readonly port: MessagePort;
  /** Module that exports `create`, as the npm package `webgpu` does. */
  readonly module: string;
}

const { handle, units, control, port, module } = workerData as Work;
// Keeps the thread alive: a pending Atomics.waitAsync does not. So does the instance behind `gpu`.
const alive = setInterval(() => {}, 1 << 30);

try {
  const gpu = await openNodeGpu();
  const device = await GpuDirect.open(gpu);
  const report: GpuReport = { name: device.name, selfTestError: device.selfTestError };
  parentPort!.postMessage(report);
  await serve(device, Bodies.adopt(handle));
} catch (error) {
  const report = failure(error);
  parentPort!.postMessage(report);
  port.postMessage(report);
  Atomics.store(control, 1, -1);
  Atomics.notify(control, 1);
  clearInterval(alive);
}

async function openNodeGpu(): Promise<Gpu> {
  try {
    const { create } = (await import(module)) as { create: (flags: readonly string[]) => Gpu };
    return create([]);
  } catch (cause) {
    throw new NbodyError("device-unavailable", `cannot load the module "${module}"`, { cause });
  }
}

async function serve(device: GpuDirect, bodies: Bodies): Promise<never> {
  for (let served = 0; ; served++) {
    const wait = Atomics.waitAsync(control, 0, served);
    if (wait.async) await wait.value;
    await device.accelerations(bodies, units);
    Atomics.store(control, 1, served + 1);
    Atomics.notify(control, 1);
  }
}

function failure(error: unknown): GpuReport {
  const code = error instanceof NbodyError ? error.code : "device-unavailable";
  return { error: { code, message: error instanceof Error ? error.message : String(error) } };
}
