/**
 * Keeps the table of figures in README.md what bench/results says: no number there is typed by hand.
 *
 *   node tools/numbers.ts           writes the table between the markers
 *   node tools/numbers.ts --check   exits 1 if it is not current
 */
import { globSync, readFileSync, writeFileSync } from "node:fs";

const README = "README.md";
const MARKERS = /(<!-- numbers: [^>]*-->\n)[\s\S]*?(<!-- \/numbers -->)/;

interface Row {
  readonly case: string;
  readonly subject: string;
  readonly value: number;
  readonly unit: string;
  readonly rival?: string;
  readonly ratio?: number;
  readonly cpu: string;
  readonly cores: number;
  readonly node: string;
  readonly date: string;
}

const rows = globSync("bench/results/*.json")
  .sort()
  .flatMap((file) => JSON.parse(readFileSync(file, "utf8")) as Row[]);

const lines = [
  "| case | what | measured | beside |",
  "|---|---|---|---|",
  ...rows.map(
    ({ case: name, subject, value, unit, rival, ratio }) =>
      `| \`${name}\` | ${cell(subject)} | ${short(value)} ${cell(unit)} | ${rival === undefined ? "" : `${short(ratio ?? 0)} × ${cell(rival)}`} |`,
  ),
];
const machines = new Set(
  rows.map(({ cpu, cores, node }) => `${cpu}, ${cores} cores, Node ${node.slice(1)}`),
);
const table = `${lines.join("\n")}\n\n${[...machines].join("; ")}.\n`;

const readme = readFileSync(README, "utf8");
const current = readme.replace(
  MARKERS,
  (_all, open: string, close: string) => `${open}${table}${close}`,
);
if (!process.argv.includes("--check")) writeFileSync(README, current);
else if (current !== readme) {
  console.error("README.md's figures are not those of bench/results: run `node tools/numbers.ts`");
  process.exitCode = 1;
}

function short(value: number): string {
  if (value !== 0 && Math.abs(value) < 1e-3) return value.toExponential(2);
  return value >= 10_000
    ? Math.round(value).toLocaleString("en")
    : String(Number(value.toPrecision(3)));
}

/** A vertical bar would end the cell. */
function cell(text: string): string {
  return text.replaceAll("|", "\\|");
}
