/**
 * Accelerations of massless bodies (test particles) by the massive ones: they feel and are not felt,
 * so every pair is visited once and there is nothing to sum on the other side.
 * Plain square root and division: two groups of rows at a time keep both dividers' queues full.
 */
import { FORCE_SCALE } from "./direct-stages";

const GROUP: usize = 128;

/**
 * Share `task` of the groups from first to end, each against the massive rows 0 … massive − 1.
 * Writes accelerations over FORCE_SCALE and over G into the share's forces.
 */
export function targets(
  task: usize,
  tasks: usize,
  first: usize,
  end: usize,
  massive: usize,
  rows: usize,
  forces: usize,
  soft: usize,
  softening2: f64,
): void {
  const scale = f64x2.splat(FORCE_SCALE);
  const toForces = forces - rows;
  for (let j = first + task * GROUP; j < end; j += tasks * GROUP) {
    for (let half: usize = 0; half < 32; half += 16) {
      const at = j + half;
      const x = v128.load(at);
      const y = v128.load(at, 32);
      const z = v128.load(at, 64);
      const e = soft == 0 ? f64x2.splat(softening2) : v128.load(soft + ((j - rows) >> 2) + half);
      let ax = f64x2.splat(0.0);
      let ay = f64x2.splat(0.0);
      let az = f64x2.splat(0.0);
      for (let k: usize = 0; k < massive; k++) {
        const i = rows + (k >> 2) * GROUP + ((k & 3) << 3);
        const dx = f64x2.sub(v128.load_splat<f64>(i), x);
        const dy = f64x2.sub(v128.load_splat<f64>(i, 32), y);
        const dz = f64x2.sub(v128.load_splat<f64>(i, 64), z);
        let r2 = f64x2.add(f64x2.mul(dx, dx), e);
        if (soft != 0) r2 = f64x2.add(r2, v128.load_splat<f64>(soft + (k << 3)));
        r2 = f64x2.add(r2, f64x2.add(f64x2.mul(dz, dz), f64x2.mul(dy, dy)));
        const w = f64x2.div(v128.load_splat<f64>(i, 96), f64x2.mul(r2, f64x2.sqrt(r2)));
        ax = f64x2.add(ax, f64x2.mul(w, dx));
        ay = f64x2.add(ay, f64x2.mul(w, dy));
        az = f64x2.add(az, f64x2.mul(w, dz));
      }
      v128.store(at + toForces, f64x2.div(ax, scale));
      v128.store(at + toForces, f64x2.div(ay, scale), 32);
      v128.store(at + toForces, f64x2.div(az, scale), 64);
    }
  }
}
