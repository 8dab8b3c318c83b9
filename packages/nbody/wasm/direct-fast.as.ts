// asc: --optimizeLevel 0 --shrinkLevel 0 --runtime stub --enable simd --enable relaxed-simd --enable threads --importMemory --sharedMemory --initialMemory 1 --maximumMemory 65536 --noAssert --runPasses remove-unused-brs,remove-unused-names,merge-blocks,vacuum
/** The direct sum with relaxed multiply-add: for speed, where bits need not repeat elsewhere. */
export { pairs } from "./direct-pairs";
export { targets } from "./direct-targets";
export { massScaleOf, pack, reduce } from "./direct-layout";
