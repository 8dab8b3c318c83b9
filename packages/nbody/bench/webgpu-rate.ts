/** node webgpu-rate.ts <module with create()> <bodies> <rounds>: prints {value, checksum} as JSON. */
import { generate, type Bodies } from "@hotpath/nbody";
import { GpuDirect, type Gpu } from "@hotpath/nbody/gpu";

const [module, n, rounds] = process.argv.slice(2) as [string, string, string];
const { create } = (await import(module)) as { create: (flags: readonly string[]) => Gpu };
const gpu = create([]);
const device = await GpuDirect.open(gpu);
const units = { G: 1, softening: 0.01 };
const bodies = generate("plummer", { n: Number(n), seed: 1 });
await device.accelerations(bodies, units);
const times: number[] = [];
for (let k = 0; k < Number(rounds); k++) {
  const startedAt = performance.now();
  await device.accelerations(bodies, units);
  times.push(performance.now() - startedAt);
}
const median = times.sort((a, b) => a - b)[times.length >> 1]!;
console.log(
  JSON.stringify({
    value: Number(n) ** 2 / median / 1e6,
    checksum: `${device.name}; error ${errorOf(bodies).toExponential(2)}`,
  }),
);
device.close();

/** Root mean square error of 64 bodies, each against the f64 sum over all. */
function errorOf(all: Bodies): number {
  let difference = 0;
  let size = 0;
  for (let k = 0; k < 64; k++) {
    const i = Math.floor((k * all.n) / 64);
    const exact = exactAt(all, i);
    [all.ax[i]!, all.ay[i]!, all.az[i]!].forEach((value, axis) => {
      difference += (value - exact[axis]!) ** 2;
      size += exact[axis]! ** 2;
    });
  }
  return Math.sqrt(difference / size);
}

function exactAt({ n, mass, x, y, z }: Bodies, i: number): readonly [number, number, number] {
  let [ax, ay, az] = [0, 0, 0];
  for (let j = 0; j < n; j++) {
    if (j === i) continue;
    const [dx, dy, dz] = [x[j]! - x[i]!, y[j]! - y[i]!, z[j]! - z[i]!];
    const r2 = dx * dx + dy * dy + dz * dz + units.softening ** 2;
    const w = (units.G * mass[j]!) / (r2 * Math.sqrt(r2));
    ax += w * dx;
    ay += w * dy;
    az += w * dz;
  }
  return [ax, ay, az];
}
