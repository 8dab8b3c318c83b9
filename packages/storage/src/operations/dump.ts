/** Rows as lines of JSON. Bytes that are not text come as `{"base64": "…"}`. */
import type { Snapshot } from "../database/snapshot.ts";
import type { TableDefinition } from "../engine/engine.ts";
import { StorageError } from "../errors.ts";
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
  if (table.kind.name !== "ordered") {
    throw new StorageError(
      "UNSUPPORTED",
      `Cannot dump table ${table.name}: its kind is ${table.kind.name}`,
      {
        table: table.name,
      },
    );
  }
  const reads = snapshot.table(table) as OrderedReads;
  for (const [key, value] of reads.range({ limit: options.limit })) {
    yield JSON.stringify({ table: table.name, key: printable(key), value: printable(value) });
  }
}

const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

function printable(bytes: Uint8Array): string | { readonly base64: string } {
  try {
    return decoder.decode(bytes);
  } catch {
    return { base64: Buffer.from(bytes).toString("base64") };
  }
}
