/** Folder and file names that say nothing, and names that are not kebab-case. */
import type { Finding, SourceFile } from "../tidy.ts";

const BANNED = new Set([
  "utils",
  "util",
  "helpers",
  "helper",
  "common",
  "misc",
  "types",
  "lib",
  "shared",
  "stuff",
]);

export function names(files: readonly SourceFile[]): Finding[] {
  const findings: Finding[] = [];
  for (const { path } of files) {
    if (!/^(packages|apps|tools)\//.test(path)) continue;
    for (const part of path.split("/").slice(1)) {
      const stem = part.replace(/\..*$/, "");
      if (BANNED.has(stem))
        findings.push(`${path}: "${stem}" says nothing; name it after what it holds`);
      if (/\.(ts|tsx)$/.test(part) && stem !== stem.toLowerCase()) {
        findings.push(`${path}: file names are kebab-case`);
      }
    }
  }
  return findings;
}
