/**
 * Checks what no other tool checks: the shape of the house. Exits 1 and lists every finding.
 *
 *   node tools/tidy.ts            check
 *   node tools/tidy.ts --ratchet  lower the recorded sizes of files that shrank
 *
 * Each rule is one function in tools/tidy/, from the list of files to a list of findings.
 */
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { arrows } from "./tidy/arrows.ts";
import { deadPaths } from "./tidy/dead-paths.ts";
import { forbiddenText } from "./tidy/forbidden-text.ts";
import { names } from "./tidy/names.ts";
import { sizes } from "./tidy/sizes.ts";

/** A file that git tracks or would track, with its text. */
export interface SourceFile {
  readonly path: string;
  readonly text: string;
}

/** One violation, ready to print: where, and what to do. */
export type Finding = string;

const BINARY = /\.(wasm|png|ico|npy|woff2|gz|parquet|bin|db)$/;

function trackedFiles(): SourceFile[] {
  const list = execFileSync("git", ["ls-files", "--cached", "--others", "--exclude-standard"], {
    encoding: "utf8",
  });
  return list
    .split("\n")
    .filter((path) => path !== "" && !BINARY.test(path) && existsSync(path))
    .map((path) => ({ path, text: readFileSync(path, "utf8") }));
}

const files = trackedFiles();
const findings: Finding[] = [
  ...arrows(files),
  ...names(files),
  ...deadPaths(files),
  ...forbiddenText(files),
  ...sizes(files, process.argv.includes("--ratchet")),
];
for (const finding of findings) console.error(finding);
console.log(`tidy: ${files.length} files, ${findings.length} findings`);
process.exitCode = findings.length === 0 ? 0 : 1;
