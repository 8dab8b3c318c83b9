/**
 * What can be read of a damaged database, written to a new one. The damaged one is not changed.
 *
 * 1. Each tree is walked; what lies below a damaged page is passed over.
 * 2. Leaves that no longer hang on anything, because a branch above them is damaged, are found among all pages: they
 *    carry their table's number, and the free pages, which hold what was true once, are known.
 * 3. The log behind the checkpoint is applied, every transaction of it that is whole.
 */
import { checkCancelled, yieldNow } from "@hotpath/runtime";
import type { Database } from "../database/database.ts";
import type { LogRecord, TableDefinition } from "../engine/engine.ts";
import { StorageError } from "../errors.ts";
import { scanLog } from "../log/scan.ts";
import { orderedKind } from "../ordered/ordered-engine.ts";
import { decodeRecord } from "../ordered/ordered-records.ts";
import type { OrderedReads } from "../ordered/ordered-reads.ts";
import type { OrderedState } from "../ordered/ordered-state.ts";
import type { OrderedWrites } from "../ordered/ordered-writes.ts";
import {
  BODY_BYTES,
  KIND,
  MAX_DEPTH,
  MAX_VALUE_BYTES,
  OVERFLOWS,
  TABLE,
} from "../ordered/node-layout.ts";
import { NodeReader, pageCopy, type PageCopy } from "../ordered/node-reader.ts";
import { readOverflow } from "../ordered/overflow.ts";
import { nodeProblem } from "../ordered/tree-check.ts";
import { PAGE_KIND } from "../page/header.ts";
import { PAGE_BYTES, SEGMENT_PAGES, type Hazard, type PageNumber } from "../pool/page-pool.ts";
import { newDatabase } from "./backup.ts";
import { OrderedBatch } from "./copy-tables.ts";
import {
  storedDefinitions,
  type Finding,
  type Progress,
  type StoredDatabase,
} from "./stored-database.ts";

export interface SalvageReport {
  readonly rows: number;
  readonly findings: readonly Finding[];
}

export async function salvageDatabase(
  store: StoredDatabase,
  folder: string,
  progress?: Progress,
): Promise<SalvageReport> {
  const stored = storedDefinitions(store.manifest);
  const definitions = stored.definitions.filter(({ kind }) => kind === orderedKind);
  const left = stored.definitions
    .filter(({ kind }) => kind !== orderedKind)
    .map(({ name }) => name);
  const findings: Finding[] = [...stored.unknown, ...left].map((name) => {
    return {
      where: `table ${name}`,
      what: "its kind cannot be salvaged yet",
      kind: "damage" as const,
    };
  });
  await using into = await newDatabase(folder, { durability: "relaxed", tables: definitions });
  const rescue = new Rescue(store, into, findings, progress);
  const state = store.orderedState();
  for (const definition of definitions) {
    const number = store.manifest.tables.find(({ name }) => name === definition.name)!.number;
    if (state !== undefined) await rescue.table(definition, number, state);
  }
  await rescue.log(definitions);
  await into.flushed;
  return { rows: rescue.rows, findings };
}

class Rescue {
  rows = 0;
  readonly #store: StoredDatabase;
  readonly #into: Database;
  readonly #findings: Finding[];
  readonly #progress: Progress | undefined;
  readonly #copies: PageCopy[] = [];
  readonly #seen = new Set<PageNumber>();

  constructor(
    store: StoredDatabase,
    into: Database,
    findings: Finding[],
    progress: Progress | undefined,
  ) {
    this.#store = store;
    this.#into = into;
    this.#findings = findings;
    this.#progress = progress;
  }

