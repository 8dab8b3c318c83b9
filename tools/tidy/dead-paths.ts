/** Every path named in Markdown exists: link targets, and `code` that starts with a folder of ours. */
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Finding, SourceFile } from "../tidy.ts";

const LINK = /\]\(([^)\s]+)\)/g;
const CODE = /`([^`\s]+)`/g;
const OURS = /^(apps|packages|bench|docs|tools|src|test|examples|wasm)\/[\w./-]+$/;

export function deadPaths(files: readonly SourceFile[]): Finding[] {
  const findings: Finding[] = [];
  for (const { path, text } of files) {
    if (!path.endsWith(".md")) continue;
    const prose = text.replace(/```[\s\S]*?```/g, "");
    for (const [, target] of prose.matchAll(LINK)) {
      const file = target!.replace(/#.*$/, "");
      if (file === "" || /^[a-z]+:/.test(file)) continue;
      if (!existsSync(join(dirname(path), file)))
        findings.push(`${path}: link to ${file}, which is not there`);
    }
    for (const [, code] of prose.matchAll(CODE)) {
      if (!OURS.test(code!)) continue;
      const candidates = [code!, join(dirname(path), code!)];
      if (!candidates.some((candidate) => existsSync(candidate))) {
        findings.push(`${path}: names ${code}, which is not there`);
      }
    }
  }
  return findings;
}
