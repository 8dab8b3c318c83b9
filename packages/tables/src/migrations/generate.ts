/**
 * Writes the next migration: the difference between the definitions and schema.json, which records what
 * the migrations so far amount to. The file is SQL to be read and committed, not run from memory.
 */
import { readFile, writeFile } from "node:fs/promises";
import type { AnyTable } from "../definition/table.ts";
import { diffSchemas, type Change } from "./diff.ts";
import { readMigrations } from "./migration-files.ts";
import { renamesOf, sameModel, schemaOf, type SchemaModel } from "./schema.ts";

export interface GeneratedMigration {
  /** The file's name. */
  readonly name: string;
  readonly sql: string;
  /** What a reviewer has to look at. */
  readonly review: readonly string[];
}

/**
 * @param name words for the file name: "add mass" → 0003_add_mass.sql
 * @returns undefined when the definitions say what schema.json says
 */
export async function generateMigration(
  folder: URL,
  tables: readonly AnyTable[],
  name: string,
): Promise<GeneratedMigration | undefined> {
  const base = folder.href.endsWith("/") ? folder : new URL(`${folder.href}/`);
  const record = new URL("schema.json", base);
  const recorded = await readRecord(record);
  const schema = schemaOf(tables);
  const changes = diffSchemas(recorded, schema, renamesOf(tables));
  if (changes.length === 0) {
    if (!sameModel(recorded, schema)) await writeRecord(record, schema);
    return undefined;
  }
  const migrations = await readMigrations(base);
  const id = String((migrations.at(-1)?.id ?? 0) + 1).padStart(4, "0");
  const words = name.toLowerCase().match(/[a-z0-9]+/g) ?? ["change"];
  const file = `${id}_${words.join("_")}.sql`;
  const sql = migrationSql(changes);
  await writeFile(new URL(file, base), sql, { flag: "wx" });
  await writeRecord(record, schema);
  const review = changes.flatMap((change) => (change.review === undefined ? [] : [change.review]));
  return { name: file, sql, review };
}

export function migrationSql(changes: readonly Change[]): string {
  return changes
    .map(
      ({ sql, review }) =>
        `${review === undefined ? "" : `-- REVIEW: ${oneLine(review)}\n`}${sql};\n`,
    )
    .join("\n");
}

/** A name may hold a line break, which would end the comment. */
function oneLine(text: string): string {
  return text.replaceAll(/[\r\n]+/g, " ");
}

async function readRecord(record: URL): Promise<SchemaModel> {
  try {
    return JSON.parse(await readFile(record, "utf8")) as SchemaModel;
  } catch (error) {
    if ((error as { readonly code?: string }).code === "ENOENT") return {};
    throw error;
  }
}

async function writeRecord(record: URL, schema: SchemaModel): Promise<void> {
  await writeFile(record, `${JSON.stringify(schema, null, 2)}\n`);
}