  async table(definition: TableDefinition, number: number, state: OrderedState): Promise<void> {
    using hazard = this.#store.pool.hazard();
    const batch = new OrderedBatch(this.#into, definition);
    const root = state.trees.get(number)?.root ?? 0;
    const before = this.#findings.length;
    if (root !== 0) await this.#walk(hazard, root, definition.name, batch, 0);
    await batch.end();
    if (this.#findings.length > before) await this.#orphans(hazard, definition, number, state);
    this.rows += batch.count;
  }

  async #walk(
    hazard: Hazard,
    page: PageNumber,
    table: string,
    batch: OrderedBatch,
    depth: number,
  ): Promise<void> {
    const copy = this.#load(hazard, page, table, depth);
    if (copy === undefined) return;
    const nodes = new NodeReader(copy);
    if (nodes.level(0) === 0) {
      await this.#leaf(hazard, nodes, table, (key, value) => batch.put(key, value));
      this.#progress?.(batch.count, batch.count + 1, table);
      await yieldNow();
      checkCancelled();
      return;
    }
    for (let k = -1; k < nodes.count(0); k++)
      await this.#walk(hazard, nodes.child(0, k), table, batch, depth + 1);
  }

  /** A copy of a page of a tree that is whole, and was not looked at before. */
  #load(hazard: Hazard, page: PageNumber, table: string, depth: number): PageCopy | undefined {
    if (this.#seen.has(page) || depth >= MAX_DEPTH) return undefined;
    this.#seen.add(page);
    const copy = (this.#copies[depth] ??= pageCopy());
    let what: string | undefined;
    try {
      const address = hazard.fix(page);
      copy.bytes.set(this.#store.pool.bytes.subarray(address, address + PAGE_BYTES));
      what =
        copy.view.getUint8(KIND) === PAGE_KIND.tree ? nodeProblem(copy) : "is not a page of a tree";
    } catch (error) {
      if (!(error instanceof StorageError)) throw error;
      what = error.message;
    }
    if (what === undefined) return copy;
    this.#findings.push({ where: `table ${table}, page ${page}`, what, kind: "damage" });
    return undefined;
  }

  async #leaf(
    hazard: Hazard,
    nodes: NodeReader,
    table: string,
    take: (key: Uint8Array, value: Uint8Array) => Promise<void> | undefined,
  ): Promise<void> {
    for (let k = 0; k < nodes.count(0); k++) {
      const key = new Uint8Array(nodes.keyLength(0, k));
      nodes.copyKey(0, k, key);
      const value = this.#value(hazard, nodes, k, table);
      if (value !== undefined) await take(key, value);
    }
  }

  #value(hazard: Hazard, nodes: NodeReader, index: number, table: string): Uint8Array | undefined {
    const mark = nodes.valueMark(0, index);
    const at = nodes.value(0, index);
    if (mark !== OVERFLOWS) return nodes.bytes.slice(at, at + mark);
    const length = nodes.view.getUint32(at + 4, true);
    try {
      if (length > MAX_VALUE_BYTES)
        throw new StorageError("CORRUPT", `it cannot have ${length} bytes`);
      const value = new Uint8Array(length);
      readOverflow(new NodeReader(this.#store.pool), hazard, nodes.view.getUint32(at, true), value);
      return value;
    } catch (error) {
      if (!(error instanceof StorageError)) throw error;
      const pages = Math.ceil(length / BODY_BYTES);
      const what = `a value of ${length} bytes in ${pages} pages is lost: ${error.message}`;
      this.#findings.push({ where: `table ${table}`, what, kind: "damage" });
      return undefined;
    }
  }

  /** Leaves of the table that the walk did not come to. */
  async #orphans(
    hazard: Hazard,
    definition: TableDefinition,
    number: number,
    state: OrderedState,
  ): Promise<void> {
    const { free, segments, used } = state.space;
    const unused = new Set(free);
    const found = this.#into.table(definition) as OrderedReads;
    const batch = new OrderedBatch(this.#into, definition);
    for (const first of segments) {
      const end = first + (first === segments.at(-1) ? used : SEGMENT_PAGES);
      for (let page = first; page < end; page++) {
        if (unused.has(page) || this.#seen.has(page) || !this.#isOf(hazard, page, number)) continue;
        const copy = this.#load(hazard, page, definition.name, 0);
        const nodes = copy === undefined ? undefined : new NodeReader(copy);
        if (nodes === undefined || nodes.level(0) !== 0) continue;
        await this.#leaf(hazard, nodes, definition.name, (key, value) => {
          return found.has(key) ? undefined : batch.put(key, value);
        });
        checkCancelled();
      }
    }
    await batch.end();
    this.rows += batch.count;
  }

  #isOf(hazard: Hazard, page: PageNumber, table: number): boolean {
    try {
      const address = hazard.fix(page);
      const { view } = this.#store.pool;
      return (
        view.getUint8(address + KIND) === PAGE_KIND.tree &&
        view.getUint16(address + TABLE, true) === table
      );
    } catch (error) {
      if (error instanceof StorageError) return false;
      throw error;
    }
  }

  /** Applies what the log has of the tables. */
  async log(definitions: readonly TableDefinition[]): Promise<void> {
    const byNumber = new Map<number, TableDefinition>();
    for (const { number, name } of this.#store.manifest.tables) {
      const definition = definitions.find((each) => each.name === name);
      if (definition !== undefined) byNumber.set(number, definition);
    }
    let last: Promise<void> = Promise.resolve();
    const scan = await scanLog(this.#store.disk, this.#store.manifest.log, "salvage", (record) => {
      const definition = byNumber.get(record.table);
      if (definition === undefined) return;
      // They end in their order: a failure of one is a failure of the last.
      last.catch(() => {});
      last = this.#replay(definition, record);
    });
    for (const { file } of scan.live) await file.close();
    for (const file of scan.spare) await file.close();
    for (const { file, position, what } of scan.damage) {
      this.#findings.push({ where: `${file} at byte ${position}`, what, kind: "damage" });
    }
    await last;
  }

  #replay(definition: TableDefinition, record: LogRecord): Promise<void> {
    // The function of the transaction may have to wait, and the record's bytes do not stay.
    const bytes = record.bytes.slice(record.at, record.at + record.sizeBytes);
    const view = new DataView(bytes.buffer);
    const change = decodeRecord({ ...pick(record), bytes, view, at: 0 });
    return this.#into.transaction((transaction) => {
      const table = transaction.table(definition) as OrderedWrites;
      if (change.kind === "put") table.put(change.key, change.value);
      else if (change.kind === "delete") table.delete(change.key);
      else table.clear(change.from, change.below);
    });
  }
}

function pick({
  type,
  table,
  sizeBytes,
}: LogRecord): Pick<LogRecord, "type" | "table" | "sizeBytes"> {
  return { type, table, sizeBytes };
}
