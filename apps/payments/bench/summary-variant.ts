/** Builds the index with so many payments and asks it for windows; prints what it took as JSON. */
import { SummaryIndex } from "../src/summary/summary-index.ts";
import { percentile } from "../src/contest/score.ts";
import { sequence } from "../test/sequence.ts";

const payments = Number(process.argv[2]);
const random = sequence(20_251_121);
const index = new SummaryIndex();
const firstMs = Date.UTC(2026, 0, 1);
const spanMs = Math.floor(payments / 15);
const startMs = performance.now();
for (let at = 0; at < payments; at++) {
  // 15 in a millisecond, and up to 50 ms out of order: as answers of processors come.
  const timeMs = firstMs + Math.floor(at / 15) + random(50);
  index.add(timeMs, 1 + random(1_000_000), at % 7 === 0 ? 1 : 0);
}
const buildMs = performance.now() - startMs;
const queriesMs = new Float64Array(20_000);
let checksum = 0;
for (let query = 0; query < queriesMs.length; query++) {
  const fromMs = firstMs + random(spanMs);
  const toMs = fromMs + random(spanMs);
  const askedMs = performance.now();
  const { counts } = index.summary(fromMs, toMs);
  queriesMs[query] = performance.now() - askedMs;
  checksum = (checksum + counts[0] + counts[1] * 3) % 1_000_000_007;
}
const sorted = queriesMs.sort();
console.log(
  JSON.stringify({
    buildMs,
    bytesEach: index.sizeBytes / payments,
    p50Ms: percentile(sorted, 0.5),
    p99Ms: percentile(sorted, 0.99),
    checksum,
  }),
);
