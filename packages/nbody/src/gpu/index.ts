/** `@hotpath/nbody/gpu`: the direct sum on WebGPU, in browsers and in Node. */
export { GpuDirect, relativeError } from "./gpu-direct.ts";
export type { Gpu } from "./webgpu.ts";
