/**
 * File sizes as a ratchet. A source file may have LIMIT lines; those that were longer when they were
 * written stand in tools/tidy/sizes.json with their length, and may shrink but not grow.
 */
import { readFileSync, writeFileSync } from "node:fs";
import type { Finding, SourceFile } from "../tidy.ts";

const LIMIT = 400;
const RECORD = "tools/tidy/sizes.json";

export function sizes(files: readonly SourceFile[], ratchet: boolean): Finding[] {
  const recorded = JSON.parse(readFileSync(RECORD, "utf8")) as Record<string, number>;
  const next: Record<string, number> = {};
  const findings: Finding[] = [];
  for (const { path, text } of files) {
    if (!/\/(src|wasm)\/.*\.(ts|tsx)$/.test(path) && !/^tools\/.*\.ts$/.test(path)) continue;
    const lines = text.split("\n").length - 1;
    const allowed = Math.max(LIMIT, recorded[path] ?? 0);
    if (lines > allowed)
      findings.push(`${path}: ${lines} lines, ${allowed} allowed: what is it hiding?`);
    if (lines > LIMIT) next[path] = Math.min(lines, allowed);
  }
  if (ratchet) writeFileSync(RECORD, `${JSON.stringify(next, null, 2)}\n`);
  return findings;
}
