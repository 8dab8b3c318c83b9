/**
 * Histories of a database on a simulated disk whose power is cut after every single change of the disk, with
 * several fates for what was not synced. Oracle: what was acknowledged ⊆ what is recovered ⊆ what was issued, as a
 * prefix of the commits, each of them whole.
 */
import assert from "node:assert/strict";
import { open, type Database, type OpenOptions } from "@hotpath/storage";
import { FaultyDisk, type CrashKind } from "../src/disk/faulty-disk.ts";
import { KEYS, SUBJECTS, type Subject, type SubjectName } from "./crash-subjects.ts";

/** The power cut at one moment. */
interface CrashPoint {
  readonly disk: FaultyDisk;
  readonly acknowledged: number;
  readonly issued: number;
  readonly after: string;
}

export interface HistoryReport {
  points: number;
  /** Points from which the database was used on, and cut off again. */
  continued: number;
}

export interface HistoryOptions {
  readonly subject: SubjectName;
  readonly seed: number;
  readonly bursts: number;
  /** Fates tried at each point beside "all lost" and "all kept". */
  readonly mixed: number;
  /** How many crashes one after another. */
  readonly depth: number;
}

export type Choose = (below: number) => number;

/** A random number generator that the seed decides. */
export function chooser(seed: number): Choose {
  let state = (seed * 2_654_435_761) | 0;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) | 0;
    return (((state >>> 0) / 0x1_0000_0000) * below) | 0;
  };
}

const KEPT: readonly CrashKind[] = ["kept"];

/** The state of both tables after each commit, as text. */
type States = Map<number, string>;

export async function crashHistory(options: HistoryOptions): Promise<HistoryReport> {
  const report: HistoryReport = { points: 0, continued: 0 };
  const choose = chooser(options.seed);
  const states: States = new Map([[0, "[[],[]]"]]);
  const disk = new FaultyDisk({ seed: options.seed });
  await lifetime(disk, 0, 0, states, options, choose, report);
  return report;
}

async function lifetime(
  disk: FaultyDisk,
  acknowledged: number,
  depth: number,
  states: States,
  options: HistoryOptions,
  choose: Choose,
  report: HistoryReport,
): Promise<void> {
  const points: CrashPoint[] = [];
  const subject: Subject = SUBJECTS[options.subject];
  const settings = randomSettings(subject, choose);
  const writer = new Writer(subject, states, acknowledged, choose);
  const kinds: CrashKind[] = ["lost", "kept"];
  for (let k = 0; k < options.mixed; k++) kinds.push("mixed", "torn");
  const watched = disk.crash("kept", {
    seed: options.seed + depth,
    onChange: (operation, file) => {
      for (const kind of watched.isUnsynced ? kinds : KEPT) {
        points.push({
          disk: watched.crash(kind),
          acknowledged: writer.acknowledged,
          issued: writer.issued,
          after: `${operation} ${file}, ${kind}`,
        });
      }
    },
  });
  const db = await open("simulated", { ...settings, disk: watched });
  await writer.run(db, settings, options.bursts);
  if (choose(2) === 0) await db.close();
  const again = choose(points.length);
  for (const [index, point] of points.entries()) {
    const recovered = await check(point, subject, states, settings);
    report.points++;
    if (index !== again || depth + 1 >= options.depth) continue;
    report.continued++;
    const branch: States = new Map([...states].filter(([commit]) => commit <= recovered));
    await lifetime(point.disk, recovered, depth + 1, branch, options, choose, report);
  }
}

function randomSettings({ tables, poolBytes }: Subject, choose: Choose): OpenOptions {
  return {
    tables,
    poolBytes,
    durability: choose(4) === 0 ? "relaxed" : "commit",
    flush: choose(4) === 0 ? "inline" : "background",
    firstSegmentBytes: [8192, 12_288, 16_384][choose(3)]!,
    segmentBytes: [16_384, 32_768][choose(2)]!,
    checkpointBytes: [4096, 16_384, 65_536][choose(3)]!,
  };
}

/** Issues transactions in bursts and knows what the tables hold after each. */
class Writer {
  issued: number;
  acknowledged: number;
  readonly #subject: Subject;
  readonly #states: States;
  readonly #choose: Choose;
  readonly #model: [Map<string, number>, Map<string, number>];

  constructor(subject: Subject, states: States, from: number, choose: Choose) {
    this.#subject = subject;
    this.issued = this.acknowledged = from;
    this.#states = states;
    this.#choose = choose;
    const [one, two] = JSON.parse(states.get(from)!) as [[string, number][], [string, number][]];
    this.#model = [new Map(one), new Map(two)];
  }

  async run(db: Database, settings: OpenOptions, bursts: number): Promise<void> {
    const choose = this.#choose;
    for (let burst = 0; burst < bursts; burst++) {
      const waiting: Promise<void>[] = [];
      for (let k = 1 + choose(4); k > 0; k--) waiting.push(this.#transaction(db, settings));
      if (choose(8) === 0) waiting.push(db.checkpoint());
      await Promise.all(waiting);
    }
    if (settings.durability === "relaxed") await db.flushed;
  }

  async #transaction(db: Database, settings: OpenOptions): Promise<void> {
    const choose = this.#choose;
    const subject = this.#subject;
    const padding = "x".repeat(choose(6) === 0 ? choose(6000) : choose(40));
    let commit = 0;
    await db.transaction((tx) => {
      commit = ++this.issued;
      subject.pad(tx, padding);
      for (const [table, model] of this.#model.entries()) {
        const key = KEYS[choose(KEYS.length)]!;
        const value = choose(4) === 0 ? undefined : commit;
        subject.change(tx, table, key, value);
        if (value === undefined) model.delete(key);
        else model.set(key, value);
      }
      this.#states.set(commit, JSON.stringify(this.#model.map(sorted)));
    });
    if (settings.durability === "relaxed") await db.flushed;
    this.acknowledged = Math.max(this.acknowledged, commit);
  }
}

function sorted(map: Map<string, number>): [string, number][] {
  return [...map].sort(([a], [b]) => (a < b ? -1 : 1));
}

/** Opens the database after the crash and compares; answers the last commit that it has. */
async function check(
  point: CrashPoint,
  subject: Subject,
  states: States,
  settings: OpenOptions,
): Promise<number> {
  const what = `power cut after ${point.after}`;
  // A copy, because opening may write.
  const db = await open("simulated", { ...settings, disk: point.disk.crash("kept") });
  using snapshot = db.snapshot();
  const { commit } = snapshot;
  assert.ok(
    commit >= point.acknowledged,
    `${what}: ${point.acknowledged} was acknowledged, ${commit} found`,
  );
  assert.ok(commit <= point.issued, `${what}: commit ${commit} found, ${point.issued} issued`);
  const found = JSON.stringify(subject.contents(snapshot));
  assert.equal(found, states.get(commit), `${what}: the tables at commit ${commit}`);
  return commit;
}
