/** Which tables there are: declared by the program, stored in the manifest. A number never means another table. */
import { StorageError } from "../errors.ts";
import type { TableDefinition, TableKind } from "../engine/engine.ts";
import type { StoredTable } from "./manifest.ts";

const TABLE_LIMIT = 1000;

export interface Catalogue {
  /** All tables, for the manifest. */
  readonly stored: readonly StoredTable[];
  readonly open: readonly { readonly number: number; readonly definition: TableDefinition }[];
  readonly kinds: ReadonlySet<TableKind>;
  readonly changed: boolean;
}

export function reconcile(
  stored: readonly StoredTable[],
  declared: readonly TableDefinition[],
): Catalogue {
  const next = [...stored];
  const open: { readonly number: number; readonly definition: TableDefinition }[] = [];
  const kinds = new Set<TableKind>();
  const names = new Set<string>();
  for (const definition of declared) {
    const { name, kind, schema } = definition;
    if (names.has(name)) throw new TypeError(`Two tables are declared with the name ${name}`);
    names.add(name);
    kinds.add(kind);
    const before = stored.find((table) => table.name === name);
    if (before !== undefined) checkCompatible(before, definition);
    const number = before?.number ?? 1 + Math.max(0, ...next.map((table) => table.number));
    const record: StoredTable = { number, name, kind: kind.name, schema };
    if (before === undefined) next.push(record);
    open.push({ number, definition });
  }
  if (next.length > TABLE_LIMIT) {
    throw new StorageError("LIMIT", `A database has at most ${TABLE_LIMIT} tables`);
  }
  const missing = next.find((table) => !names.has(table.name));
  if (missing !== undefined) {
    throw new StorageError(
      "SCHEMA",
      `The database has a table ${missing.name} (${missing.kind}) that is not declared`,
      { table: missing.name },
    );
  }
  return { stored: next, open, kinds, changed: next.length > stored.length };
}

function checkCompatible(stored: StoredTable, { name, kind, schema }: TableDefinition): void {
  const why =
    stored.kind === kind.name
      ? (kind.incompatible?.(stored.schema, schema) ??
        (kind.incompatible === undefined && !sameJson(stored.schema, schema)
          ? "its declaration has changed"
          : undefined))
      : `it is stored as ${stored.kind} and declared as ${kind.name}`;
  if (why === undefined) return;
  throw new StorageError("SCHEMA", `Cannot open table ${name}: ${why}`, { table: name });
}

function sameJson(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
