/** Small systems with known answers, for the tests of this package. */
import { Bodies } from "../src/bodies/bodies.ts";
import { createRandom } from "../src/initial/random.ts";

export type Row = readonly [
  mass: number,
  x: number,
  y: number,
  z: number,
  vx: number,
  vy: number,
  vz: number,
];

export function bodiesOf(rows: readonly Row[]): Bodies {
  const bodies = Bodies.allocate(rows.length);
  rows.forEach(([mass, x, y, z, vx, vy, vz], i) => {
    bodies.mass[i] = mass;
    bodies.x[i] = x;
    bodies.y[i] = y;
    bodies.z[i] = z;
    bodies.vx[i] = vx;
    bodies.vy[i] = vy;
    bodies.vz[i] = vz;
  });
  return bodies;
}

/** Two bodies of masses 1 and 0 on a Kepler orbit: G = 1, a = 1, period 2π, starting at pericentre. */
export function keplerOrbit(eccentricity: number): Bodies {
  const speed = Math.sqrt((1 + eccentricity) / (1 - eccentricity));
  return bodiesOf([
    [1, 0, 0, 0, 0, 0, 0],
    [0, 1 - eccentricity, 0, 0, 0, speed, 0],
  ]);
}

const DAYS = 365.24;
const SOLAR_MASS = 4 * Math.PI * Math.PI;

/** Sun and the four giant planets as the Computer Language Benchmarks Game has them. G = 1. */
export function benchmarksGame(): Bodies {
  const planets: readonly Row[] = [
    [
      9.54791938424326609e-4, 4.8414314424647209, -1.16032004402742839, -1.03622044471123109e-1,
      1.66007664274403694e-3, 7.69901118419740425e-3, -6.90460016972063023e-5,
    ],
    [
      2.85885980666130812e-4, 8.34336671824457987, 4.12479856412430479, -4.03523417114321381e-1,
      -2.76742510726862411e-3, 4.99852801234917238e-3, 2.30417297573763929e-5,
    ],
    [
      4.36624404335156298e-5, 1.2894369562139131e1, -1.51111514016986312e1, -2.23307578892655734e-1,
      2.96460137564761618e-3, 2.3784717395948095e-3, -2.96589568540237556e-5,
    ],
    [
      5.15138902046611451e-5, 1.53796971148509165e1, -2.59193146099879641e1, 1.79258772950371181e-1,
      2.68067772490389322e-3, 1.62824170038242295e-3, -9.5159225451971587e-5,
    ],
  ];
  const moving = planets.map(([m, x, y, z, vx, vy, vz]): Row => [
    m * SOLAR_MASS,
    x,
    y,
    z,
    vx * DAYS,
    vy * DAYS,
    vz * DAYS,
  ]);
  const total = (k: 4 | 5 | 6): number => moving.reduce((sum, row) => sum + row[0] * row[k], 0);
  const sun: Row = [
    SOLAR_MASS,
    0,
    0,
    0,
    -total(4) / SOLAR_MASS,
    -total(5) / SOLAR_MASS,
    -total(6) / SOLAR_MASS,
  ];
  return bodiesOf([sun, ...moving]);
}

/** A random cloud with masses, softenings and positions of very different sizes. */
export function randomCloud(n: number, seed: number, options: { soft?: boolean } = {}): Bodies {
  const random = createRandom(seed);
  const bodies = Bodies.allocate(n);
  for (let i = 0; i < n; i++) {
    bodies.mass[i] = random.uniform() * 10 ** (3 * random.uniform());
    bodies.x[i] = 10 * random.normal();
    bodies.y[i] = random.normal();
    bodies.z[i] = 0.1 * random.normal();
    bodies.vx[i] = random.normal();
    bodies.vy[i] = random.normal();
    bodies.vz[i] = random.normal();
    if (options.soft === true) bodies.softening[i] = 0.1 * random.uniform();
  }
  return bodies;
}

/**
 * Largest |a − b| / Σⱼ|aᵢⱼ| over the bodies is what rounding can be held to; this is the plainer and
 * stricter |a − b| / |b|, the largest over the bodies.
 */
export function worstAccelerationError(a: Bodies, b: Bodies): number {
  let worst = 0;
  for (let i = 0; i < b.n; i++) {
    const error = Math.hypot(a.ax[i]! - b.ax[i]!, a.ay[i]! - b.ay[i]!, a.az[i]! - b.az[i]!);
    worst = Math.max(worst, error / Math.hypot(b.ax[i]!, b.ay[i]!, b.az[i]!));
  }
  return worst;
}
