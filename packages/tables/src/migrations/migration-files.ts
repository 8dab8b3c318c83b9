/** The files of a migrations folder: `0001_first.sql`, and `0001_first.down.sql` where one can go back. */
import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";

export interface Migration {
  readonly id: number;
  /** The file's name. */
  readonly name: string;
  readonly sql: string;
  /** SHA-256 of the file, hexadecimal. */
  readonly checksum: string;
  /** The text of its `.down.sql`. */
  readonly down: string | undefined;
}

const FILE_NAME = /^(\d{4})_[a-z0-9_]+\.sql$/;
const DOWN = /\.down\.sql$/;

/** @throws TypeError when a file's name is not `0001_some_name.sql` or a number is there twice */
export async function readMigrations(folder: URL): Promise<readonly Migration[]> {
  const base = folder.href.endsWith("/") ? folder : new URL(`${folder.href}/`);
  const files = (await readdir(base)).filter((name) => name.endsWith(".sql")).sort();
  const migrations: Migration[] = [];
  for (const name of files.filter((file) => !DOWN.test(file))) {
    const id = Number(FILE_NAME.exec(name)?.[1] ?? Number.NaN);
    if (Number.isNaN(id)) {
      throw new TypeError(`Migration "${name}" must be named like 0001_some_name.sql`);
    }
    if (migrations.some((migration) => migration.id === id)) {
      throw new TypeError(`Two migrations have the number ${id}`);
    }
    const sql = await readFile(new URL(name, base), "utf8");
    const checksum = createHash("sha256").update(sql).digest("hex");
    const downName = name.replace(/\.sql$/, ".down.sql");
    const down = files.includes(downName)
      ? await readFile(new URL(downName, base), "utf8")
      : undefined;
    migrations.push({ id, name, sql, checksum, down });
  }
  return migrations;
}
