/**
 * A King model in equilibrium, in Hénon units: G = 1, total mass 1, energy −1/4.
 * King (1966), AJ 71, 64: f(E) ∝ exp(−E/σ²) − 1, cut at the tidal radius.
 *
 * With W the depth of the potential in units of σ² and r in King radii,
 *     W″ + 2 W′/r = −9 ρ(W)/ρ(W₀),   ρ(W) ∝ e^W erf √W − √(4W/π) (1 + 2W/3).
 * The difference cancels badly for small W; its series has positive terms only:
 *     ρ(W) = (2/√π) √W Σ_{k≥2} (2W)^k / (2k+1)!!
 */
import { Bodies } from "../bodies/bodies.ts";
import { place, toCentreOfMass } from "./frame.ts";
import { createRandom, type Random } from "./random.ts";

/** Central depth: a typical globular cluster. */
const DEPTH = 6;
/** Steps of the Runge–Kutta integration, in King radii. */
const STEP = 1 / 256;

/** The model on a radial grid that ends at the tidal radius. */
interface Profile {
  readonly radius: Float64Array;
  readonly depth: Float64Array;
  /** G times the mass within, for σ = 1. */
  readonly within: Float64Array;
}

export function king(n: number, seed: number): Bodies {
  const profile = integrate(DEPTH);
  const { lengthUnit, speedUnit } = henonUnits(profile);
  const random = createRandom(seed);
  const bodies = Bodies.allocate(n);
  const total = profile.within.at(-1)!;
  for (let i = 0; i < n; i++) {
    // Stratified in mass, as the Plummer sphere is.
    const at = locate(profile, (total * (i + random.uniform())) / n);
    const r = at.radius * lengthUnit;
    const v = speed(at.depth, random) * speedUnit;
    const towards = random.direction3();
    const heading = random.direction3();
    place(
      bodies,
      i,
      1 / n,
      [towards[0] * r, towards[1] * r, towards[2] * r],
      [heading[0] * v, heading[1] * v, heading[2] * v],
    );
  }
  toCentreOfMass(bodies);
  return bodies;
}

function integrate(central: number): Profile {
  const radius = [0];
  const depth = [central];
  const within = [0];
  const density0 = density(central);
  // y = W, p = r² W′ = −(G times the mass within), so that nothing is divided by r at the centre.
  const slope = (r: number, p: number): number => (r === 0 ? 0 : p / (r * r));
  const source = (r: number, y: number): number => (-9 * r * r * density(y)) / density0;
  let r = 0;
  let y = central;
  let p = 0;
  while (y > 0) {
    const h = STEP;
    const y1 = slope(r, p);
    const p1 = source(r, y);
    const y2 = slope(r + h / 2, p + (h / 2) * p1);
    const p2 = source(r + h / 2, y + (h / 2) * y1);
    const y3 = slope(r + h / 2, p + (h / 2) * p2);
    const p3 = source(r + h / 2, y + (h / 2) * y2);
    const y4 = slope(r + h, p + h * p3);
    const p4 = source(r + h, y + h * y3);
    r += h;
    y += (h / 6) * (y1 + 2 * y2 + 2 * y3 + y4);
    p += (h / 6) * (p1 + 2 * p2 + 2 * p3 + p4);
    radius.push(r);
    depth.push(Math.max(0, y));
    within.push(-p);
  }
  return {
    radius: Float64Array.from(radius),
    depth: Float64Array.from(depth),
    within: Float64Array.from(within),
  };
}

function density(depth: number): number {
  if (depth <= 0) return 0;
  let term = (4 * depth * depth) / 15;
  let sum = term;
  for (let k = 3; term > sum * 1e-17; k++) {
    term *= (2 * depth) / (2 * k + 1);
    sum += term;
  }
  return 2 * Math.sqrt(depth / Math.PI) * sum;
}

/** What turns King radii and σ into Hénon units. The potential energy of the model is −∫ M dM / r. */
function henonUnits(profile: Profile): { readonly lengthUnit: number; readonly speedUnit: number } {
  const { radius, within } = profile;
  const total = within.at(-1)!;
  let potential = 0;
  for (let k = 1; k < radius.length; k++) {
    const mass = (within[k]! + within[k - 1]!) / 2;
    const r = (radius[k]! + radius[k - 1]!) / 2;
    potential -= (mass * (within[k]! - within[k - 1]!)) / r;
  }
  const lengthUnit = (-2 * potential) / (total * total);
  return { lengthUnit, speedUnit: 1 / Math.sqrt(total * lengthUnit) };
}

/** Where the mass within reaches the given value, linear between grid points. */
function locate(
  profile: Profile,
  mass: number,
): { readonly radius: number; readonly depth: number } {
  const { radius, depth, within } = profile;
  let low = 0;
  let high = within.length - 1;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (within[middle]! <= mass) low = middle;
    else high = middle;
  }
  const t = (mass - within[low]!) / (within[high]! - within[low]!);
  return {
    radius: radius[low]! + t * (radius[high]! - radius[low]!),
    depth: depth[low]! + t * (depth[high]! - depth[low]!),
  };
}

/** Speed in units of σ, distributed as v² (exp(W − v²/2) − 1) below escape, by rejection. */
function speed(depth: number, random: Random): number {
  const escape = Math.sqrt(2 * depth);
  // v² (e^{W−v²/2} − 1) ≤ v² e^{W−v²/2} ≤ 2 e^{W−1}, and ≤ v² (e^W − 1).
  const bound = Math.min(2 * exponential(depth - 1), 2 * depth * (exponential(depth) - 1));
  if (!(bound > 0)) return 0;
  for (;;) {
    const v = escape * random.uniform();
    if (bound * random.uniform() < v * v * (exponential(depth - (v * v) / 2) - 1)) return v;
  }
}

/** e^x from + − × ÷ only, the same bits on every engine: e^x = (e^{x/64})^64. */
function exponential(x: number): number {
  const small = x / 64;
  let term = 1;
  let sum = 1;
  for (let k = 1; k < 16; k++) {
    term *= small / k;
    sum += term;
  }
  for (let k = 0; k < 6; k++) sum *= sum;
  return sum;
}
