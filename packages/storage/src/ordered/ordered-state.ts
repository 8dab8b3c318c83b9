/**
 * What the manifest keeps of the ordered tables: the trees' roots, the segments, and which of their pages are free.
 * JSON of version 1; the free pages are runs, each as its distance from the end of the run before and its length.
 */
import { StorageError } from "../errors.ts";
import { PAGE_LIMIT, SEGMENT_PAGES, type PageNumber } from "../pool/page-pool.ts";
import type { SpaceState } from "./page-space.ts";
import type { TreeState } from "./tree.ts";

export const ORDERED_STATE_VERSION = 1;

export interface OrderedState {
  readonly space: SpaceState;
  readonly trees: ReadonlyMap<number, TreeState>;
}

export function encodeOrderedState({ space, trees }: OrderedState): Uint8Array {
  const { commit, epoch, segments, used, free } = space;
  const stored = {
    version: ORDERED_STATE_VERSION,
    commit,
    epoch,
    segments,
    used,
    free: runsOf(free),
    trees: [...trees].map(([table, state]) => ({ table, ...state })),
  };
  return new TextEncoder().encode(JSON.stringify(stored));
}

export function decodeOrderedState(bytes: Uint8Array): OrderedState {
  let stored: Record<string, unknown>;
  try {
    stored = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes)) as typeof stored;
  } catch (cause) {
    throw new StorageError("CORRUPT", "The manifest's part about ordered tables is not JSON", {
      cause,
    });
  }
  if (stored["version"] !== ORDERED_STATE_VERSION) {
    const found = String(stored["version"]);
    throw new StorageError(
      "FORMAT",
      `The ordered tables have format ${found}; this version reads ${ORDERED_STATE_VERSION}`,
    );
  }
  const segments = numbers(stored["segments"], "segments");
  const used = whole(stored["used"], "used", SEGMENT_PAGES);
  const free = pagesOf(numbers(stored["free"], "free"));
  const owned = new Set(segments.map((first) => first / SEGMENT_PAGES));
  if (free.some((page) => !owned.has(Math.floor(page / SEGMENT_PAGES)))) throw damaged("free");
  const space = {
    commit: whole(stored["commit"], "commit"),
    epoch: whole(stored["epoch"], "epoch"),
    segments,
    used,
    free,
  };
  const trees = new Map<number, TreeState>();
  for (const entry of list(stored["trees"], "trees") as Record<string, unknown>[]) {
    trees.set(whole(entry["table"], "table", 0xffff), {
      root: whole(entry["root"], "root", PAGE_LIMIT),
      entries: whole(entry["entries"], "entries"),
      keyValueBytes: whole(entry["keyValueBytes"], "keyValueBytes"),
    });
  }
  return { space, trees };
}

/** Distance and length of every run of numbers that follow each other. The numbers rise. */
export function runsOf(pages: readonly PageNumber[]): number[] {
  const runs: number[] = [];
  let end = 0;
  for (let k = 0; k < pages.length;) {
    const first = pages[k]!;
    let count = 1;
    while (pages[k + count] === first + count) count++;
    runs.push(first - end, count);
    end = first + count;
    k += count;
  }
  return runs;
}

function pagesOf(runs: readonly number[]): PageNumber[] {
  const pages: PageNumber[] = [];
  let end = 0;
  for (let k = 0; k < runs.length; k += 2) {
    const first = end + runs[k]!;
    const count = runs[k + 1] ?? 0;
    if (first + count > PAGE_LIMIT) throw damaged("free");
    for (let n = 0; n < count; n++) pages.push(first + n);
    end = first + count;
  }
  return pages;
}

function whole(value: unknown, field: string, limit: number = Number.MAX_SAFE_INTEGER): number {
  if (typeof value === "number" && Number.isSafeInteger(value) && value >= 0 && value <= limit)
    return value;
  throw damaged(field);
}

function list(value: unknown, field: string): readonly unknown[] {
  if (Array.isArray(value)) return value as unknown[];
  throw damaged(field);
}

function numbers(value: unknown, field: string): number[] {
  return list(value, field).map((entry) => whole(entry, field));
}

function damaged(field: string): StorageError {
  return new StorageError(
    "CORRUPT",
    `The manifest's part about ordered tables is damaged in "${field}"`,
  );
}
