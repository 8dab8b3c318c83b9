/** Reads every byte that the database wrote, and compares it with its checksum. */
import { checkCancelled, yieldNow } from "@hotpath/runtime";
import { scanLog } from "../log/scan.ts";
import { PAGE_BYTES, SEGMENT_PAGES, type PageNumber } from "../pool/page-pool.ts";
import { positionOf, segmentName, segmentOf } from "../pool/segment-files.ts";
import type { Manifest } from "../database/manifest.ts";
import {
  orderedStateOf,
  type Finding,
  type Progress,
  type StoredDatabase,
} from "./stored-database.ts";

export interface VerifyReport {
  readonly pages: number;
  readonly logBytes: number;
  readonly findings: readonly Finding[];
}

/** Pages of one read. */
const RUN_PAGES = 64;
export const WRONG: readonly string[] = [
  "",
  "its checksum is wrong",
  "it is another page, written to the wrong place",
];

/** The manifest has been verified when the database is given. */
export async function verifyDatabase(
  store: StoredDatabase,
  progress?: Progress,
): Promise<VerifyReport> {
  const findings: Finding[] = [];
  const logBytes = await verifyLog(store, findings);
  const inUse = pagesInUse(store.manifest);
  const segments = await store.segments();
  const buffer = store.pool.reserve(RUN_PAGES);
  let pages = 0;
  let done = 0;
  for (const first of segments) {
    const name = segmentName(segmentOf(first));
    const file = store.disk.openSync(name);
    try {
      for (let page = first; page < first + SEGMENT_PAGES; page += RUN_PAGES) {
        const into = store.pool.bytes.subarray(buffer, buffer + RUN_PAGES * PAGE_BYTES);
        const bytes = file.readSync(into, positionOf(page));
        done += RUN_PAGES;
        progress?.(done, segments.length * SEGMENT_PAGES, name);
        for (let k = 0; k < Math.floor(bytes / PAGE_BYTES); k++) {
          const at = buffer + k * PAGE_BYTES;
          if (isBlank(into, k * PAGE_BYTES)) continue;
          pages++;
          const wrong = store.pool.kernel.verify(at, page + k);
          if (wrong !== 0) findings.push(pageFinding(page + k, WRONG[wrong]!, inUse));
        }
        if (bytes < into.length) break;
        checkCancelled();
        await yieldNow();
      }
    } finally {
      await file.close();
    }
  }
  return { pages, logBytes, findings };
}

export function pageFinding(
  page: PageNumber,
  what: string,
  inUse: (page: PageNumber) => boolean | undefined,
): Finding {
  const used = inUse(page);
  const where = `${segmentName(segmentOf(page))} at byte ${positionOf(page)} (page ${page})`;
  if (used === false) return { where, what: `${what}; nothing refers to the page`, kind: "note" };
  return { where, what, kind: "damage" };
}

/** Whether a page is in use: undefined where only its table would know. */
export function pagesInUse(manifest: Manifest): (page: PageNumber) => boolean | undefined {
  const state = orderedStateOf(manifest);
  if (state === undefined) return () => undefined;
  const { free, segments, used } = state.space;
  const unused = new Set(free);
  const last = segments.at(-1);
  return (page) => {
    const first = segmentOf(page) * SEGMENT_PAGES;
    if (!segments.includes(first)) return undefined;
    return !unused.has(page) && (first !== last || page - first < used);
  };
}

export function isBlank(bytes: Uint8Array, at: number): boolean {
  for (let k = at; k < at + PAGE_BYTES; k++) if (bytes[k] !== 0) return false;
  return true;
}

/** The log behind the checkpoint: bytes of its groups. What a crash may leave at its end is no finding. */
async function verifyLog(store: StoredDatabase, findings: Finding[]): Promise<number> {
  const scan = await scanLog(store.disk, store.manifest.log, "salvage", () => {});
  for (const { file } of scan.live) await file.close();
  for (const file of scan.spare) await file.close();
  for (const { file, position, what } of scan.damage) {
    findings.push({ where: `${file} at byte ${position}`, what, kind: "damage" });
  }
  return scan.bytes;
}
