/**
 * CPU-bound work on every core: counts the primes below a million.
 *
 *     node examples/20-parallel.ts
 *
 * The task is defined in the module that the threads import too, so the program itself runs only where
 * this file is the main one.
 */
import { cpuCount, defineTask, parallel, run } from "@hotpath/runtime";

interface Range {
  readonly from: number;
  readonly to: number;
}

export const countPrimes = defineTask(import.meta.url, function countPrimes(range: Range): number {
  let count = 0;
  for (let n = Math.max(2, range.from); n < range.to; n++) if (isPrime(n)) count++;
  return count;
});

function isPrime(n: number): boolean {
  for (let divisor = 2; divisor * divisor <= n; divisor++) if (n % divisor === 0) return false;
  return true;
}

async function main(): Promise<void> {
  const ranges = Array.from({ length: 100 }, (_, k) => ({
    from: k * 10_000,
    to: (k + 1) * 10_000,
  }));
  const counts = await parallel(countPrimes, ranges);
  const total = counts.reduce((sum, count) => sum + count, 0);
  console.log(`${total} primes below a million, counted by up to ${cpuCount()} threads`);
}

if (import.meta.main) await run(main, { threads: "auto" });
