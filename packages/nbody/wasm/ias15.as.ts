// asc: -O3 --runtime stub --enable simd --enable threads --importMemory --sharedMemory --initialMemory 1 --maximumMemory 65536 --noAssert
/**
 * The per-body arithmetic of ias15: everything but forces and decisions. The equations are in
 * src/integrators/ias15.ts.
 *
 * A field is three rows, x, y, z, of `row` bytes each. Rows are padded like the columns of the bodies;
 * what stands in the padding is carried along and means nothing.
 *
 *   kept     lostX  lostV  b₀…b₆ (of the last step)  δ₀…δ₆ (what the last prediction missed)
 *   scratch  x₀     v₀     a₀     b₀…b₆  e₀…e₆ (predicted)  g₀…g₆
 *
 * lostX, lostV: what compensated summation (Kahan) still owes: the true value is x₀ − lostX.
 * A loop over t, t + 1 serves both lanes of a v128; all indices are byte offsets.
 */
let row: usize = 0;
let field: usize = 0;
/** Bytes of a row that hold bodies, a multiple of 16. */
let used: usize = 0;
let lostX: usize = 0;
let lostV: usize = 0;
let last: usize = 0;
let missed: usize = 0;
let x0: usize = 0;
let v0: usize = 0;
let a0: usize = 0;
let b: usize = 0;
let e: usize = 0;
let g: usize = 0;
let table: usize = 0;
let px: usize = 0;
let py: usize = 0;
let pz: usize = 0;
let pvx: usize = 0;
let pvy: usize = 0;
let pvz: usize = 0;
let pax: usize = 0;
let pay: usize = 0;
let paz: usize = 0;
let largestChange: f64 = 0;
let largestAcceleration: f64 = 0;
let quickest: i32 = 0;

export function bindArrays(n: i32, rowBytes: usize, kept: usize, scratch: usize, tables: usize): void {
  row = rowBytes;
  field = 3 * rowBytes;
  used = ((<usize>n + 1) >> 1) << 4;
  table = tables;
  lostX = kept;
  lostV = kept + field;
  last = kept + 2 * field;
  missed = kept + 9 * field;
  x0 = scratch;
  v0 = scratch + field;
  a0 = scratch + 2 * field;
  b = scratch + 3 * field;
  e = scratch + 10 * field;
  g = scratch + 17 * field;
}

export function bindColumns(x: usize, y: usize, z: usize, vx: usize, vy: usize, vz: usize, ax: usize, ay: usize, az: usize): void {
  px = x;
  py = y;
  pz = z;
  pvx = vx;
  pvy = vy;
  pvz = vz;
  pax = ax;
  pay = ay;
  paz = az;
}

/** x₀, v₀, a₀ ← the bodies. */
export function begin(): void {
  memory.copy(x0, px, used);
  memory.copy(x0 + row, py, used);
  memory.copy(x0 + 2 * row, pz, used);
  memory.copy(v0, pvx, used);
  memory.copy(v0 + row, pvy, used);
  memory.copy(v0 + 2 * row, pvz, used);
  memory.copy(a0, pax, used);
  memory.copy(a0 + row, pay, used);
  memory.copy(a0 + 2 * row, paz, used);
}

// @ts-ignore: decorator
@inline
function at(base: usize, k: usize): v128 {
  return v128.load(base + k * field);
}

// @ts-ignore: decorator
@inline
function times(value: v128, factor: f64): v128 {
  return f64x2.mul(value, f64x2.splat(factor));
}

// @ts-ignore: decorator
@inline
function plus(a: v128, b: v128): v128 {
  return f64x2.add(a, b);
}

/**
 * First guess of b for a step q times as long as the last: its series, shifted by a step and scaled, plus
 * what that missed the last time. Then g from b.
 */
export function guess(q: f64): void {
  for (let c: usize = 0; c < 3; c++) {
    for (let i = c * row; i < c * row + used; i += 16) guessRow(i, q);
  }
}

