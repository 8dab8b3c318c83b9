/**
 * Drawings of what particles of a kind look like, for the cards: composed to be told apart at the size
 * of a stamp, not physical. What is being set up is shown by initial-state.ts as it really starts.
 */
export interface Sketch {
  /** x, y, z in view radii. */
  readonly positions: Float32Array;
  /** 0 to 1 for the colour ramp. */
  readonly scalars: Float32Array;
}

type Random = () => number;
type Point = readonly [x: number, y: number, z: number, scalar: number];

/** A small generator with 32 bits of state (mulberry32); enough for a picture. */
function randomFrom(seed: number): Random {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

function sphere(count: number, random: Random): Point[] {
  return Array.from({ length: count }, () => {
    const mass = 0.02 + 0.9 * random();
    const r = 0.3 / Math.sqrt(mass ** (-2 / 3) - 1);
    const z = 2 * random() - 1;
    const angle = 2 * Math.PI * random();
    const flat = Math.sqrt(1 - z * z);
    const speed = 1 / (1 + (r / 0.3) ** 2) ** 0.25;
    const scalar = 0.15 + 0.85 * speed * (0.4 + 0.6 * random());
    return [r * flat * Math.cos(angle), r * flat * Math.sin(angle), r * z, scalar] as const;
  });
}

function disk(count: number, random: Random, arms: number): Point[] {
  return Array.from({ length: count }, (_, i) => {
    if (i === 0) return [0, 0, 0, 1] as const;
    const share = random();
    const r = 0.08 + 0.8 * Math.sqrt(share);
    const loose = (random() + random() - 1) * (arms > 0 ? 0.9 : Math.PI);
    const arm =
      arms > 0 ? (Math.floor(random() * arms) * 2 * Math.PI) / arms : 2 * Math.PI * random();
    const angle = arm + loose - (arms > 0 ? 3.2 * r : 0);
    const z = 0.02 * (random() + random() - 1);
    return [r * Math.cos(angle), r * Math.sin(angle), z, Math.min(1, 0.26 / (r + 0.1))] as const;
  });
}

function galaxies(count: number, random: Random): Point[] {
  const half = Math.ceil(count / 2);
  const place = (points: Point[], x: number, y: number, tilt: number, size: number): Point[] =>
    points.map(([px, py, pz, scalar]) => [
      x + size * px,
      y + size * (py * Math.cos(tilt) - pz * Math.sin(tilt)),
      size * (py * Math.sin(tilt) + pz * Math.cos(tilt)),
      scalar,
    ]);
  return [
    ...place(disk(half, random, 2), -0.5, -0.16, 0.5, 0.46),
    ...place(disk(count - half, random, 2), 0.5, 0.2, -0.45, 0.4),
  ];
}

/** A lemniscate close to the three-body figure-eight. */
export function eightAt(phase: number): readonly [number, number] {
  const wide = 1 + Math.sin(phase) ** 2;
  return [Math.cos(phase) / wide, (1.05 * Math.sin(phase) * Math.cos(phase)) / wide];
}

export function sketchOf(kind: string, count: number, seed: number): Sketch {
  const random = randomFrom(seed);
  const points = ((): Point[] => {
    if (kind === "galaxies") return galaxies(count, random);
    if (kind === "disk") return disk(count, random, 0);
    return sphere(count, random);
  })();
  return {
    positions: Float32Array.from(points.flatMap(([x, y, z]) => [x, y, z])),
    scalars: Float32Array.from(points.map((point) => point[3])),
  };
}
