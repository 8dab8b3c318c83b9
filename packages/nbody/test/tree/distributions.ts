/** Systems of many kinds, of which the tree's expected error must be true: n bodies from a seed. */
import { Bodies } from "../../src/bodies/bodies.ts";
import { generate } from "../../src/initial/presets.ts";
import { createRandom, type Random } from "../../src/initial/random.ts";
import { randomCloud } from "../systems.ts";

type Point = readonly [mass: number, x: number, y: number, z: number];
export type Distribution = (n: number, seed: number) => Bodies;

function sampled(sample: (random: Random, i: number, n: number) => Point): Distribution {
  return (n, seed) => {
    const random = createRandom(seed);
    const bodies = Bodies.allocate(n);
    for (let i = 0; i < n; i++) {
      const [mass, x, y, z] = sample(random, i, n);
      bodies.mass[i] = mass;
      bodies.x[i] = x;
      bodies.y[i] = y;
      bodies.z[i] = z;
    }
    return bodies;
  };
}

/** Clusters inside clusters, over twelve orders of magnitude: nothing averages out. */
export const nested: Distribution = sampled((random) => {
  const size = 10 ** -(12 * random.uniform());
  const [x, y, z] = random.direction3();
  return [random.uniform(), x * size, y * size, z * size];
});

/** A square of lattice points: exact cancellations, except that no body is in the very middle. */
function lattice(n: number): Bodies {
  const edge = 2 * Math.ceil(Math.cbrt(n) / 2);
  return sampled((_, i) => [1, i % edge, Math.floor(i / edge) % edge, Math.floor(i / edge ** 2)])(
    edge ** 3,
    0,
  );
}

/** One to four clumps of sizes between 1e-6 and 10, and some massless bodies. */
function clumps(n: number, seed: number): Bodies {
  const random = createRandom(seed);
  const count = 1 + Math.floor(4 * random.uniform());
  const sizes = Array.from({ length: count }, () => 10 ** (7 * random.uniform() - 6));
  return sampled((draw, i) => {
    const size = sizes[i % count]!;
    const mass = draw.uniform() < 0.1 ? 0 : draw.uniform();
    const centre = i % count;
    return [
      mass,
      size * draw.normal() + 3 * centre,
      size * draw.normal() - centre,
      size * draw.normal(),
    ];
  })(n, seed + 1);
}

export const distributions: Readonly<Record<string, Distribution>> = {
  plummer: (n, seed) => generate("plummer", { n, seed }),
  king: (n, seed) => generate("king", { n, seed }),
  disk: (n, seed) => generate("disk", { n, seed }),
  galaxies: (n, seed) => generate("galaxies", { n, seed }),
  cube: sampled((random) => [1, random.uniform(), random.uniform(), random.uniform()]),
  lattice,
  shell: sampled((random) => [1, ...random.direction3()]),
  line: sampled((random) => [
    1,
    random.uniform(),
    1e-3 * random.uniform(),
    1e-3 * random.uniform(),
  ]),
  "two clusters a billion radii apart": sampled((random, i) => [
    1,
    random.normal() + (i % 2) * 1e9,
    random.normal(),
    random.normal(),
  ]),
  "a ring about a body of a million times its mass": sampled((random, i, n) => {
    const radius = i === 0 ? 0 : 1 + 10 * random.uniform();
    const [x, y, z] = random.direction3();
    return [i === 0 ? 1 : 1e-6 / n, radius * x, radius * y, 0.01 * radius * z];
  }),
  nested,
  clumps,
  "masses and axes of very different sizes": randomCloud,
};
