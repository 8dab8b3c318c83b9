/**
 * The direct sum on a WebGPU device: f32 accelerations good to about 10⁻⁷ of their root mean square, for
 * states that are integrated in f64 on the host.
 *
 * Invariants
 *  1. A device is used only after it has reproduced the f64 reference to MOST_ERROR: drivers may
 *     reassociate and approximate as WGSL permits, and not all stay within what this needs.
 *  2. One evaluation at a time. Buffers belong to the solver and are replaced when n grows.
 */
import type { Bodies } from "../bodies/bodies.ts";
import { NbodyError } from "../errors.ts";
import { plummer } from "../initial/plummer.ts";
import type { Units } from "../kernels/forces.ts";
import { referenceForces } from "../reference/direct.ts";
import { BODY_BYTES, FixedPoint, RESULT_BYTES } from "./fixed-point.ts";
import { SHADER, TILE } from "./shader.ts";
import {
  MAP_READ,
  USAGE,
  type Gpu,
  type GpuBuffer,
  type GpuDevice,
  type GpuPipeline,
} from "./webgpu.ts";

/** Largest accepted error of the self-test: root mean square over root mean square. */
const MOST_ERROR = 1e-6;
const TEST_BODIES = 1000;
/** Invocations that keep a large device busy; fewer bodies are split so that there are this many. */
const WANTED_INVOCATIONS = 262_144;
const MOST_SPLITS = 16;

interface Buffers {
  readonly n: number;
  readonly splits: number;
  readonly settings: GpuBuffer;
  readonly bodies: GpuBuffer;
  readonly unit: GpuBuffer;
  readonly result: GpuBuffer;
  readonly staging: GpuBuffer;
  readonly group: object;
}

export class GpuDirect {
  /** Vendor and model, as far as the device tells. */
  readonly name: string;
  /** What the self-test measured, relative. */
  selfTestError: number = Number.NaN;
  readonly #device: GpuDevice;
  readonly #pipeline: GpuPipeline;
  readonly #mostBytes: number;
  #buffers: Buffers | undefined;
  #fixed: FixedPoint | undefined;
  #lost: string | undefined;

