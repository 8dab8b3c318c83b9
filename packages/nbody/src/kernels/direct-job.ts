/**
 * The direct sum as a job of independent shares: what any number of threads works through.
 *
 * The job lies in the bodies' own shared memory, in scratch space that is reserved once:
 *
 *     job      f64 × 16    the numbers below, for whoever runs shares
 *     rows     128 B × groups      four bodies a group: x, y, z, m      (wasm/direct-pairs.ts)
 *     map      4 B × rows          row → body
 *     soft     8 B × rows          softening squared, where bodies have their own
 *     rings    2 KiB × shares      pipeline of a share
 *     forces   128 B × groups × shares
 *
 * The number of shares depends on n alone, and the shares' forces are summed in a fixed order; so
 * who runs which share, and on how many threads, cannot change a bit of the result.
 */
import type { Bodies } from "../bodies/bodies.ts";
import { align } from "../bodies/layout.ts";
import type { Units } from "./forces.ts";
import { wasm, type WasmMemory, type WasmModule } from "./webassembly.ts";

export interface DirectExports {
  massScaleOf(n: number, mass: number): number;
  pack(
    n: number,
    groups: number,
    mass: number,
    x: number,
    y: number,
    z: number,
    softening: number,
    rows: number,
    map: number,
    soft: number,
    softening2: number,
  ): number;
  pairs(
    task: number,
    tasks: number,
    groups: number,
    rows: number,
    dummy: number,
    forces: number,
    ring: number,
    soft: number,
    softening2: number,
  ): void;
  targets(
    task: number,
    tasks: number,
    first: number,
    end: number,
    massive: number,
    rows: number,
    forces: number,
    soft: number,
    softening2: number,
  ): void;
  reduce(
    first: number,
    last: number,
    tasks: number,
    rows: number,
    map: number,
    forces: number,
    stride: number,
    gravity: number,
    massScale: number,
    ax: number,
    ay: number,
    az: number,
  ): void;
}

export function instantiate(module: WasmModule, memory: WasmMemory): DirectExports {
  return new wasm.Instance(module, { env: { memory } }).exports as DirectExports;
}

/**
 * Shares of the work for n bodies. One below 256: there the sum of the shares would cost more than
 * sharing gains. The first bits of every result depend on these numbers: they are part of METHOD.md.
 */
export function shareCount(n: number): number {
  if (n < 256) return 1;
  return n < 2048 ? 8 : 16;
}

const GROUP_ROWS = 4;
const GROUP_BYTES = 128;
const RING_BYTES = 2048;
const JOB_WORDS = 16;
/** Three groups that the pipeline reads past the end, and the dummy group that fills it. */
const SPARE_GROUPS = 4;

/** Positions of the numbers of a job that threads other than its owner need. */
const JOB = {
  tasks: 0,
  massive: 1,
  groups: 2,
  rows: 3,
  dummy: 4,
  forces: 5,
  stride: 6,
  rings: 7,
  soft: 8,
  softening2: 9,
  targetsEnd: 10,
} as const;

interface Scratch {
  readonly job: number;
  readonly rows: number;
  readonly map: number;
  readonly soft: number;
  readonly rings: number;
  readonly forces: number;
}

const scratches = new WeakMap<Bodies, Scratch>();

function scratchOf(bodies: Bodies): Scratch {
  let scratch = scratches.get(bodies);
  if (scratch === undefined) {
    const { capacity } = bodies;
    const shares = shareCount(capacity);
    const groups = groupsFor(capacity);
    const sizes = [
      JOB_WORDS * 8,
      groups * GROUP_BYTES,
      groups * GROUP_ROWS * 4,
      groups * GROUP_ROWS * 8,
      shares * RING_BYTES,
      shares * groups * GROUP_BYTES,
    ].map(align);
    let at = bodies.reserve(sizes.reduce((sum, size) => sum + size, 0));
    const [job, rows, map, soft, rings, forces] = sizes.map((size) => {
      const start = at;
      at += size;
      return start;
    }) as [number, number, number, number, number, number];
    scratch = { job, rows, map, soft, rings, forces };
    scratches.set(bodies, scratch);
  }
  return scratch;
}

