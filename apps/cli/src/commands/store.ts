/** `hotpath store VERB DIR`: looking after databases. Exit codes: 0 well, 1 damaged or refused, 2 called wrongly. */
import { parseArgs } from "node:util";
import { run } from "@hotpath/runtime";
import { open, StorageError } from "@hotpath/storage";
import {
  backupDatabase,
  checkDatabase,
  dumpTable,
  manifestIn,
  measureFolder,
  salvageDatabase,
  statDatabase,
  storedDefinitions,
  StoredDatabase,
  verifyDatabase,
  type Finding,
  type Progress,
} from "@hotpath/storage/operations";
import { NodeDisk } from "@hotpath/storage";
import { ProgressBar } from "../terminal/progress-bar.ts";

interface Arguments {
  readonly folder: string;
  readonly into?: string | undefined;
  readonly table?: string | undefined;
  readonly limit?: number | undefined;
  readonly json: boolean;
}

const VERBS: Readonly<Record<string, (args: Arguments) => Promise<number>>> = {
  check,
  verify,
  stat,
  dump,
  backup,
  salvage,
  bench,
};

export async function store(args: readonly string[]): Promise<number> {
  const [verb, ...rest] = args;
  const operation = verb === undefined || !Object.hasOwn(VERBS, verb) ? undefined : VERBS[verb];
  if (operation === undefined) {
    throw new RangeError(`"store" wants one of: ${Object.keys(VERBS).join(", ")}`);
  }
  const parsed = argumentsOf(verb!, rest);
  try {
    return await run(() => operation(parsed));
  } catch (error) {
    if (!(error instanceof StorageError)) throw error;
    console.error(`hotpath store ${verb}: ${error.message} (${error.code})`);
    return 1;
  }
}

function argumentsOf(verb: string, args: readonly string[]): Arguments {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      into: { type: "string" },
      table: { type: "string" },
      limit: { type: "string" },
      json: { type: "boolean", default: false },
    },
  });
  const [folder, ...more] = positionals;
  if (folder === undefined || more.length > 0)
    throw new RangeError(`"store ${verb}" wants one folder`);
  const limit = values.limit === undefined ? undefined : Number(values.limit);
  if (limit !== undefined && !(Number.isInteger(limit) && limit >= 0)) {
    throw new RangeError(`--limit must be a whole number, not "${values.limit}"`);
  }
  return { folder, into: values.into, table: values.table, limit, json: values.json };
}

function newFolder(verb: string, { into }: Arguments): string {
  if (into === undefined)
    throw new RangeError(`"store ${verb}" wants --into NEW, a folder that is not there yet`);
  return into;
}

/** Runs something long with a bar on the terminal. */
async function withBar<T>(work: (progress: Progress) => Promise<T>): Promise<T> {
  let bar: ProgressBar | undefined;
  let total = 0;
  try {
    return await work((done, of, note) => {
      if (bar === undefined || of !== total) bar = new ProgressBar((total = of));
      bar.update(done, note);
    });
  } finally {
    bar?.clear();
  }
}

function report(findings: readonly Finding[]): number {
  for (const { where, what, kind } of findings)
    console.log(`${kind === "damage" ? "DAMAGE" : "note"}  ${where}: ${what}`);
  return findings.some(({ kind }) => kind === "damage") ? 1 : 0;
}

async function check({ folder }: Arguments): Promise<number> {
  await using database = await StoredDatabase.open(folder);
  const { findings, pages, tables } = await withBar((progress) =>
    checkDatabase(database, progress),
  );
  for (const { name, kind, entries } of tables) {
    console.log(`table ${name} (${kind})${entries === undefined ? "" : `: ${entries} entries`}`);
  }
  const code = report(findings);
  console.log(`${pages} pages, ${code === 0 ? "all well" : "damaged"}`);
  return code;
}

