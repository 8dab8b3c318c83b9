// asc: -O3 --runtime stub --enable simd --enable threads --importMemory --sharedMemory --initialMemory 1 --maximumMemory 65536 --noAssert
/**
 * The arithmetic of whfast: Jacobi coordinates and Kepler's problem. The method is in
 * src/integrators/whfast.ts.
 *
 * A set of coordinates is six rows x, y, z, vx, vy, vz of `row` bytes, at any base. Row 0 of a Jacobi set
 * is the centre of mass; row i is body i seen from the centre of mass of the bodies before it. `eta` holds
 * the mass of bodies 0 … i. A coordinate of the bodies is given by the address of its column.
 */
let n: usize = 0;
let row: usize = 0;
let mass: usize = 0;
let eta: usize = 0;
let gravity: f64 = 0;

export function bind(bodies: i32, rowBytes: usize, masses: usize, etas: usize, G: f64): void {
  n = (<usize>bodies) << 3;
  row = rowBytes;
  mass = masses;
  eta = etas;
  gravity = G;
  let sum = 0.0;
  for (let i: usize = 0; i < n; i += 8) {
    sum += load<f64>(mass + i);
    store<f64>(eta + i, sum);
  }
}

/** One coordinate of all bodies → the same of Jacobi's. */
export function toJacobi(column: usize, out: usize): void {
  let centre = load<f64>(column);
  for (let i: usize = 8; i < n; i += 8) {
    const own = load<f64>(column + i);
    const difference = own - centre;
    store<f64>(out + i, difference);
    centre += (difference * load<f64>(mass + i)) / load<f64>(eta + i);
  }
  store<f64>(out, centre);
}

/** One of Jacobi's coordinates → the same of all bodies. */
export function fromJacobi(jacobi: usize, column: usize): void {
  let centre = load<f64>(jacobi);
  for (let i: usize = n - 8; i > 0; i -= 8) {
    const own = load<f64>(jacobi + i);
    centre -= (own * load<f64>(mass + i)) / load<f64>(eta + i);
    store<f64>(column + i, own + centre);
  }
  store<f64>(column, centre);
}

/** v′ += dt × (the bodies' accelerations in Jacobi's coordinates, less what Kepler's problem has of them). */
export function kick(base: usize, ax: usize, ay: usize, az: usize, dt: f64): void {
  let cx = load<f64>(ax);
  let cy = load<f64>(ay);
  let cz = load<f64>(az);
  for (let i: usize = 8; i < n; i += 8) {
    const p = base + i;
    const x = load<f64>(p);
    const y = load<f64>(p + row);
    const z = load<f64>(p + 2 * row);
    const r2 = x * x + y * y + z * z;
    const whole = load<f64>(eta + i);
    const k = (gravity * whole) / (r2 * sqrt(r2));
    const dx = load<f64>(ax + i) - cx;
    const dy = load<f64>(ay + i) - cy;
    const dz = load<f64>(az + i) - cz;
    const vx = p + 3 * row;
    store<f64>(vx, load<f64>(vx) + dt * (dx + k * x));
    store<f64>(vx + row, load<f64>(vx + row) + dt * (dy + k * y));
    store<f64>(vx + 2 * row, load<f64>(vx + 2 * row) + dt * (dz + k * z));
    const share = load<f64>(mass + i) / whole;
    cx += dx * share;
    cy += dy * share;
    cz += dz * share;
  }
}

/** Every Jacobi coordinate on its Kepler orbit, the centre of mass straight on, for dt. */
export function drift(base: usize, dt: f64): void {
  for (let c: usize = 0; c < 3; c++) {
    const p = base + c * row;
    store<f64>(p, load<f64>(p) + dt * load<f64>(p + 3 * row));
  }
  for (let i: usize = 8; i < n; i += 8) kepler(base + i, gravity * load<f64>(eta + i), dt);
}

let g1: f64 = 0;
let g2: f64 = 0;
let g3: f64 = 0;

