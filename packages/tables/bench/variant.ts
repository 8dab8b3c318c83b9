/**
 * One variant of a benchmark, in a process of its own: `variant.ts NAME URL ROWS`. Prints a Sample. Every
 * variant works once before it is timed, as in a service that has been running.
 */
import { createRequire } from "node:module";
import { readFileSync, writeFileSync } from "node:fs";
import postgres from "postgres";
import { connect, copyIn, copyOut, keyValues, selectByIdSql } from "@hotpath/tables";
import { checksum, emptyColumns, FLOATS, generate, particles, type Columns } from "./particles.ts";

const [name = "", url = "", rows = "0"] = process.argv.slice(2);
const count = Number(rows);
const NAMES = ["id", ...FLOATS] as const;
const SELECT = `SELECT ${NAMES.join(", ")} FROM bench_particles`;
/** Rows of one INSERT: as many as its parameters allow. */
const INSERT_ROWS = Math.floor(65_533 / NAMES.length);

interface PgClient {
  connect(): Promise<void>;
  end(): Promise<void>;
  query(text: string | object, values?: readonly unknown[]): Promise<{ readonly rows: RivalRow[] }>;
}
type RivalRow = { readonly id: string } & Readonly<Record<string, number>>;

async function pgClient(): Promise<PgClient> {
  const require = createRequire(new URL("../../../bench/package.json", import.meta.url));
  const pg = require("pg") as { readonly Client: new (url: string) => PgClient };
  const client = new pg.Client(url);
  await client.connect();
  return client;
}

/** What a user of a row-wise driver does to get columns. */
function columnsOf(list: readonly RivalRow[]): Columns {
  const columns = emptyColumns(list.length);
  for (const [index, row] of list.entries()) {
    columns.id[index] = BigInt(row.id);
    for (const column of FLOATS) columns[column][index] = row[column]!;
  }
  return columns;
}

function insertText(rowCount: number): string {
  const tuples = Array.from(
    { length: rowCount },
    (_, row) =>
      `(${NAMES.map((_name, column) => `$${row * NAMES.length + column + 1}`).join(",")})`,
  );
  return `INSERT INTO bench_particles (${NAMES.join(", ")}) VALUES ${tuples.join(",")}`;
}

/** The parameters of rows [first, first + rowCount). */
function parametersOf(columns: Columns, first: number, rowCount: number): unknown[] {
  const parameters: unknown[] = [];
  for (let row = first; row < first + rowCount; row++) {
    parameters.push(String(columns.id[row]));
    for (const column of FLOATS) parameters.push(columns[column][row]);
  }
  return parameters;
}

type Insert = (text: string, parameters: unknown[]) => Promise<unknown>;

async function insertAll(columns: Columns, insert: Insert): Promise<void> {
  for (let first = 0; first < count; first += INSERT_ROWS) {
    const rowCount = Math.min(INSERT_ROWS, count - first);
    await insert(insertText(rowCount), parametersOf(columns, first, rowCount));
  }
}

interface Variant {
  /** Does the work once; what it returns goes to `check`. */
  run(): Promise<Columns | number>;
  before?(): Promise<unknown>;
  close(): Promise<unknown>;
}

const driver = (): ReturnType<typeof postgres> => postgres(url, { max: 1, onnotice: () => {} });