function guessRow(i: usize, q: f64): void {
  const p = last + i;
  const b0 = at(p, 0);
  const b1 = at(p, 1);
  const b2 = at(p, 2);
  const b3 = at(p, 3);
  const b4 = at(p, 4);
  const b5 = at(p, 5);
  const b6 = at(p, 6);
  // Row k: binomials (j + 1 over k + 1) of b_j, j ≥ k, times q^(k+1).
  let power = q;
  const s0 = plus(plus(times(b6, 7), times(b5, 6)), plus(times(b4, 5), times(b3, 4)));
  keep(i, 0, times(plus(s0, plus(plus(times(b2, 3), times(b1, 2)), b0)), power));
  power *= q;
  const s1 = plus(plus(times(b6, 21), times(b5, 15)), plus(times(b4, 10), times(b3, 6)));
  keep(i, 1, times(plus(s1, plus(times(b2, 3), b1)), power));
  power *= q;
  const s2 = plus(plus(times(b6, 35), times(b5, 20)), plus(times(b4, 10), times(b3, 4)));
  keep(i, 2, times(plus(s2, b2), power));
  power *= q;
  keep(i, 3, times(plus(plus(times(b6, 35), times(b5, 15)), plus(times(b4, 5), b3)), power));
  power *= q;
  keep(i, 4, times(plus(plus(times(b6, 21), times(b5, 6)), b4), power));
  power *= q;
  keep(i, 5, times(plus(times(b6, 7), b5), power));
  power *= q;
  keep(i, 6, times(b6, power));
  for (let k: usize = 0; k < 7; k++) {
    let sum = at(b + i, k);
    for (let j = k + 1; j < 7; j++) {
      sum = plus(sum, times(at(b + i, j), load<f64>(table + 192 * 8 + (k * 8 + j) * 8)));
    }
    v128.store(g + i + k * field, sum);
  }
}

// @ts-ignore: decorator
@inline
function keep(i: usize, k: usize, predicted: v128): void {
  v128.store(e + i + k * field, predicted);
  v128.store(b + i + k * field, plus(predicted, at(missed + i, k)));
}

/** Forgets the series: b, e, g = 0. */
export function blank(): void {
  memory.fill(b, 0, 21 * field);
}

/** a b − product, exactly (Dekker 1971). */
function productError(a: f64, b: f64, product: f64): f64 {
  const as = 134217729 * a;
  const ah = as - (as - a);
  const al = a - ah;
  const bs = 134217729 * b;
  const bh = bs - (bs - b);
  const bl = b - bh;
  return al * bl - (product - ah * bh - al * bh - ah * bl);
}

/** Positions at node n of a step of dt. */
export function predict(n: i32, dt: f64): void {
  const t = load<f64>(table + (<usize>n << 3));
  predictRows(px, 0, t, dt);
  predictRows(py, row, t, dt);
  predictRows(pz, 2 * row, t, dt);
}

function predictRows(out: usize, from: usize, t: f64, dt: f64): void {
  const s = t * dt;
  // What rounding took from s would shift the node by the same time in every step.
  const rest = f64x2.splat(productError(t, dt, s));
  const half = f64x2.splat(0.5 * s);
  const step = f64x2.splat(s);
  const t0 = f64x2.splat(t / 6 * s);
  const t1 = f64x2.splat(t * t / 12 * s);
  const t2 = f64x2.splat(t * t * t / 20 * s);
  const t3 = f64x2.splat(t * t * t * t / 30 * s);
  const t4 = f64x2.splat(t * t * t * t * t / 42 * s);
  const t5 = f64x2.splat(t * t * t * t * t * t / 56 * s);
  const t6 = f64x2.splat(t * t * t * t * t * t * t / 72 * s);
  for (let i: usize = 0; i < used; i += 16) {
    const p = from + i;
    let sum = f64x2.mul(t6, at(b + p, 6));
    sum = plus(sum, f64x2.mul(t5, at(b + p, 5)));
    sum = plus(sum, f64x2.mul(t4, at(b + p, 4)));
    sum = plus(sum, f64x2.mul(t3, at(b + p, 3)));
    sum = plus(sum, f64x2.mul(t2, at(b + p, 2)));
    sum = plus(sum, f64x2.mul(t1, at(b + p, 1)));
    sum = plus(sum, f64x2.mul(t0, at(b + p, 0)));
    sum = plus(sum, f64x2.mul(half, v128.load(a0 + p)));
    sum = plus(sum, v128.load(v0 + p));
    const owed = f64x2.sub(f64x2.mul(rest, v128.load(v0 + p)), v128.load(lostX + p));
    sum = plus(f64x2.mul(step, sum), owed);
    v128.store(out + i, plus(v128.load(x0 + p), sum));
  }
}

