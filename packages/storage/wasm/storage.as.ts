// asc: -O3 --runtime stub --enable simd --enable bulk-memory --enable threads --importMemory --sharedMemory --initialMemory 1 --maximumMemory 65536 --noAssert
/** What runs in the shared memory of a database. */
export { checksum, seal, verify } from "./checksum";
export {
  attach, beginLoad, create, disown, drop, endLoad, entryAddress, fixPage, format, ownFrame, reserve,
  resident, written,
} from "./frames";
export { releaseHazard, releaseHazardsOf, takeHazard } from "./hazards";
export { createIndex } from "./key-index";
export { addLate, append, beginBatch, end, indexPage, unindexPage, lastPage, lastRow, needMapOf, settlePages } from "./append";
export { find, openPage, visible, wanted } from "./read";
export { endOrdinal, firstOrdinal, pageOf, seekTime } from "./runs";
export { moveVersions } from "./versions";
export {
  aggregate, beginAggregate, count, endAggregate, first, greatest, last, least, sum,
} from "./aggregate";
