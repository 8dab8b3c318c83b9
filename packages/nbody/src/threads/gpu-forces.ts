/**
 * The GPU direct sum as synchronous forces, for integrators in Node: the device lives on a thread of its
 * own, and the caller's thread sleeps on a shared word until the accelerations stand in the bodies.
 * Needs the npm package `webgpu`.
 *
 *   word 0   evaluations asked for
 *   word 1   evaluations done, or −1 when one failed; the message with the reason is on its way
 */
import { once } from "node:events";
import { receiveMessageOnPort, Worker } from "node:worker_threads";
import type { Bodies } from "../bodies/bodies.ts";
import { NbodyError, type NbodyErrorCode } from "../errors.ts";
import type { Forces, Units } from "../kernels/forces.ts";

/** Longer than any evaluation: a device that hangs must not hang the program. */
const TIMEOUT_MS = 60_000;

export interface GpuReport {
  readonly error?: { readonly code: NbodyErrorCode; readonly message: string };
  readonly name?: string;
  readonly selfTestError?: number;
}

export interface GpuForcesOptions {
  /** Module that exports `create`, as the npm package `webgpu` does: a name or a file URL. */
  readonly module?: string;
}

export interface GpuForces extends Forces {
  /** Root mean square error that the device's self-test measured. */
  readonly expectedError: number;
}

/**
 * Throws NbodyError "device-unavailable" when the package or a device is missing and "device-inaccurate"
 * when the device fails its self-test. `bodies` must not be shrunk afterwards.
 */
export async function createGpuForces(
  bodies: Bodies,
  units: Units,
  options: GpuForcesOptions = {},
): Promise<GpuForces> {
  const control = new Int32Array(new SharedArrayBuffer(8));
  const { port1, port2 } = new MessageChannel();
  const worker = new Worker(new URL("gpu-worker.ts", import.meta.url), {
    name: "nbody-gpu",
    workerData: {
      handle: bodies.handle,
      units,
      control,
      port: port2,
      module: options.module ?? "webgpu",
    },
    transferList: [port2],
  });
  const [report] = (await Promise.race([
    once(worker, "message"),
    once(worker, "exit").then(([code]) => [
      { error: { code: "device-unavailable", message: `the GPU thread exited with code ${code}` } },
    ]),
  ])) as [GpuReport];
  if (report.error !== undefined) {
    await worker.terminate();
    throw new NbodyError(report.error.code, report.error.message);
  }
  worker.unref();
  return {
    name: `direct f32 on ${report.name ?? "a GPU"}`,
    expectedError: report.selfTestError ?? Number.NaN,
    approximate: true,
    bodies,
    units,
    accelerations: () => evaluate(control, port1),
    close: () => {
      port1.close();
      void worker.terminate();
    },
  };
}

function evaluate(control: Int32Array, port: MessagePort): void {
  const wanted = Atomics.add(control, 0, 1) + 1;
  Atomics.notify(control, 0);
  for (;;) {
    const done = Atomics.load(control, 1);
    if (done === wanted) return;
    if (done === -1) {
      const { error } = (receiveMessageOnPort(port)?.message ?? {}) as GpuReport;
      throw new NbodyError(
        error?.code ?? "device-unavailable",
        error?.message ?? "the GPU thread failed",
      );
    }
    if (Atomics.wait(control, 1, done, TIMEOUT_MS) === "timed-out") {
      throw new NbodyError("device-unavailable", `the GPU did not answer within ${TIMEOUT_MS} ms`);
    }
  }
}