const VARIANTS: Readonly<Record<string, () => Promise<Variant>>> = {
  "out-hotpath": async () => {
    const connection = await connect({ url });
    const run = async () => (await copyOut(connection, particles)).columns as unknown as Columns;
    return { run, close: () => connection.close() };
  },
  "out-pg": async () => {
    const client = await pgClient();
    return {
      run: async () => columnsOf((await client.query(SELECT)).rows),
      close: () => client.end(),
    };
  },
  "out-postgres": async () => {
    const sql = driver();
    const run = async () => columnsOf((await sql.unsafe(SELECT)) as unknown as RivalRow[]);
    return { run, close: () => sql.end() };
  },
  "in-hotpath": async () => {
    const connection = await connect({ url });
    const columns = generate(count, 7);
    return {
      before: () => connection.query("TRUNCATE bench_particles"),
      run: () => copyIn(connection, particles, { columns }),
      close: () => connection.close(),
    };
  },
  "in-pg": async () => {
    const client = await pgClient();
    const columns = generate(count, 7);
    return {
      before: () => client.query("TRUNCATE bench_particles"),
      run: async () => {
        await client.query("BEGIN");
        await insertAll(columns, (text, values) =>
          client.query({ name: String(text.length), text, values }),
        );
        await client.query("COMMIT");
        return count;
      },
      close: () => client.end(),
    };
  },
  "in-postgres": async () => {
    const sql = driver();
    const columns = generate(count, 7);
    return {
      before: () => sql.unsafe("TRUNCATE bench_particles"),
      run: async () => {
        await sql.begin((trx) =>
          insertAll(columns, async (text, values) =>
            trx.unsafe(text, values as never[], { prepare: true }),
          ),
        );
        return count;
      },
      close: () => sql.end(),
    };
  },
};

interface PointReader {
  one(id: bigint): Promise<unknown>;
  close(): Promise<unknown>;
}

/** Point reads: `count` of them, `depth` at a time. */
const POINTS: Readonly<Record<string, () => Promise<PointReader>>> = {
  "point-hotpath": async () => {
    const connection = await connect({ url, poolSize: 4 });
    const text = selectByIdSql(particles);
    return {
      one: (id) => connection.query(text, keyValues(particles, { id })),
      close: () => connection.close(),
    };
  },
  "point-postgres": async () => {
    const sql = postgres(url, { max: 4, onnotice: () => {}, types: { bigint: postgres.BigInt } });
    const text = selectByIdSql(particles);
    return {
      one: async (id) => sql.unsafe(text, [id as never], { prepare: true }),
      close: () => sql.end(),
    };
  },
};

async function points(open: NonNullable<(typeof POINTS)[string]>, depth: number): Promise<void> {
  const reader = await open();
  let id = 0;
  const worker = async (until: number): Promise<void> => {
    while (id < until) await reader.one(BigInt((id++ * 7919) % 10_000));
  };
  const workers = (until: number) =>
    Promise.all(Array.from({ length: depth }, () => worker(until)));
  await workers(count);
  id = 0;
  const start = performance.now();
  await workers(count);
  const value = (count * 1000) / (performance.now() - start);
  await reader.close();
  console.log(JSON.stringify({ value }));
}

async function timed(open: NonNullable<(typeof VARIANTS)[string]>): Promise<void> {
  const variant = await open();
  await variant.before?.();
  await variant.run();
  await variant.before?.();
  const start = performance.now();
  const result = await variant.run();
  const value = performance.now() - start;
  const check = typeof result === "number" ? String(result) : checksum(result);
  await variant.close();
  console.log(JSON.stringify({ value, checksum: check }));
}

/** How much the resident memory rises, at its highest, for a first copyOut: as a multiple of the columns. */
async function memory(): Promise<void> {
  const connection = await connect({ url });
  await copyOut(connection, particles, { limit: 20_000 });
  globalThis.gc?.();
  const before = process.memoryUsage.rss();
  writeFileSync("/proc/self/clear_refs", "5");
  const read = await copyOut(connection, particles);
  const peak =
    Number(/VmHWM:\s+(\d+) kB/.exec(readFileSync("/proc/self/status", "utf8"))![1]) * 1024;
  const value = (peak - before) / (read.count * NAMES.length * 8);
  await connection.close();
  console.log(JSON.stringify({ value, checksum: String(read.count) }));
}

const [kind = "", depth = "1"] = name.split("@");
if (name === "memory") await memory();
else if (POINTS[kind] !== undefined) await points(POINTS[kind], Number(depth));
else if (VARIANTS[name] !== undefined) await timed(VARIANTS[name]);
else throw new TypeError(`No variant is called ${name}`);
