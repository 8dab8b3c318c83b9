/**
 * Measures Hotpath beside its rivals.
 *
 *   npm run -s bench -- --list
 *   npm run -s bench -- CASE... [--quick] [--json] [--save]
 *
 * One JSON object per result: {case, subject, value, unit, rival, rivalValue, ratio, checksum, cpu,
 * node, commit}; ratio > 1 means that Hotpath is better. --save writes bench/results/CASE.json.
 */
import { execFileSync } from "node:child_process";
import { globSync, mkdirSync, writeFileSync } from "node:fs";
import { arch, availableParallelism, cpus, platform, totalmem } from "node:os";
import { basename, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import { MissingRival, type BenchCase, type BenchResult } from "./bench/harness.ts";

const { values, positionals } = parseArgs({
  options: {
    list: { type: "boolean", default: false },
    quick: { type: "boolean", default: false },
    json: { type: "boolean", default: false },
    save: { type: "boolean", default: false },
  },
  allowPositionals: true,
});

const files = new Map(
  globSync("{packages,apps}/*/bench/*.bench.ts")
    .sort()
    .map((file) => [basename(file, ".bench.ts"), resolve(file)]),
);

if (values.list || positionals.length === 0) {
  for (const [name, file] of files) console.log(`${name.padEnd(24)} ${(await load(file)).title}`);
  process.exit(values.list ? 0 : 2);
}

for (const name of positionals) {
  const file = files.get(name);
  if (file === undefined) {
    console.error(`no benchmark is called ${name}; \`npm run -s bench -- --list\` names them`);
    process.exitCode = 2;
    continue;
  }
  await measure(await load(file));
}

async function load(file: string): Promise<BenchCase> {
  const module = (await import(pathToFileURL(file).href)) as { default: BenchCase };
  return module.default;
}

async function measure(bench: BenchCase): Promise<void> {
  const progress = (text: string): void => {
    if (process.stderr.isTTY) process.stderr.write(`\r\u001b[K${bench.name}: ${text}`);
  };
  try {
    const results = await bench.run({ size: values.quick ? "quick" : "full", progress });
    if (process.stderr.isTTY) process.stderr.write("\r\u001b[K");
    const rows = results.map((result) => ({
      case: bench.name,
      ...withRatio(result),
      ...fingerprint(),
    }));
    for (const row of rows) console.log(values.json ? JSON.stringify(row) : line(row));
    if (values.save) save(bench.name, rows);
  } catch (error) {
    if (!(error instanceof MissingRival)) throw error;
    console.error(`${bench.name}: ${error.message}`);
    process.exitCode = 3;
  }
}

function withRatio(result: BenchResult): BenchResult & { readonly ratio?: number } {
  if (result.rivalValue === undefined) return result;
  const ratio =
    result.better === "higher"
      ? result.value / result.rivalValue
      : result.rivalValue / result.value;
  return { ...result, ratio: Number(ratio.toPrecision(4)) };
}

type Row = ReturnType<typeof withRatio> &
  ReturnType<typeof fingerprint> & { readonly case: string };

function line(row: Row): string {
  const value = `${Number(row.value.toPrecision(4))} ${row.unit}`;
  const versus =
    row.rivalValue === undefined
      ? ""
      : `  ${row.ratio} × ${row.rival} (${Number(row.rivalValue.toPrecision(4))})`;
  return `${row.case.padEnd(20)} ${row.subject.padEnd(36)} ${value.padStart(20)}${versus}`;
}

interface Fingerprint {
  readonly cpu: string;
  readonly cores: number;
  readonly memoryGiB: number;
  readonly node: string;
  readonly commit: string;
  readonly date: string;
}

function fingerprint(): Fingerprint {
  return {
    cpu: `${cpus()[0]?.model.trim() ?? "unknown"} (${platform()}-${arch()})`,
    cores: availableParallelism(),
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    node: process.version,
    commit: commit(),
    date: new Date().toISOString().slice(0, 10),
  };
}

function commit(): string {
  try {
    const head = execFileSync("git", ["rev-parse", "--short", "HEAD"], { encoding: "utf8" }).trim();
    const dirty = execFileSync(
      "git",
      ["status", "--porcelain", "--", "packages", "apps", "tools"],
      { encoding: "utf8" },
    );
    return dirty.trim() === "" ? head : `${head}+`;
  } catch {
    return "unknown";
  }
}

function save(name: string, rows: readonly Row[]): void {
  mkdirSync("bench/results", { recursive: true });
  const path = `bench/results/${name}.json`;
  writeFileSync(path, `${JSON.stringify(rows, null, 2)}\n`);
  console.error(`saved ${path}`);
}
