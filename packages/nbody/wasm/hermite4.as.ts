// asc: -O3 --runtime stub --enable simd --enable threads --importMemory --sharedMemory --initialMemory 1 --maximumMemory 65536 --noAssert
/**
 * The per-body arithmetic of hermite4; the method is in src/integrators/hermite4.ts.
 *
 * Rows of `row` bytes, padded like the columns of the bodies. Times and steps are fractions of dt.
 *   kept       ax ay az jx jy jz time step      of each body at its own time
 *   predicted  x y z vx vy vz                   of all bodies at the time of the block
 *   result     ax ay az jx jy jz                of the targets at that time
 */
let n: usize = 0;
let row: usize = 0;
let kept: usize = 0;
let predicted: usize = 0;
let result: usize = 0;
let targets: usize = 0;
let time: usize = 0;
let step: usize = 0;
let dt: f64 = 0;
let eta: f64 = 0;

const SMALLEST: f64 = 8.881784197001252e-16; // 2^-50

/** `length` is what is left of dt: times and steps are fractions of it. */
export function bind(bodies: i32, rowBytes: usize, keptAt: usize, predictedAt: usize, resultAt: usize, targetsAt: usize, length: f64, accuracy: f64): void {
  n = <usize>bodies;
  row = rowBytes;
  kept = keptAt;
  predicted = predictedAt;
  result = resultAt;
  targets = targetsAt;
  time = kept + 6 * row;
  step = kept + 7 * row;
  dt = length;
  blockTime = 0;
  eta = accuracy;
}

/** The time of the next block: when the first of the bodies is due. Lists those that are; returns how many. */
export function nextBlock(): i32 {
  let next = Infinity;
  for (let i: usize = 0; i < n; i++) {
    next = min(next, load<f64>(time + (i << 3)) + load<f64>(step + (i << 3)));
  }
  blockTime = next;
  let count: i32 = 0;
  for (let i: usize = 0; i < n; i++) {
    if (load<f64>(time + (i << 3)) + load<f64>(step + (i << 3)) == next) {
      store<u32>(targets + ((<usize>count) << 2), <u32>i);
      count++;
    }
  }
  return count;
}

let blockTime: f64 = 0;

export function now(): f64 {
  return blockTime;
}

/** Lists all bodies, for an evaluation at the beginning. */
export function all(): void {
  for (let i: usize = 0; i < n; i++) store<u32>(targets + (i << 2), <u32>i);
}

/** One coordinate of all bodies at the time of the block: position x with velocity v, component c. */
export function predict(x: usize, v: usize, c: usize): void {
  const a = kept + c * row;
  const j = a + 3 * row;
  const px = predicted + c * row;
  const pv = px + 3 * row;
  const now = f64x2.splat(blockTime);
  const length = f64x2.splat(dt);
  const end = ((n + 1) >> 1) << 4;
  for (let i: usize = 0; i < end; i += 16) {
    const d = f64x2.mul(f64x2.sub(now, v128.load(time + i)), length);
    const half = f64x2.mul(d, f64x2.splat(0.5));
    const third = f64x2.mul(d, f64x2.splat(1.0 / 3));
    const ai = v128.load(a + i);
    const ji = v128.load(j + i);
    const vi = v128.load(v + i);
    const slope = f64x2.add(vi, f64x2.mul(half, f64x2.add(ai, f64x2.mul(third, ji))));
    v128.store(px + i, f64x2.add(v128.load(x + i), f64x2.mul(d, slope)));
    v128.store(pv + i, f64x2.add(vi, f64x2.mul(d, f64x2.add(ai, f64x2.mul(half, ji)))));
  }
}

/** Takes the first accelerations and jerks, and a cautious first step. */
export function begin(): i32 {
  for (let i: usize = 0; i < n; i++) {
    const at = i << 3;
    let a2 = 0.0;
    let j2 = 0.0;
    for (let c: usize = 0; c < 3; c++) {
      const a = load<f64>(result + c * row + at);
      const j = load<f64>(result + (c + 3) * row + at);
      store<f64>(kept + c * row + at, a);
      store<f64>(kept + (c + 3) * row + at, j);
      a2 += a * a;
      j2 += j * j;
    }
    if (!(a2 + j2 < Infinity)) return <i32>i;
    store<f64>(time + at, 0);
    // At rest the jerk is zero and says nothing.
    const wanted = j2 > 0 ? 0.5 * eta * sqrt(a2 / j2) : a2 > 0 ? abs(dt) / 1024 : abs(dt);
    store<f64>(step + at, shortened(1, wanted));
    if (load<f64>(step + at) < SMALLEST) return <i32>i;
  }
  return -1;
}

