/**
 * Runs crash histories on a thread of its own: the test runner follows every promise of its thread, which makes
 * them several times as slow.
 */
import { parentPort, workerData } from "node:worker_threads";
import { type CrashTotals, crashHistories, type CrashWork } from "./crash-histories.ts";

const totals: CrashTotals = await crashHistories(workerData as CrashWork);
parentPort!.postMessage(totals);
