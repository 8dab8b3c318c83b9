/**
 * Hedged requests: ask one replica, and another when the first is slow; the first answer wins and the
 * other request is cancelled, wherever it is.
 *
 *   node examples/03-first-answer-wins.ts
 */
import { after, group, run, select, sleep, type Task } from "@hotpath/runtime";

export async function hedged<T>(
  ask: (replica: number) => Promise<T>,
  patienceMs: number,
): Promise<T> {
  return group(async (tasks) => {
    const first = tasks.spawn(() => ask(0), { name: "replica 0" });
    const early = await select({ first, impatient: after(patienceMs) });
    if (early.kind === "first") return early.value;
    const second = tasks.spawn(() => ask(1), { name: "replica 1" });
    const { value, kind } = await select({ first, second });
    const loser: Task<T> = kind === "first" ? second : first;
    void loser.cancel("the other replica was faster");
    return value;
  });
}

if (import.meta.main) {
  const delaysMs = [5_000, 5];
  const answer = await run(() =>
    hedged(async (replica) => {
      await sleep(delaysMs[replica]!);
      return `replica ${replica}`;
    }, 10),
  );
  console.log(`answered by ${answer}`);
}
