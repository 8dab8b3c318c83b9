/**
 * A Plummer sphere in equilibrium, in Hénon units: G = 1, total mass 1, energy −1/4.
 * Aarseth, Hénon & Wielen (1974), Astron. Astrophys. 37, 183; cut where 99.9 % of the mass is inside.
 */
import { Bodies } from "../bodies/bodies.ts";
import { place, toCentreOfMass } from "./frame.ts";
import { createRandom, cubeRoot, type Random } from "./random.ts";

/** Scale radius of the model in Hénon units: 3π/16. */
const SCALE = (3 * Math.PI) / 16;

export function plummer(n: number, seed: number): Bodies {
  const random = createRandom(seed);
  const bodies = Bodies.allocate(n);
  for (let i = 0; i < n; i++) {
    // Stratified in mass: each body has its own shell, so that small systems look like large ones.
    const within = (0.999 * (i + random.uniform())) / n;
    const root = cubeRoot(Math.max(within, 1e-12));
    const r = 1 / Math.sqrt(1 / (root * root) - 1);
    const speed = (speedFraction(random) * Math.SQRT2) / Math.sqrt(Math.sqrt(1 + r * r));
    const towards = random.direction3();
    const heading = random.direction3();
    const length = r * SCALE;
    const rate = speed / Math.sqrt(SCALE);
    place(
      bodies,
      i,
      1 / n,
      [towards[0] * length, towards[1] * length, towards[2] * length],
      [heading[0] * rate, heading[1] * rate, heading[2] * rate],
    );
  }
  toCentreOfMass(bodies);
  return bodies;
}

/** v / v_escape, distributed as q² (1 − q²)^{7/2}, by rejection. */
function speedFraction(random: Random): number {
  for (;;) {
    const q = random.uniform();
    const t = 1 - q * q;
    if (0.1 * random.uniform() < q * q * t * t * t * Math.sqrt(t)) return q;
  }
}
