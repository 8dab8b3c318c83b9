/**
 * The part of WebGPU that this package uses, typed here because it must compile with and without
 * TypeScript's DOM library. `navigator.gpu` in browsers and `create([])` of the npm package `webgpu` fit.
 */

export interface Gpu {
  requestAdapter(options?: {
    readonly powerPreference?: "high-performance";
  }): Promise<GpuAdapter | null>;
}

export interface GpuAdapter {
  readonly info?: {
    readonly vendor: string;
    readonly architecture: string;
    readonly description: string;
  };
  readonly limits: { readonly maxStorageBufferBindingSize: number; readonly maxBufferSize: number };
  requestDevice(descriptor?: {
    readonly requiredLimits?: Readonly<Record<string, number>>;
  }): Promise<GpuDevice>;
}

export interface GpuDevice {
  readonly queue: GpuQueue;
  readonly lost: Promise<{ readonly message: string }>;
  createShaderModule(descriptor: { readonly code: string }): object;
  createComputePipelineAsync(descriptor: {
    readonly layout: "auto";
    readonly compute: { readonly module: object; readonly entryPoint: string };
  }): Promise<GpuPipeline>;
  createBuffer(descriptor: { readonly size: number; readonly usage: number }): GpuBuffer;
  createBindGroup(descriptor: {
    readonly layout: object;
    readonly entries: readonly {
      readonly binding: number;
      readonly resource: { readonly buffer: GpuBuffer };
    }[];
  }): object;
  createCommandEncoder(): GpuEncoder;
  destroy(): void;
}

interface GpuPipeline {
  getBindGroupLayout(index: number): object;
}

export interface GpuBuffer {
  mapAsync(mode: number): Promise<void>;
  getMappedRange(): ArrayBuffer;
  unmap(): void;
  destroy(): void;
}

interface GpuQueue {
  writeBuffer(buffer: GpuBuffer, offset: number, data: ArrayBuffer): void;
  submit(commands: readonly object[]): void;
}

interface GpuEncoder {
  beginComputePass(): {
    setPipeline(pipeline: GpuPipeline): void;
    setBindGroup(index: number, group: object): void;
    dispatchWorkgroups(x: number, y: number): void;
    end(): void;
  };
  copyBufferToBuffer(from: GpuBuffer, at: number, to: GpuBuffer, toAt: number, size: number): void;
  finish(): object;
}

/** WebGPU's own constants: GPUBufferUsage and GPUMapMode. */
export const USAGE = {
  mapRead: 0x01,
  copySource: 0x04,
  copyTarget: 0x08,
  uniform: 0x40,
  storage: 0x80,
} as const;
export const MAP_READ = 0x01;

export type { GpuPipeline };
