/** Text that must not be committed: absolute paths, registry hosts, focused tests. */
import type { Finding, SourceFile } from "../tidy.ts";

interface Rule {
  readonly where: RegExp;
  readonly what: RegExp;
  readonly why: string;
}

const RULES: readonly Rule[] = [
  {
    where: /package-lock\.json$/,
    what: /"resolved": "https?:/,
    why: "a registry's address: keep omit-lockfile-registry-resolved=true in .npmrc",
  },
  {
    where: /\.test\.ts$/,
    what: /\b(test|it|describe)\.only\(/,
    why: "a focused test hides the others",
  },
  {
    where: /\.(ts|tsx|js|md|json|sh|py)$/,
    what: /["'`( ]\/(work|root)\//,
    why: "an absolute path of one machine",
  },
];

export function forbiddenText(files: readonly SourceFile[]): Finding[] {
  const findings: Finding[] = [];
  for (const { path, text } of files) {
    if (path.startsWith("tools/tidy/")) continue;
    for (const rule of RULES) {
      if (!rule.where.test(path)) continue;
      const lines = text.split("\n");
      const line = lines.findIndex((candidate) => rule.what.test(candidate));
      if (line !== -1) findings.push(`${path}:${line + 1}: ${rule.why}`);
    }
  }
  return findings;
}
