/** A WebGPU device that computes nothing: what the solver does around it, and with a wrong answer. */
import type { Gpu, GpuBuffer } from "../../src/gpu/webgpu.ts";

/** `answer` fills the mapped result; the default leaves zeros. */
export function fakeGpu(answer: (result: ArrayBuffer) => void = () => {}): Gpu {
  return {
    requestAdapter: async () => ({
      info: { vendor: "test", architecture: "", description: "device" },
      limits: { maxStorageBufferBindingSize: 1 << 20, maxBufferSize: 1 << 20 },
      requestDevice: async () => ({
        queue: { writeBuffer: () => {}, submit: () => {} },
        lost: new Promise(() => {}),
        createShaderModule: () => ({}),
        createComputePipelineAsync: async () => ({ getBindGroupLayout: () => ({}) }),
        createBuffer: ({ size }) => fakeBuffer(size, answer),
        createBindGroup: () => ({}),
        createCommandEncoder: () => ({
          beginComputePass: () => ({
            setPipeline: () => {},
            setBindGroup: () => {},
            dispatchWorkgroups: () => {},
            end: () => {},
          }),
          copyBufferToBuffer: () => {},
          finish: () => ({}),
        }),
        destroy: () => {},
      }),
    }),
  };
}

function fakeBuffer(size: number, answer: (result: ArrayBuffer) => void): GpuBuffer {
  return {
    mapAsync: async () => {},
    getMappedRange: () => {
      const bytes = new ArrayBuffer(size);
      answer(bytes);
      return bytes;
    },
    unmap: () => {},
    destroy: () => {},
  };
}