/** Takes the accelerations at node n into g and b; at node 7 notes the largest change of b₆. */
export function correct(n: i32): void {
  largestChange = 0;
  largestAcceleration = 0;
  correctRows(pax, 0, n);
  correctRows(pay, row, n);
  correctRows(paz, 2 * row, n);
}

function correctRows(a: usize, from: usize, n: i32): void {
  switch (n) {
    case 1: return correctNode(a, from, 1);
    case 2: return correctNode(a, from, 2);
    case 3: return correctNode(a, from, 3);
    case 4: return correctNode(a, from, 4);
    case 5: return correctNode(a, from, 5);
    case 6: return correctNode(a, from, 6);
    default: return correctNode(a, from, 7);
  }
}

/** One copy for each n: the ifs are decided when this is compiled. */
// @ts-ignore: decorator
@inline
function correctNode(a: usize, from: usize, n: usize): void {
  const r = table + (64 + n * 8) * 8;
  const c = table + (128 + (n - 1) * 8) * 8;
  let change = f64x2.splat(0);
  let size = f64x2.splat(0);
  for (let i: usize = 0; i < used; i += 16) {
    const q = g + from + i;
    const acceleration = v128.load(a + i);
    let value = scaled(f64x2.sub(acceleration, v128.load(a0 + from + i)), r, 0);
    if (n > 1) value = scaled(f64x2.sub(value, at(q, 0)), r, 1);
    if (n > 2) value = scaled(f64x2.sub(value, at(q, 1)), r, 2);
    if (n > 3) value = scaled(f64x2.sub(value, at(q, 2)), r, 3);
    if (n > 4) value = scaled(f64x2.sub(value, at(q, 3)), r, 4);
    if (n > 5) value = scaled(f64x2.sub(value, at(q, 4)), r, 5);
    if (n > 6) value = scaled(f64x2.sub(value, at(q, 5)), r, 6);
    const delta = f64x2.sub(value, at(q, n - 1));
    v128.store(q + (n - 1) * field, value);
    const p = b + from + i;
    if (n > 1) addTo(p, 0, scaled(delta, c, 0));
    if (n > 2) addTo(p, 1, scaled(delta, c, 1));
    if (n > 3) addTo(p, 2, scaled(delta, c, 2));
    if (n > 4) addTo(p, 3, scaled(delta, c, 3));
    if (n > 5) addTo(p, 4, scaled(delta, c, 4));
    if (n > 6) addTo(p, 5, scaled(delta, c, 5));
    addTo(p, n - 1, delta);
    if (n == 7) {
      change = f64x2.max(change, f64x2.abs(delta));
      size = f64x2.max(size, f64x2.abs(acceleration));
    }
  }
  if (n == 7) {
    largestChange = max(largestChange, max(f64x2.extract_lane(change, 0), f64x2.extract_lane(change, 1)));
    largestAcceleration = max(
      largestAcceleration,
      max(f64x2.extract_lane(size, 0), f64x2.extract_lane(size, 1)),
    );
  }
}

// @ts-ignore: decorator
@inline
function scaled(value: v128, factors: usize, k: usize): v128 {
  return f64x2.mul(value, v128.load_splat<f64>(factors + (k << 3)));
}

// @ts-ignore: decorator
@inline
function addTo(base: usize, k: usize, value: v128): void {
  v128.store(base + k * field, plus(at(base, k), value));
}

/** Largest change of b₆ in the last pass over the largest acceleration. */
export function change(): f64 {
  return largestChange / largestAcceleration;
}

/** (10⁻¹²)²: rounding leaves 10⁻¹⁶ of the pulls, as of the middle body's in the figure-eight. */
const CANCELLED2: f64 = 1e-24;
/**
 * The square of the shortest time, in units of the step, in which an acceleration changes, at the end of
 * the step: min over bodies of 2 |a|² / (|ȧ|² + |a| |ä|). Bodies whose pulls cancel to rounding tell nothing.
 */
