/**
 * Finding a race: a cache that fetches a missing value, and fetches it twice when two tasks ask at the
 * same moment. `explore` tries schedules until it sees that, and prints how to see it again.
 *
 *   node examples/04-testing-with-a-seed.ts
 */
import assert from "node:assert/strict";
import { Mutex, explore, sleep, spawn } from "@hotpath/runtime";

type Cache = (key: string) => Promise<string>;

export function careless(fetch: (key: string) => Promise<string>): Cache {
  const values = new Map<string, string>();
  return async (key) => {
    const known = values.get(key);
    if (known !== undefined) return known;
    const value = await fetch(key);
    values.set(key, value);
    return value;
  };
}

export function careful(fetch: (key: string) => Promise<string>): Cache {
  const mutex = new Mutex({ name: "cache" });
  const cached = careless(fetch);
  return (key) => mutex.with(() => cached(key));
}

/** Two tasks ask for the same key at seeded moments; it may be fetched once. */
export async function fetchedOnce(cacheOf: typeof careless): Promise<void> {
  let fetches = 0;
  const cache = cacheOf(async (key) => {
    fetches++;
    await sleep("10ms");
    return key.toUpperCase();
  });
  const asking = ["a", "b"].map(() => spawn(() => cache("key")));
  for (const task of asking) assert.equal(await task, "KEY");
  assert.equal(fetches, 1, "fetched twice");
}

if (import.meta.main) {
  await explore(() => fetchedOnce(careful), { seeds: 500 });
  console.log("careful: 500 schedules, fetched once in each");
  const failure: unknown = await explore(() => fetchedOnce(careless)).catch(
    (error: unknown) => error,
  );
  console.log(`careless: ${failure instanceof Error ? failure.message : "no schedule breaks it"}`);
}