/** Massive and massless bodies each fill their last group on their own: one group more. */
function groupsFor(n: number): number {
  return Math.ceil(n / GROUP_ROWS) + 1 + SPARE_GROUPS;
}

/** One force evaluation, step by step: open(), every share once, close(). */
export class DirectJob {
  readonly kernel: DirectExports;
  readonly #bodies: Bodies;
  readonly #units: Units;
  readonly #scratch: Scratch;
  readonly #numbers: Float64Array<SharedArrayBuffer>;
  #massScale = 1;

  constructor(kernel: DirectExports, bodies: Bodies, units: Units) {
    this.kernel = kernel;
    this.#bodies = bodies;
    this.#units = units;
    this.#scratch = scratchOf(bodies);
    this.#numbers = jobNumbers(bodies.memory, this.#scratch.job);
  }

  /** Byte offset by which another thread finds this job. */
  get address(): number {
    return this.#scratch.job;
  }

  /** Packs the bodies and writes the job. Returns the number of shares. */
  open(): number {
    const { n, offsets: at } = this.#bodies;
    const { rows, map, soft, rings, forces } = this.#scratch;
    const softening2 = this.#units.softening * this.#units.softening;
    const groups = groupsFor(n);
    const tasks = shareCount(n);
    const softened = this.#bodies.softening.some((own) => own !== 0) ? soft : 0;
    this.#massScale = this.kernel.massScaleOf(n, at.mass);
    const massive = this.kernel.pack(
      n,
      groups,
      at.mass,
      at.x,
      at.y,
      at.z,
      at.softening,
      rows,
      map,
      softened,
      softening2,
    );
    const massiveGroups = Math.ceil(massive / GROUP_ROWS);
    const masslessGroups = Math.ceil((n - massive) / GROUP_ROWS);
    const job = this.#numbers;
    job[JOB.tasks] = tasks;
    job[JOB.massive] = massive;
    job[JOB.groups] = massiveGroups;
    job[JOB.rows] = rows;
    job[JOB.dummy] = rows + (groups - 1) * GROUP_BYTES;
    job[JOB.forces] = forces;
    job[JOB.stride] = groups * GROUP_BYTES;
    job[JOB.rings] = rings;
    job[JOB.soft] = softened;
    job[JOB.softening2] = softening2;
    job[JOB.targetsEnd] = rows + (massiveGroups + masslessGroups) * GROUP_BYTES;
    return tasks;
  }

  run(share: number): void {
    runShare(this.kernel, this.#numbers, share);
  }

  /** Sums the shares and writes ax, ay, az. */
  close(): void {
    const { offsets: at } = this.#bodies;
    const job = this.#numbers;
    const last = (job[JOB.targetsEnd]! - job[JOB.rows]!) / GROUP_BYTES;
    this.kernel.reduce(
      0,
      last,
      job[JOB.tasks]!,
      job[JOB.rows]!,
      this.#scratch.map,
      job[JOB.forces]!,
      job[JOB.stride]!,
      this.#units.G,
      this.#massScale,
      at.ax,
      at.ay,
      at.az,
    );
  }
}

export function jobNumbers(memory: WasmMemory, address: number): Float64Array<SharedArrayBuffer> {
  return new Float64Array(memory.buffer, address, JOB_WORDS);
}

/** Runs one share of the job that lies in the kernel's memory. */
export function runShare(kernel: DirectExports, job: Float64Array, share: number): void {
  const tasks = job[JOB.tasks]!;
  const rows = job[JOB.rows]!;
  const groups = job[JOB.groups]!;
  const soft = job[JOB.soft]!;
  const forces = job[JOB.forces]! + share * job[JOB.stride]!;
  const ring = job[JOB.rings]! + share * RING_BYTES;
  const softening2 = job[JOB.softening2]!;
  kernel.pairs(share, tasks, groups, rows, job[JOB.dummy]!, forces, ring, soft, softening2);
  const first = rows + groups * GROUP_BYTES;
  const end = job[JOB.targetsEnd]!;
  if (first < end) {
    kernel.targets(share, tasks, first, end, job[JOB.massive]!, rows, forces, soft, softening2);
  }
}
