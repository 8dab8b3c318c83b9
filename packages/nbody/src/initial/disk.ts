/** Cold disks of light bodies on circular orbits about a heavy softened centre. */
import { Bodies } from "../bodies/bodies.ts";
import { place, toCentreOfMass } from "./frame.ts";
import { createRandom, type Random } from "./random.ts";

export interface DiskShape {
  readonly centreMass: number;
  /** Shared equally by the orbiting bodies. */
  readonly diskMass: number;
  readonly inner: number;
  readonly outer: number;
  /** Standard deviation of the height above the plane, as a fraction of the radius. */
  readonly thickness: number;
  /** Softening of the force, which the circular speed must know. */
  readonly softening: number;
}

export function disk(n: number, seed: number, softening: number): Bodies {
  const bodies = Bodies.allocate(n);
  const shape: DiskShape = {
    centreMass: 1,
    diskMass: 0.02,
    inner: 0.25,
    outer: 1.5,
    thickness: 0.01,
    softening,
  };
  fillDisk(bodies, 0, n, shape, createRandom(seed));
  toCentreOfMass(bodies);
  return bodies;
}

/**
 * Writes count bodies from index first on: the centre, then its disk in the x-y plane, turning
 * anticlockwise, with surface density ∝ 1/r. G = 1.
 */
export function fillDisk(
  bodies: Bodies,
  first: number,
  count: number,
  shape: DiskShape,
  random: Random,
): void {
  place(bodies, first, shape.centreMass, [0, 0, 0], [0, 0, 0]);
  const light = count - 1;
  for (let k = 0; k < light; k++) {
    const fraction = (k + random.uniform()) / light;
    const r = shape.inner + (shape.outer - shape.inner) * fraction;
    const [cos, sin] = random.direction2();
    const height = shape.thickness * r * random.normal();
    const enclosed = shape.centreMass + shape.diskMass * fraction;
    const d2 = r * r + height * height + shape.softening * shape.softening;
    const speed = Math.sqrt((enclosed * r * r) / (d2 * Math.sqrt(d2)));
    place(
      bodies,
      first + 1 + k,
      shape.diskMass / light,
      [r * cos, r * sin, height],
      [-speed * sin, speed * cos, 0],
    );
  }
}
