/** Everything that `verify` looks at, and the structure of every ordered table. */
import { checkTree } from "../ordered/tree-check.ts";
import { SEGMENT_PAGES, type PageNumber } from "../pool/page-pool.ts";
import type { Finding, Progress, StoredDatabase } from "./stored-database.ts";
import { verifyDatabase } from "./verify.ts";

export interface CheckReport {
  readonly findings: readonly Finding[];
  readonly pages: number;
  readonly tables: readonly {
    readonly name: string;
    readonly kind: string;
    readonly entries: number | undefined;
  }[];
}

export async function checkDatabase(
  store: StoredDatabase,
  progress?: Progress,
): Promise<CheckReport> {
  const { findings: verified, pages } = await verifyDatabase(store, progress);
  const findings = [...verified];
  const state = store.orderedState();
  const reached = new Set<PageNumber>();
  const tables = store.manifest.tables.map(({ number, name, kind }) => {
    const tree = state?.trees.get(number);
    if (kind !== "ordered" || tree === undefined) return { name, kind, entries: undefined };
    const report = checkTree(store.pool, tree.root, reached);
    for (const what of report.findings)
      findings.push({ where: `table ${name}`, what, kind: "damage" });
    const differs = report.entries !== tree.entries || report.keyValueBytes !== tree.keyValueBytes;
    if (report.findings.length === 0 && differs) {
      const what = `has ${report.entries} entries of ${report.keyValueBytes} bytes; the manifest says ${tree.entries} of ${tree.keyValueBytes}`;
      findings.push({ where: `table ${name}`, what, kind: "damage" });
    }
    return { name, kind, entries: report.entries };
  });
  if (state !== undefined && findings.length === 0)
    findings.push(...pageFindings(state.space, reached));
  return { findings, pages, tables };
}

/** Every page of the ordered tables' segments is in a tree or free, and none is both. */
function pageFindings(
  space: {
    readonly segments: readonly PageNumber[];
    readonly used: number;
    readonly free: readonly PageNumber[];
  },
  reached: ReadonlySet<PageNumber>,
): Finding[] {
  const findings: Finding[] = [];
  const free = new Set(space.free);
  const where = "the free pages of ordered tables";
  for (const page of free) {
    if (reached.has(page))
      findings.push({ where, what: `page ${page} is free and in use`, kind: "damage" });
  }
  let lost = 0;
  for (const first of space.segments) {
    const count = first === space.segments.at(-1) ? space.used : SEGMENT_PAGES;
    for (let page = first; page < first + count; page++)
      if (!free.has(page) && !reached.has(page)) lost++;
  }
  if (lost > 0)
    findings.push({ where, what: `${lost} pages are neither free nor in use`, kind: "note" });
  return findings;
}
