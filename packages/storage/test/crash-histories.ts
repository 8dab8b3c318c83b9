/** Histories by seed, one after another, until they had so many crash points. */
import { Worker } from "node:worker_threads";
import { crashHistory } from "./crash-history.ts";
import type { SubjectName } from "./crash-subjects.ts";

export interface CrashWork {
  readonly subject: SubjectName;
  readonly firstSeed: number;
  readonly points: number;
}

export interface CrashTotals {
  readonly points: number;
  readonly histories: number;
  readonly continued: number;
}

export async function crashHistories(work: CrashWork): Promise<CrashTotals> {
  let points = 0;
  let continued = 0;
  let seed = work.firstSeed;
  for (; points < work.points; seed++) {
    try {
      const report = await crashHistory({
        subject: work.subject,
        seed,
        bursts: 6,
        mixed: 2,
        depth: 3,
      });
      points += report.points;
      continued += report.continued;
    } catch (error) {
      throw new Error(`SEED=${seed}: ${String(error)}`, { cause: error });
    }
  }
  return { points, continued, histories: seed - work.firstSeed };
}

export function crashHistoriesOnThread(work: CrashWork): Promise<CrashTotals> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL("crash-worker.ts", import.meta.url), { workerData: work });
    worker.once("message", resolve);
    worker.once("error", reject);
  });
}
