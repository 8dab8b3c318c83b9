// asc: --optimizeLevel 0 --shrinkLevel 0 --runtime stub --enable simd --enable threads --importMemory --sharedMemory --initialMemory 1 --maximumMemory 65536 --noAssert --runPasses remove-unused-brs,remove-unused-names,merge-blocks,vacuum
/** The reproducible direct sum: strict IEEE operations, the same bits on every machine. */
export { pairs } from "./direct-pairs";
export { targets } from "./direct-targets";
export { massScaleOf, pack, reduce } from "./direct-layout";
