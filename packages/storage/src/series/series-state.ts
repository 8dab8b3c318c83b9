/** What the manifest keeps of the series: JSON of version 1 behind its length, then the pages that were being filled. */
import { StorageError } from "../errors.ts";
import { PAGE_BYTES, PAGE_LIMIT, SEGMENT_PAGES } from "../pool/page-pool.ts";

export const SERIES_STATE_VERSION = 1;

export interface RunState {
  readonly first: number;
  readonly pages: number;
  /** Largest time of the series up to its end; i64. */
  readonly time: string;
  /** Which side file; 0: none. */
  readonly side: number;
}

export interface TableState {
  readonly table: number;
  readonly seed: string;
  readonly lastTime: string;
  readonly rows: number;
  readonly runs: readonly RunState[];
  readonly tail: Uint8Array | undefined;
}

export interface SeriesState {
  readonly generation: number;
  readonly tables: readonly TableState[];
}

export function encodeSeriesState({ generation, tables }: SeriesState): Uint8Array {
  const stored = {
    version: SERIES_STATE_VERSION,
    generation,
    tables: tables.map(({ tail, ...table }) => ({ ...table, tail: tail !== undefined })),
  };
  const json = new TextEncoder().encode(JSON.stringify(stored));
  const tails = tables.flatMap(({ tail }) => (tail === undefined ? [] : [tail]));
  const bytes = new Uint8Array(4 + json.length + tails.length * PAGE_BYTES);
  new DataView(bytes.buffer).setUint32(0, json.length, true);
  bytes.set(json, 4);
  for (const [k, tail] of tails.entries()) bytes.set(tail, 4 + json.length + k * PAGE_BYTES);
  return bytes;
}

export function decodeSeriesState(bytes: Uint8Array): SeriesState {
  if (bytes.length < 4) throw damaged("it is empty");
  const length = new DataView(bytes.buffer, bytes.byteOffset, bytes.length).getUint32(0, true);
  let stored: { version?: unknown; generation?: unknown; tables?: unknown };
  try {
    const json = new TextDecoder("utf-8", { fatal: true }).decode(bytes.subarray(4, 4 + length));
    stored = JSON.parse(json) as typeof stored;
  } catch (cause) {
    throw damaged("it is not JSON", cause);
  }
  if (stored.version !== SERIES_STATE_VERSION) {
    const found = String(stored.version);
    throw new StorageError(
      "FORMAT",
      `The series have format ${found}; this version reads ${SERIES_STATE_VERSION}`,
    );
  }
  let at = 4 + length;
  if (!Array.isArray(stored.tables)) throw damaged("it has no tables");
  const tables = (stored.tables as Record<string, unknown>[]).map((table) => {
    let tail: Uint8Array | undefined;
    if (table["tail"] === true) {
      tail = bytes.subarray(at, at + PAGE_BYTES);
      if (tail.length !== PAGE_BYTES) throw damaged("a page is missing");
      at += PAGE_BYTES;
    }
    return { ...checked(table), tail };
  });
  return { generation: whole(stored.generation, "generation"), tables };
}

function checked(table: Record<string, unknown>): Omit<TableState, "tail"> {
  const runs = table["runs"];
  if (!Array.isArray(runs)) throw damaged("a table has no runs");
  return {
    table: whole(table["table"], "table", 0xffff),
    seed: digits(table["seed"], "seed"),
    lastTime: digits(table["lastTime"], "lastTime"),
    rows: whole(table["rows"], "rows"),
    runs: (runs as Record<string, unknown>[]).map((run) => {
      const first = whole(run["first"], "first", PAGE_LIMIT);
      if (first === 0 || first % SEGMENT_PAGES !== 0)
        throw damaged("a run begins inside of a segment");
      return {
        first,
        pages: whole(run["pages"], "pages", SEGMENT_PAGES),
        time: digits(run["time"], "time"),
        side: whole(run["side"], "side"),
      };
    }),
  };
}

function whole(value: unknown, what: string, most: number = Number.MAX_SAFE_INTEGER): number {
  if (typeof value === "number" && Number.isInteger(value) && value >= 0 && value <= most)
    return value;
  throw damaged(`${what} is not a whole number up to ${most}`);
}

function digits(value: unknown, what: string): string {
  if (typeof value === "string" && /^-?\d{1,20}$/.test(value)) return value;
  throw damaged(`${what} is not a number`);
}

function damaged(why: string, cause?: unknown): StorageError {
  return new StorageError("CORRUPT", `Cannot read the manifest's part about series: ${why}`, {
    cause,
  });
}
