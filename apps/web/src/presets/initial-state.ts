/**
 * The particles as the service will start them, computed here by the same generators: what is seen
 * while a simulation is set up is its true frame 0.
 */
import { generate, isPresetKind } from "@hotpath/nbody";

export interface InitialState {
  /** x, y, z of each particle in turn. */
  readonly positions: Float32Array;
  readonly velocities: Float32Array;
  readonly masses: Float32Array;
}

/** Undefined where the generators refuse the numbers, or the browser has no shared memory for them. */
export function initialState(
  kind: string,
  particles: number | undefined,
  seed: number,
): InitialState | undefined {
  if (!isPresetKind(kind)) return undefined;
  try {
    const bodies = generate(kind, particles === undefined ? { seed } : { n: particles, seed });
    const { x, y, z, vx, vy, vz, n } = bodies;
    const positions = new Float32Array(3 * n);
    const velocities = new Float32Array(3 * n);
    for (let i = 0; i < n; i += 1) {
      positions.set([x[i]!, y[i]!, z[i]!], 3 * i);
      velocities.set([vx[i]!, vy[i]!, vz[i]!], 3 * i);
    }
    return { positions, velocities, masses: Float32Array.from(bodies.mass) };
  } catch {
    return undefined; // the form says what is wrong with its numbers; the picture just waits
  }
}
