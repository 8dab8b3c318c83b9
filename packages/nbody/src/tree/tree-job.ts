/**
 * A tree evaluation as a job of independent shares: what any number of threads works through.
 *
 * The owner builds the tree (of 100,000 bodies of a Plummer sphere in 6.4 ms, where the walk on one thread
 * takes 180: not worth sharing below some ten threads) and writes the job's numbers into shared memory;
 * whoever runs shares reads them there. A share is a run of neighbouring tasks, and which tasks there are depends on the tree
 * alone, so who runs which share cannot change a bit of the result.
 */
import { Bodies, type BodiesHandle } from "../bodies/bodies.ts";
import type { Units } from "../kernels/forces.ts";
import type { Kernels } from "../kernels/load.ts";
import type { WasmMemory, WasmModule } from "../kernels/webassembly.ts";
import type { Opening } from "./accuracy.ts";
import { TreeBuilder } from "./builder.ts";
import { TreeScratch } from "./scratch.ts";
import { TreeWalker, type WalkCounts } from "./walker.ts";

/** Tickets of threads have 16 bits, and a share should be worth taking. */
const SHARES_MOST = 4096;

/** Positions of a job's numbers, f64 each. */
const JOB = {
  evaluation: 0,
  rows: 1,
  scratch: 2,
  cells: 3,
  cellCapacity: 4,
  lengthScale: 5,
  massScale: 6,
  softened: 7,
  G: 8,
  softening: 9,
  tolerance: 10,
  wide: 11,
  tasksAt: 12,
  tasks: 13,
  shares: 14,
  angle: 15,
  close: 16,
  exact: 17,
} as const;
const JOB_WORDS = 18;

/** What another thread needs to take part; may be posted. */
export interface TreeAttachment {
  readonly module: WasmModule;
  readonly handle: BodiesHandle;
  readonly job: number;
  readonly walker: number;
  readonly own: number;
  readonly ownBytes: number;
}

export class TreeJob {
  readonly #bodies: Bodies;
  readonly #units: Units;
  readonly #opening: Opening;
  readonly #scratch: TreeScratch;
  readonly #builder: TreeBuilder;
  readonly #module: WasmModule;
  readonly #own: TreeShares;
  readonly #numbers: Float64Array<SharedArrayBuffer>;
  readonly #address: number;

  constructor(
    kernels: Pick<Kernels, "treeBuild" | "treeForces">,
    bodies: Bodies,
    units: Units,
    opening: Opening,
  ) {
    this.#bodies = bodies;
    this.#units = units;
    this.#opening = opening;
    this.#scratch = TreeScratch.for(bodies);
    this.#builder = new TreeBuilder(kernels.treeBuild, bodies, this.#scratch);
    this.#module = kernels.treeForces;
    this.#address = bodies.reserve(JOB_WORDS * 8);
    this.#numbers = new Float64Array(bodies.memory.buffer, this.#address, JOB_WORDS);
    this.#own = new TreeShares(this.attachment(0), bodies);
  }

  /** For walker k of another thread; 0 is the owner. */
  attachment(walker: number): TreeAttachment {
    const { handle } = this.#bodies;
    const room = this.#scratch.walk(walker);
    return { module: this.#module, handle, job: this.#address, walker, ...room };
  }

  get counts(): WalkCounts {
    return this.#own.counts;
  }

  /** Builds the tree and writes the job. Returns the number of shares. */
  open(): number {
    const tree = this.#builder.build(this.#opening.angle);
    if (tree === undefined) {
      // As the direct sum would have it; whoever integrates looks for the culprit.
      const { ax, ay, az } = this.#bodies;
      for (const column of [ax, ay, az]) column.fill(Number.NaN);
      return 0;
    }
    const { place, tasksAt } = this.#scratch;
    const { tasks } = tree;
    new Uint32Array(this.#bodies.memory.buffer, tasksAt, tasks.length).set(tasks);
    const job = this.#numbers;
    job[JOB.evaluation] = job[JOB.evaluation]! + 1;
    job[JOB.rows] = place.rows;
    job[JOB.scratch] = place.scratch;
    job[JOB.cells] = place.cells;
    job[JOB.cellCapacity] = place.cellCapacity;
    job[JOB.lengthScale] = tree.lengthScale;
    job[JOB.massScale] = tree.massScale;
    job[JOB.softened] = tree.softened ? 1 : 0;
    job[JOB.G] = this.#units.G;
    job[JOB.softening] = this.#units.softening;
    const { angle, tolerance, wide, close, exact } = this.#opening;
    job[JOB.angle] = angle;
    job[JOB.tolerance] = tolerance;
    job[JOB.wide] = wide;
    job[JOB.close] = close;
    job[JOB.exact] = exact;
    job[JOB.tasksAt] = tasksAt;
    job[JOB.tasks] = tasks.length;
    const shares = Math.min(tasks.length, SHARES_MOST);
    job[JOB.shares] = shares;
    return shares;
  }

  run(share: number): void {
    this.#own.run(share);
  }

  /** Nothing is left to do: every share wrote its own bodies. */
  close(): void {}
}

/** One thread's side of a job. */
export class TreeShares {
  readonly #walker: TreeWalker;
  readonly #room: { readonly own: number; readonly ownBytes: number };
  readonly #numbers: Float64Array<SharedArrayBuffer>;
  readonly #memory: WasmMemory;
  #evaluation = 0;

  constructor(attachment: TreeAttachment, bodies: Bodies = Bodies.adopt(attachment.handle)) {
    const { own, ownBytes } = attachment;
    this.#walker = new TreeWalker(attachment.module, bodies, attachment.walker);
    this.#room = { own, ownBytes };
    this.#memory = bodies.memory;
    this.#numbers = new Float64Array(bodies.memory.buffer, attachment.job, JOB_WORDS);
  }

  get counts(): WalkCounts {
    return this.#walker.counts;
  }

  run(share: number): void {
    const job = this.#numbers;
    if (job[JOB.evaluation] !== this.#evaluation) this.#prepare();
    const count = job[JOB.tasks]!;
    const shares = job[JOB.shares]!;
    const first = Math.floor((count * share) / shares);
    const last = Math.floor((count * (share + 1)) / shares);
    // The memory may have grown since the last share: its buffer is another object then.
    const tasks = new Uint32Array(this.#memory.buffer, job[JOB.tasksAt]!, count);
    for (let k = first; k < last; k++) this.#walker.walk(tasks[k]!);
  }

  #prepare(): void {
    const job = this.#numbers;
    this.#evaluation = job[JOB.evaluation]!;
    this.#walker.prepare(
      {
        rows: job[JOB.rows]!,
        scratch: job[JOB.scratch]!,
        cells: job[JOB.cells]!,
        cellCapacity: job[JOB.cellCapacity]!,
      },
      this.#room,
      {
        lengthScale: job[JOB.lengthScale]!,
        massScale: job[JOB.massScale]!,
        softened: job[JOB.softened] === 1,
      },
      { G: job[JOB.G]!, softening: job[JOB.softening]! },
      {
        angle: job[JOB.angle]!,
        tolerance: job[JOB.tolerance]!,
        wide: job[JOB.wide]!,
        close: job[JOB.close]!,
        exact: job[JOB.exact]!,
      },
    );
  }
}