function shortened(from: f64, wanted: f64): f64 {
  let fraction = from;
  while (fraction * abs(dt) > wanted && fraction >= SMALLEST) fraction *= 0.5;
  return fraction;
}

let squareA: f64 = 0;
let squareJ: f64 = 0;
let squareS: f64 = 0;
let squareC: f64 = 0;

/** Corrects the targets, and chooses their next steps. Returns −1, or the body that cannot go on. */
export function correct(count: i32, x: usize, y: usize, z: usize, vx: usize, vy: usize, vz: usize): i32 {
  for (let k: i32 = 0; k < count; k++) {
    const i = <usize>load<u32>(targets + ((<usize>k) << 2));
    const at = i << 3;
    const fraction = load<f64>(step + at);
    const h = fraction * dt;
    squareA = 0;
    squareJ = 0;
    squareS = 0;
    squareC = 0;
    component(0, at, h, x + at, vx + at);
    component(1, at, h, y + at, vy + at);
    component(2, at, h, z + at, vz + at);
    if (!(squareA + squareJ < Infinity)) return <i32>i;
    const upper = sqrt(squareA * squareS) + squareJ;
    const lower = sqrt(squareJ * squareC) + squareS;
    const wanted = lower > 0 ? sqrt((eta * upper) / lower) : abs(dt);
    let next = shortened(fraction, wanted);
    if (next < SMALLEST) return <i32>i;
    // Twice as long at most, and only where the longer steps begin.
    const longer = 2 * fraction;
    if (longer <= 1 && longer * abs(dt) <= wanted) {
      const blocks = blockTime / longer;
      if (blocks == trunc(blocks)) next = longer;
    }
    store<f64>(step + at, next);
    store<f64>(time + at, blockTime);
  }
  return -1;
}

/** One component of the corrector in its time-symmetric form (Makino & Aarseth 1992; Hut, Makino & McMillan 1995). */
function component(c: usize, at: usize, h: f64, x: usize, v: usize): void {
  const pa = kept + c * row + at;
  const pj = pa + 3 * row;
  const a0 = load<f64>(pa);
  const j0 = load<f64>(pj);
  const a1 = load<f64>(result + c * row + at);
  const j1 = load<f64>(result + (c + 3) * row + at);
  const v0 = load<f64>(v);
  const v1 = v0 + h * (0.5 * (a0 + a1) + h * (1.0 / 12) * (j0 - j1));
  store<f64>(x, load<f64>(x) + h * (0.5 * (v0 + v1) + h * (1.0 / 12) * (a0 - a1)));
  store<f64>(v, v1);
  store<f64>(pa, a1);
  store<f64>(pj, j1);
  // Crackle over the step, and snap at its end.
  const crackle = (12 * (a0 - a1) + 6 * h * (j0 + j1)) / (h * h * h);
  const snap = (-6 * (a0 - a1) - h * (4 * j0 + 2 * j1)) / (h * h) + h * crackle;
  squareA += a1 * a1;
  squareJ += j1 * j1;
  squareS += snap * snap;
  squareC += crackle * crackle;
}

/** Whether a target touches another body where they are predicted. */
export function touching(count: i32, radius: usize): bool {
  for (let k: i32 = 0; k < count; k++) {
    const i = <usize>load<u32>(targets + ((<usize>k) << 2)) << 3;
    const own = load<f64>(radius + i);
    const x = load<f64>(predicted + i);
    const y = load<f64>(predicted + row + i);
    const z = load<f64>(predicted + 2 * row + i);
    for (let j: usize = 0; j < n << 3; j += 8) {
      const reach = own + load<f64>(radius + j);
      const dx = load<f64>(predicted + j) - x;
      const dy = load<f64>(predicted + row + j) - y;
      const dz = load<f64>(predicted + 2 * row + j) - z;
      if (dx * dx + dy * dy + dz * dz < reach * reach && j != i) return true;
    }
  }
  return false;
}

/** Makes all bodies targets, with steps that end at the time of the block. */
export function gather(): void {
  all();
  for (let i: usize = 0; i < n; i++) {
    store<f64>(step + (i << 3), blockTime - load<f64>(time + (i << 3)));
  }
}

/** All bodies are at 1, the end of dt: the next dt begins there. */
export function wrap(): void {
  for (let i: usize = 0; i < n; i++) store<f64>(time + (i << 3), 0);
}
