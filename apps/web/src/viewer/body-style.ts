/** Sizes and scalars of particles from their masses: pure, so that it can be tested without WebGL. */

/** Relative sprite sizes of a few bodies: the cube root of mass, squeezed so that the least is seen. */
export function girthsOf(masses: Float32Array): Float32Array {
  const heaviest = masses.reduce((most, mass) => Math.max(most, mass), 0);
  if (heaviest === 0) return new Float32Array(masses.length).fill(1);
  return masses.map((mass) => Math.max(1, 3.2 * (mass / heaviest) ** 0.16));
}

/** In a cloud of equal particles, a body that is far heavier than most (a disk's centre) stands out. */
export function cloudGirthsOf(masses: Float32Array): Float32Array {
  const median = masses.slice().sort()[masses.length >> 1] ?? 0;
  if (!(median > 0)) return new Float32Array(masses.length).fill(1);
  return masses.map((mass) => Math.min(3.4, Math.max(0.8, (mass / median) ** 0.25)));
}

/** Each mass between the least (0) and the greatest (1) on a log scale; 0.5 where all are equal. */
export function massScalars(masses: Float32Array): Float32Array {
  let low = Infinity;
  let high = -Infinity;
  for (const mass of masses) {
    if (mass <= 0) continue;
    low = Math.min(low, Math.log(mass));
    high = Math.max(high, Math.log(mass));
  }
  if (!(high > low)) return new Float32Array(masses.length).fill(0.5);
  return masses.map((mass) => (mass > 0 ? (Math.log(mass) - low) / (high - low) : 0));
}

/** The particle's place in the list, 0 to 1: initial groups (two galaxies) keep their colours. */
export function orderScalars(particles: number): Float32Array {
  return Float32Array.from({ length: particles }, (_, i) => i / Math.max(1, particles - 1));
}

/** The heaviest body, on which a compressed view is centred. */
export function heaviestOf(masses: Float32Array | undefined): number {
  if (masses === undefined) return 0;
  let best = 0;
  for (let i = 1; i < masses.length; i += 1) if (masses[i]! > masses[best]!) best = i;
  return best;
}

/** Whether mass is spread over many particles, so that statistics of it over radius say something. */
export function isCloud(particles: number, masses: Float32Array | undefined): boolean {
  if (particles < 50 || masses === undefined) return particles >= 50;
  const total = masses.reduce((sum, mass) => sum + mass, 0);
  return masses[heaviestOf(masses)]! < 0.1 * total;
}

/** Indices from heaviest to lightest. */
export function byMass(particles: number, masses: Float32Array | undefined): number[] {
  const order = Array.from({ length: particles }, (_, i) => i);
  return masses === undefined ? order : order.sort((a, b) => masses[b]! - masses[a]! || a - b);
}