  private constructor(name: string, device: GpuDevice, pipeline: GpuPipeline, mostBytes: number) {
    this.name = name;
    this.#device = device;
    this.#pipeline = pipeline;
    this.#mostBytes = mostBytes;
    void device.lost.then(({ message }) => (this.#lost = message));
  }

  /**
   * Opens a device and tests it. In a browser `gpu` is `navigator.gpu`; in Node it is `create([])` of the
   * package `webgpu`, which must be kept referenced. Throws NbodyError "device-unavailable" when there
   * is no adapter and "device-inaccurate" when the self-test fails.
   */
  static async open(gpu: Gpu): Promise<GpuDirect> {
    const adapter = await gpu.requestAdapter({ powerPreference: "high-performance" });
    if (adapter === null) throw new NbodyError("device-unavailable", "there is no WebGPU adapter");
    const { maxStorageBufferBindingSize, maxBufferSize } = adapter.limits;
    const device = await adapter.requestDevice({
      requiredLimits: { maxStorageBufferBindingSize, maxBufferSize },
    });
    const module = device.createShaderModule({ code: SHADER });
    const pipeline = await device.createComputePipelineAsync({
      layout: "auto",
      compute: { module, entryPoint: "accelerations" },
    });
    const { vendor = "", architecture = "", description = "" } = adapter.info ?? {};
    const name = [vendor, architecture, description].filter((part) => part !== "").join(" ");
    const mostBytes = Math.min(maxStorageBufferBindingSize, maxBufferSize);
    const solver = new GpuDirect(name, device, pipeline, mostBytes);
    await solver.#selfTest();
    return solver;
  }

  /** Writes ax, ay, az of every body. */
  async accelerations(bodies: Bodies, units: Units): Promise<void> {
    const { n } = bodies;
    if (this.#fixed?.n !== n) {
      this.#fixed = new FixedPoint(n);
      this.#replaceBuffers(n);
      // A first look tells how large the accelerations are; the second uses it.
      await this.#evaluate(bodies, units);
    }
    await this.#evaluate(bodies, units);
  }

  close(): void {
    this.#release();
    this.#device.destroy();
  }

  async #evaluate(bodies: Bodies, units: Units): Promise<void> {
    if (this.#lost !== undefined) {
      throw new NbodyError("device-unavailable", `the GPU device was lost: ${this.#lost}`);
    }
    const fixed = this.#fixed!;
    const buffers = this.#buffers!;
    const { n, splits } = buffers;
    const { queue } = this.#device;
    const share = Math.ceil(n / splits / TILE) * TILE;
    queue.writeBuffer(buffers.bodies, 0, fixed.encode(bodies));
    queue.writeBuffer(buffers.settings, 0, fixed.settings(share, units.softening));
    queue.writeBuffer(buffers.unit, 0, fixed.unit.buffer);
    const encoder = this.#device.createCommandEncoder();
    const pass = encoder.beginComputePass();
    pass.setPipeline(this.#pipeline);
    pass.setBindGroup(0, buffers.group);
    pass.dispatchWorkgroups(Math.ceil(n / TILE), splits);
    pass.end();
    encoder.copyBufferToBuffer(buffers.result, 0, buffers.staging, 0, splits * n * RESULT_BYTES);
    queue.submit([encoder.finish()]);
    await buffers.staging.mapAsync(MAP_READ);
    fixed.decode(buffers.staging.getMappedRange(), splits, bodies, units.G);
    buffers.staging.unmap();
  }

  #replaceBuffers(n: number): void {
    this.#release();
    const splits = Math.min(MOST_SPLITS, Math.ceil(n / TILE), Math.ceil(WANTED_INVOCATIONS / n));
    const resultBytes = splits * n * RESULT_BYTES;
    const bodyBytes = n * BODY_BYTES;
    if (Math.max(resultBytes, bodyBytes) > this.#mostBytes) {
      throw new NbodyError(
        "out-of-memory",
        `${n} bodies need a GPU buffer of ${Math.max(resultBytes, bodyBytes)} bytes; this device allows ${this.#mostBytes}`,
      );
    }
    const create = (size: number, usage: number): GpuBuffer =>
      this.#device.createBuffer({ size, usage });
    const settings = create(16, USAGE.uniform | USAGE.copyTarget);
    const bodies = create(bodyBytes, USAGE.storage | USAGE.copyTarget);
    const unit = create(n * 4, USAGE.storage | USAGE.copyTarget);
    const result = create(resultBytes, USAGE.storage | USAGE.copySource);
    const staging = create(resultBytes, USAGE.mapRead | USAGE.copyTarget);
    const entries = [settings, bodies, unit, result].map((buffer, binding) => ({
      binding,
      resource: { buffer },
    }));
    const group = this.#device.createBindGroup({
      layout: this.#pipeline.getBindGroupLayout(0),
      entries,
    });
    this.#buffers = { n, splits, settings, bodies, unit, result, staging, group };
  }

  #release(): void {
    if (this.#buffers === undefined) return;
    const { settings, bodies, unit, result, staging } = this.#buffers;
    for (const buffer of [settings, bodies, unit, result, staging]) buffer.destroy();
    this.#buffers = undefined;
  }

  async #selfTest(): Promise<void> {
    const units: Units = { G: 1, softening: 0.01 };
    const bodies = plummer(TEST_BODIES, 1);
    const exact = plummer(TEST_BODIES, 1);
    referenceForces(exact, units).accelerations();
    await this.accelerations(bodies, units);
    this.selfTestError = relativeError(bodies, exact);
    if (this.selfTestError <= MOST_ERROR) return;
    this.close();
    throw new NbodyError(
      "device-inaccurate",
      `${this.name} gives accelerations with an error of ${this.selfTestError.toExponential(2)}; ${MOST_ERROR} is the most allowed`,
    );
  }
}

/** √(Σ |a − b|² / Σ |b|²) of two sets of accelerations. */
export function relativeError(bodies: Bodies, exact: Bodies): number {
  let difference = 0;
  let size = 0;
  for (const axis of ["ax", "ay", "az"] as const) {
    for (let i = 0; i < bodies.n; i++) {
      difference += (bodies[axis][i]! - exact[axis][i]!) ** 2;
      size += exact[axis][i]! ** 2;
    }
  }
  return Math.sqrt(difference / size);
}
