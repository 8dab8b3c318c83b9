/**
 * The direct sum in float32, for previews: relative errors of about 1e-6, more where forces cancel.
 *
 * Positions are taken relative to the centre of the bounding box and scaled, as masses are, by powers
 * of two, so that SI units do not overflow float32. State and integration stay float64.
 */
import type { Bodies } from "../bodies/bodies.ts";
import { align } from "../bodies/layout.ts";
import type { Forces, Units } from "./forces.ts";
import type { Kernels } from "./load.ts";
import { wasm } from "./webassembly.ts";

interface PreviewExports {
  preview(
    first: number,
    last: number,
    sources: number,
    m: number,
    x: number,
    y: number,
    z: number,
    soft: number,
    ax: number,
    ay: number,
    az: number,
    softening2: number,
  ): void;
}

const COLUMNS = 8;

export function previewForces(kernels: Kernels, bodies: Bodies, units: Units): Forces {
  const { memory, capacity } = bodies;
  const instance = new wasm.Instance(kernels.preview, { env: { memory } });
  const kernel = instance.exports as PreviewExports;
  const bytes = align(capacity * 4) + 64;
  const start = bodies.reserve(COLUMNS * bytes);
  const at = Array.from({ length: COLUMNS }, (_, k) => start + k * bytes);
  const [m, x, y, z, soft, ax, ay, az] = at as [
    number,
    number,
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  const column = (offset: number): Float32Array =>
    new Float32Array(memory.buffer, offset, capacity);
  const [fm, fx, fy, fz, fsoft, fax, fay, faz] = at.map(column) as [
    Float32Array,
    Float32Array,
    Float32Array,
    Float32Array,
    Float32Array,
    Float32Array,
    Float32Array,
    Float32Array,
  ];
  return {
    name: "direct f32 preview",
    approximate: true,
    bodies,
    units,
    accelerations() {
      const { n } = bodies;
      const [centreX, extentX] = spanOf(bodies.x);
      const [centreY, extentY] = spanOf(bodies.y);
      const [centreZ, extentZ] = spanOf(bodies.z);
      const scale = powerBelow(Math.max(extentX, extentY, extentZ));
      const heavy = powerBelow(bodies.mass.reduce((most, mass) => Math.max(most, mass), 0));
      fm.fill(0);
      for (let i = 0; i < n; i++) {
        fm[i] = bodies.mass[i]! / heavy;
        fx[i] = (bodies.x[i]! - centreX) / scale;
        fy[i] = (bodies.y[i]! - centreY) / scale;
        fz[i] = (bodies.z[i]! - centreZ) / scale;
        fsoft[i] = (bodies.softening[i]! / scale) ** 2;
      }
      const rows = Math.ceil(n / 8) * 8;
      const softening2 = (units.softening / scale) ** 2;
      kernel.preview(0, rows, n, m, x, y, z, soft, ax, ay, az, softening2);
      const unit = (units.G * heavy) / (scale * scale);
      for (let i = 0; i < n; i++) {
        bodies.ax[i] = unit * fax[i]!;
        bodies.ay[i] = unit * fay[i]!;
        bodies.az[i] = unit * faz[i]!;
      }
    },
    close() {},
  };
}

function spanOf(values: Float64Array): readonly [centre: number, halfWidth: number] {
  let low = Infinity;
  let high = -Infinity;
  for (const value of values) {
    if (value < low) low = value;
    if (value > high) high = value;
  }
  return [(low + high) / 2, (high - low) / 2];
}

/** The largest power of two that is not above the value; 1 for 0 and for what is not finite. */
function powerBelow(value: number): number {
  return value > 0 && value < Infinity ? 2 ** Math.floor(Math.log2(value)) : 1;
}
