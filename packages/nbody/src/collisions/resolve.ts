/** What becomes of bodies that touched: one body, or two that part again. */
import type { Bodies } from "../bodies/bodies.ts";
import { FLOAT_COLUMNS } from "../bodies/layout.ts";
import { weightedMean } from "./exact.ts";
import type { Contact, ContactDetector } from "./detect.ts";

/**
 * Merges all that touched, however many in a chain. The heavier body of a pair (the first, of equal
 * ones) lives on with its index and id; mass and momentum are kept to the last bit that float64 can
 * hold, the centre of mass too. Radii add by volume; the larger softening stays.
 * Returns the number of bodies that are gone; the order of the others is kept.
 */
export function merge(bodies: Bodies, contacts: readonly Contact[]): number {
  const into = new Map<number, number>();
  const root = (i: number): number => {
    let at = i;
    for (let up = into.get(at); up !== undefined; up = into.get(at)) at = up;
    return at;
  };
  for (const contact of contacts) {
    const i = root(contact.i);
    const j = root(contact.j);
    if (i === j) continue;
    const heavier =
      bodies.mass[j]! > bodies.mass[i]! || (bodies.mass[j] === bodies.mass[i] && j < i);
    const [survivor, gone] = heavier ? [j, i] : [i, j];
    absorb(bodies, survivor, gone);
    into.set(gone, survivor);
  }
  remove(bodies, into);
  return into.size;
}

function absorb(bodies: Bodies, survivor: number, gone: number): void {
  const m = bodies.mass[survivor]!;
  const k = bodies.mass[gone]!;
  for (const name of ["x", "y", "z", "vx", "vy", "vz"] as const) {
    const column = bodies[name];
    column[survivor] = weightedMean(m, column[survivor]!, k, column[gone]!);
  }
  bodies.mass[survivor] = m + k;
  const radius = bodies.radius;
  radius[survivor] = cubeRoot(cube(radius[survivor]!) + cube(radius[gone]!));
  bodies.softening[survivor] = Math.max(bodies.softening[survivor]!, bodies.softening[gone]!);
}

function remove(bodies: Bodies, gone: ReadonlyMap<number, number>): void {
  let kept = 0;
  for (let i = 0; i < bodies.n; i++) {
    if (gone.has(i)) continue;
    if (kept !== i) {
      for (const name of FLOAT_COLUMNS) bodies[name][kept] = bodies[name][i]!;
      bodies.id[kept] = bodies.id[i]!;
    }
    kept++;
  }
  if (kept < bodies.n) bodies.shrink(kept);
}

function cube(value: number): number {
  return value * value * value;
}

/** Newton's iteration: Math.cbrt's last bit is the engine's own, + × ÷ are not. */
export function cubeRoot(value: number): number {
  if (value === 0) return 0;
  let root = value > 1 ? value : 1;
  for (let last = Infinity; root < last;) {
    last = root;
    root = (2 * root + value / (root * root)) / 3;
  }
  return root;
}

/**
 * Lets the bodies of every contact bounce off each other like smooth hard spheres: the part of their
 * relative velocity along the line of centres is reversed and multiplied by the restitution. Bodies that
 * touched during the step are put where they would be had they turned then. Returns the bounces.
 */
export function bounce(
  bodies: Bodies,
  contacts: readonly Contact[],
  detector: ContactDetector,
  h: number,
  restitution: number,
): number {
  let count = 0;
  for (const contact of contacts) {
    if (bouncePair(bodies, contact, detector, h, restitution)) count++;
  }
  return count;
}

const PLACE = ["x", "y", "z"] as const;
const VELOCITY = ["vx", "vy", "vz"] as const;

function bouncePair(
  bodies: Bodies,
  { i, j, at }: Contact,
  detector: ContactDetector,
  h: number,
  restitution: number,
): boolean {
  const touchPlace = (k: number): number[] =>
    detector
      .lastPlace(k)
      .map((last, c) => last + (bodies[PLACE[c]!][k]! - last) * (at > 0 ? at : 1));
  const a = touchPlace(i);
  const b = touchPlace(j);
  const normal = b.map((value, c) => value - a[c]!);
  const length2 = normal.reduce((sum, value) => sum + value * value, 0);
  const along = VELOCITY.reduce(
    (sum, v, c) => sum + (bodies[v][j]! - bodies[v][i]!) * normal[c]!,
    0,
  );
  // Towards each other in the direction of time: h may be negative.
  if (length2 === 0 || along * Math.sign(h) >= 0) return false;
  const total = bodies.mass[i]! + bodies.mass[j]!;
  const share = total > 0 ? bodies.mass[j]! / total : 0.5;
  const impulse = ((1 + restitution) * along) / length2;
  for (let c = 0; c < 3; c++) {
    const velocity = bodies[VELOCITY[c]!];
    velocity[i] = velocity[i]! + impulse * share * normal[c]!;
    velocity[j] = velocity[j]! - impulse * (1 - share) * normal[c]!;
    if (at > 0) {
      const place = bodies[PLACE[c]!];
      place[i] = a[c]! + velocity[i]! * (1 - at) * h;
      place[j] = b[c]! + velocity[j]! * (1 - at) * h;
    }
  }
  return true;
}
