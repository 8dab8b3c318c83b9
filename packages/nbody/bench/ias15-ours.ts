/**
 * One process of the ias15 case: node ias15-ours.ts YEARS time|energy → {"value": ms a Jupiter year, or the
 * largest relative energy error}. Prints the initial state instead when YEARS is "state".
 */
import { Bodies } from "../src/bodies/bodies.ts";
import { diagnostics } from "../src/diagnostics/diagnostics.ts";
import { SOLAR_G, solarSystem, solarSystemNames } from "../src/initial/solar-system.ts";
import { createSystem } from "../src/system/system.ts";

/** Jupiter's period in days. */
const YEAR = 4332.6;
const units = { G: SOLAR_G, softening: 0 };
const [years, what] = process.argv.slice(2);

const all = solarSystem();
const names = ["Sun", "Jupiter", "Saturn", "Uranus", "Neptune"] as const;
const bodies = Bodies.allocate(names.length);
names.forEach((name, i) => {
  const from = solarSystemNames.indexOf(name);
  for (const c of ["mass", "x", "y", "z", "vx", "vy", "vz"] as const) bodies[c][i] = all[c][from]!;
});

if (years === "state") {
  const { mass, x, y, z, vx, vy, vz } = bodies;
  const columns = [mass, x, y, z, vx, vy, vz].map((column) => [...column]);
  console.log(JSON.stringify({ G: SOLAR_G, year: YEAR, columns }));
} else {
  const system = await createSystem({ bodies, units, integrator: "ias15", dt: YEAR });
  const before = diagnostics(bodies, units).energy;
  let worst = 0;
  const start = performance.now();
  for (let year = 0; year < Number(years); year++) {
    system.step();
    worst = Math.max(worst, Math.abs(diagnostics(bodies, units).energy / before - 1));
  }
  const each = (performance.now() - start) / Number(years);
  console.log(JSON.stringify({ value: what === "energy" ? worst : each }));
}
