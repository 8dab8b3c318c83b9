/**
 * Rows as lines of JSON. Keys and values of ordered tables that are not text come as `{"base64": "…"}`, bytes of series as
 * `{"hex": "…"}`.
 */
import type { Snapshot } from "../database/snapshot.ts";
import type { TableDefinition } from "../engine/engine.ts";
import { StorageError } from "../errors.ts";
import { orderedKind } from "../ordered/ordered-engine.ts";
import { seriesKind } from "../series/series-engine.ts";
import type { SeriesReads } from "../series/series-reads.ts";
import type { OrderedReads } from "../ordered/ordered-reads.ts";

export interface DumpOptions {
  /** At most so many rows of each table. */
  readonly limit?: number | undefined;
}

export function* dumpTable(
  snapshot: Snapshot,
  table: TableDefinition,
  options: DumpOptions = {},
): Generator<string, void, undefined> {
  if (table.kind === seriesKind) {
    const rows = (snapshot.table(table) as SeriesReads).rows({ limit: options.limit ?? Infinity });
    for (const row of rows) yield JSON.stringify({ table: table.name, row }, readable);
    return;
  }
  if (table.kind !== orderedKind) throw unknownKind("dump", table);
  const reads = snapshot.table(table) as OrderedReads;
  for (const [key, value] of reads.range({ limit: options.limit })) {
    yield JSON.stringify({ table: table.name, key: printable(key), value: printable(value) });
  }
}

export function unknownKind(verb: string, { kind, name }: TableDefinition): StorageError {
  return new StorageError("UNSUPPORTED", `Cannot ${verb} table ${name}: its kind is ${kind.name}`, {
    table: name,
  });
}

/** Of a row's values, those that JSON does not have. */
function readable(_name: string, value: unknown): unknown {
  if (value instanceof Uint8Array) return { hex: Buffer.from(value).toString("hex") };
  return typeof value === "bigint" ? String(value) : value;
}

const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

function printable(bytes: Uint8Array): string | { readonly base64: string } {
  try {
    return decoder.decode(bytes);
  } catch {
    return { base64: Buffer.from(bytes).toString("base64") };
  }
}