async function verify({ folder }: Arguments): Promise<number> {
  await using database = await StoredDatabase.open(folder);
  const { findings, logBytes, pages } = await withBar((progress) =>
    verifyDatabase(database, progress),
  );
  const code = report(findings);
  console.log(
    `${pages} pages and ${logBytes} bytes of log, ${code === 0 ? "all as written" : "damaged"}`,
  );
  return code;
}

async function stat({ folder, json }: Arguments): Promise<number> {
  const found = await statDatabase(folder);
  if (json) {
    console.log(JSON.stringify(found, undefined, 2));
    return 0;
  }
  console.log(
    `checkpoint ${found.generation}, commit ${found.commit}, ${found.closed ? "closed" : "open, or not closed"}`,
  );
  console.log(
    `pages ${mebibytes(found.pageBytes)} in ${found.pageFiles} files, log ${mebibytes(found.logBytes)} in ${found.logFiles}`,
  );
  for (const { name, kind, entries, keyValueBytes } of found.tables) {
    const size =
      entries === undefined
        ? ""
        : `: ${entries} entries, ${mebibytes(keyValueBytes ?? 0)} of keys and values`;
    console.log(`table ${name} (${kind})${size}`);
  }
  if (found.ordered !== undefined) {
    const { amplification, freePages, pages } = found.ordered;
    console.log(
      `ordered tables: ${pages} pages, ${freePages} of them free, ${amplification.toFixed(2)} bytes for each byte of data`,
    );
  }
  return 0;
}

function mebibytes(bytes: number): string {
  return `${(bytes / 2 ** 20).toFixed(1)} MiB`;
}

async function dump({ folder, table, limit }: Arguments): Promise<number> {
  const { definitions, unknown } = storedDefinitions(await manifestIn(new NodeDisk(folder)));
  const chosen = definitions.filter(({ name }) => table === undefined || name === table);
  if (chosen.length === 0)
    throw new StorageError("SCHEMA", `There is no table ${table ?? ""} that can be dumped`);
  refuseUnknown("dump", unknown);
  await using database = await open(folder, { tables: definitions });
  using snapshot = database.snapshot();
  for (const definition of chosen) {
    for (const line of dumpTable(snapshot, definition, { limit })) {
      if (!process.stdout.write(`${line}\n`))
        await new Promise((resolve) => process.stdout.once("drain", resolve));
    }
  }
  return 0;
}

function refuseUnknown(verb: string, unknown: readonly string[]): void {
  if (unknown.length === 0) return;
  throw new StorageError(
    "UNSUPPORTED",
    `Cannot ${verb} tables of kinds that this version does not know: ${unknown.join(", ")}`,
  );
}

async function backup(args: Arguments): Promise<number> {
  const into = newFolder("backup", args);
  const { definitions, unknown } = storedDefinitions(await manifestIn(new NodeDisk(args.folder)));
  refuseUnknown("back up", unknown);
  await using database = await open(args.folder, { tables: definitions });
  const { commit, rows } = await withBar((progress) =>
    backupDatabase(database, definitions, into, {}, progress),
  );
  console.log(`${rows} rows as of commit ${commit} are in ${into}`);
  return 0;
}

async function salvage(args: Arguments): Promise<number> {
  const into = newFolder("salvage", args);
  await using database = await StoredDatabase.open(args.folder);
  const { findings, rows } = await withBar((progress) => salvageDatabase(database, into, progress));
  const code = report(findings);
  console.log(
    `${rows} rows, and what the log had, are in ${into}${code === 0 ? "; nothing was damaged" : ""}`,
  );
  return 0;
}

async function bench({ folder }: Arguments): Promise<number> {
  const measured = await withBar((progress) => measureFolder(folder, undefined, progress));
  for (const { what, value, unit } of measured) {
    console.log(
      `${what.padEnd(40)} ${Math.round(value).toLocaleString("en").padStart(12)} ${unit}`,
    );
  }
  return 0;
}