export function shortest(n: i32): f64 {
  let best = Infinity;
  quickest = -1;
  const least = CANCELLED2 * largestAcceleration * largestAcceleration;
  for (let i: usize = 0; i < (<usize>n << 3); i += 8) {
    let y2 = 0.0;
    let y3 = 0.0;
    let y4 = 0.0;
    for (let c: usize = 0; c < 3; c++) {
      const p = b + c * row + i;
      const b0 = load<f64>(p);
      const b1 = load<f64>(p + field);
      const b2 = load<f64>(p + 2 * field);
      const b3 = load<f64>(p + 3 * field);
      const b4 = load<f64>(p + 4 * field);
      const b5 = load<f64>(p + 5 * field);
      const b6 = load<f64>(p + 6 * field);
      const y = load<f64>(a0 + c * row + i) + b0 + b1 + b2 + b3 + b4 + b5 + b6;
      const d = b0 + 2 * b1 + 3 * b2 + 4 * b3 + 5 * b4 + 6 * b5 + 7 * b6;
      const dd = 2 * b1 + 6 * b2 + 12 * b3 + 20 * b4 + 30 * b5 + 42 * b6;
      y2 += y * y;
      y3 += d * d;
      y4 += dd * dd;
    }
    if (y2 < least) continue;
    const value = (2 * y2) / (y3 + sqrt(y4 * y2));
    if (value < best) {
      best = value;
      quickest = <i32>(i >> 3);
    }
  }
  return best;
}

/** The body for which shortest() was the shortest; −1 if there is none. */
export function quickestBody(): i32 {
  return quickest;
}

/** Ends a step of dt: the bodies are where the series says, and the series is the last one. */
export function finish(dt: f64): void {
  finishRows(px, pvx, 0, dt);
  finishRows(py, pvy, row, dt);
  finishRows(pz, pvz, 2 * row, dt);
}

function finishRows(x: usize, v: usize, from: usize, dt: f64): void {
  const square = dt * dt;
  // Along the acceleration, so that it would feed energy into every orbit, step by step.
  const squareRest = 0.5 * productError(dt, dt, square);
  for (let i: usize = 0; i < used; i += 16) {
    const p = from + i;
    const b0 = at(b + p, 0);
    const b1 = at(b + p, 1);
    const b2 = at(b + p, 2);
    const b3 = at(b + p, 3);
    const b4 = at(b + p, 4);
    const b5 = at(b + p, 5);
    const b6 = at(b + p, 6);
    const acceleration = v128.load(a0 + p);
    const velocity = v128.load(v0 + p);
    let sum = v128.load(x0 + p);
    let lost = v128.load(lostX + p);
    for (let term = 0; term < 3; term++) {
      let add: v128;
      if (term == 0) {
        add = plus(times(b6, 1.0 / 72), times(b5, 1.0 / 56));
        add = plus(plus(add, times(b4, 1.0 / 42)), times(b3, 1.0 / 30));
        add = plus(plus(add, times(b2, 1.0 / 20)), times(b1, 1.0 / 12));
        add = times(plus(add, times(b0, 1.0 / 6)), square);
        add = plus(add, times(acceleration, squareRest));
      } else if (term == 1) {
        add = times(acceleration, 0.5 * square);
      } else {
        add = times(velocity, dt);
      }
      const y = f64x2.sub(add, lost);
      const total = plus(sum, y);
      lost = f64x2.sub(f64x2.sub(total, sum), y);
      sum = total;
    }
    v128.store(x + i, sum);
    v128.store(lostX + p, lost);
    let add = plus(times(b6, 1.0 / 8), times(b5, 1.0 / 7));
    add = plus(plus(add, times(b4, 1.0 / 6)), times(b3, 1.0 / 5));
    add = plus(plus(add, times(b2, 1.0 / 4)), times(b1, 1.0 / 3));
    add = times(plus(add, times(b0, 1.0 / 2)), dt);
    sum = velocity;
    lost = v128.load(lostV + p);
    let y = f64x2.sub(add, lost);
    let total = plus(sum, y);
    lost = f64x2.sub(f64x2.sub(total, sum), y);
    sum = total;
    y = f64x2.sub(times(acceleration, dt), lost);
    total = plus(sum, y);
    lost = f64x2.sub(f64x2.sub(total, sum), y);
    v128.store(v + i, total);
    v128.store(lostV + p, lost);
    for (let k: usize = 0; k < 7; k++) {
      const converged = at(b + p, k);
      v128.store(last + p + k * field, converged);
      v128.store(missed + p + k * field, f64x2.sub(converged, at(e + p, k)));
    }
  }
}