/** g_k = s^k c_k(β s²), where c_k are Stumpff's functions: series where β s² is small, doubled up from there. */
function stumpff(beta: f64, s: f64): void {
  let z = beta * s * s;
  let doublings = 0;
  while (abs(z) > 0.1 && doublings < 64) {
    z *= 0.25;
    doublings++;
  }
  let c3 = 1 - z * (1.0 / 156);
  c3 = 1 - z * (1.0 / 110) * c3;
  c3 = 1 - z * (1.0 / 72) * c3;
  c3 = 1 - z * (1.0 / 42) * c3;
  c3 = (1 - z * (1.0 / 20) * c3) * (1.0 / 6);
  let c2 = 1 - z * (1.0 / 182);
  c2 = 1 - z * (1.0 / 132) * c2;
  c2 = 1 - z * (1.0 / 90) * c2;
  c2 = 1 - z * (1.0 / 56) * c2;
  c2 = 1 - z * (1.0 / 30) * c2;
  c2 = (1 - z * (1.0 / 12) * c2) * 0.5;
  let c1 = 1 - z * c3;
  for (let c0 = 1 - z * c2; doublings > 0; doublings--) {
    c3 = (c2 + c0 * c3) * 0.25;
    c2 = c1 * c1 * 0.5;
    c1 = c0 * c1;
    c0 = 2 * c0 * c0 - 1;
  }
  g1 = s * c1;
  g2 = s * s * c2;
  g3 = s * s * s * c3;
}

/**
 * Kepler's problem in universal variables: solves r₀ s + η g₂ + ζ g₃ = dt for s, whose derivative is r > 0,
 * then moves by f and g functions. p is the address of x.
 */
function kepler(p: usize, mu: f64, step: f64): void {
  const x = load<f64>(p);
  const y = load<f64>(p + row);
  const z = load<f64>(p + 2 * row);
  const vx = load<f64>(p + 3 * row);
  const vy = load<f64>(p + 4 * row);
  const vz = load<f64>(p + 5 * row);
  const r0 = sqrt(x * x + y * y + z * z);
  const v2 = vx * vx + vy * vy + vz * vz;
  const beta = (2 * mu) / r0 - v2;
  const radial = x * vx + y * vy + z * vz;
  const zeta = mu - beta * r0;
  let dt = step;
  if (beta > 0) {
    const period = (6.283185307179586 * mu) / (beta * sqrt(beta));
    if (abs(dt) > period) dt -= period * trunc(dt / period);
  }
  const guess = dt / r0;
  let s = guess * (1 - 0.5 * guess * radial / r0);
  let before = NaN;
  let converged = false;
  for (let k = 0; k < 12; k++) {
    stumpff(beta, s);
    const excess = radial * g1 + zeta * g2;
    const next = (s * excess - radial * g2 - zeta * g3 + dt) / (r0 + excess);
    if (next == s || next == before) {
      converged = true;
      break;
    }
    before = s;
    s = next;
  }
  if (!converged) bisect(beta, r0, radial, zeta, dt);
  const r = r0 + radial * g1 + zeta * g2;
  const f = (-mu * g2) / r0;
  const g = dt - mu * g3;
  const fd = (-mu * g1) / (r0 * r);
  const gd = (-mu * g2) / r;
  store<f64>(p, x + (f * x + g * vx));
  store<f64>(p + row, y + (f * y + g * vy));
  store<f64>(p + 2 * row, z + (f * z + g * vz));
  store<f64>(p + 3 * row, vx + (fd * x + gd * vx));
  store<f64>(p + 4 * row, vy + (fd * y + gd * vy));
  store<f64>(p + 5 * row, vz + (fd * z + gd * vz));
}

/** For what Newton's iteration does not catch, such as a passage of a pericentre in one step. */
function bisect(beta: f64, r0: f64, radial: f64, zeta: f64, dt: f64): void {
  const sign = dt < 0 ? -1.0 : 1.0;
  let low = 0.0;
  let high = abs(dt) / r0;
  for (let k = 0; k < 200; k++) {
    stumpff(beta, sign * high);
    // Not a number past the range of float64, which is past the root too.
    if (!(sign * (r0 * sign * high + radial * g2 + zeta * g3 - dt) < 0)) break;
    low = high;
    high *= 2;
  }
  for (let k = 0; k < 200; k++) {
    const middle = 0.5 * (low + high);
    if (middle == low || middle == high) break;
    stumpff(beta, sign * middle);
    if (sign * (r0 * sign * middle + radial * g2 + zeta * g3 - dt) < 0) low = middle;
    else high = middle;
  }
  stumpff(beta, sign * low);
}
