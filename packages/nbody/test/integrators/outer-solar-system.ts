/**
 * Sun, Jupiter, Saturn, Uranus and Neptune on 10 October 1972, from the DE405 state of the preset,
 * 1200 days on. Jupiter is then at its mean distance, so that the energy error of a symplectic
 * integrator, which follows Jupiter's distance, swings to both sides of its start. Time unit: the Gaussian year
 * over 2π, so that G = 1.
 */
import { Bodies } from "../../src/bodies/bodies.ts";
import { diagnostics } from "../../src/diagnostics/diagnostics.ts";
import { SOLAR_G, solarSystem, solarSystemNames } from "../../src/initial/solar-system.ts";
import type { IntegratorName } from "../../src/integrators/registry.ts";
import type { IntegratorSettings } from "../../src/integrators/settings.ts";
import { createSystem } from "../../src/system/system.ts";

export const G1 = { G: 1, softening: 0 } as const;
const YEAR_UNIT_DAYS = 1 / Math.sqrt(SOLAR_G);

/** Jupiter's period in the time unit: 4332.6 days. */
export const JUPITER_PERIOD: number = 4332.6 / YEAR_UNIT_DAYS;

const start = await advanced();

/** A new copy. */
export function outerSolarSystem(): Bodies {
  return start.clone();
}

async function advanced(): Promise<Bodies> {
  const all = solarSystem();
  const names = ["Sun", "Jupiter", "Saturn", "Uranus", "Neptune"] as const;
  const bodies = Bodies.allocate(names.length);
  names.forEach((name, i) => {
    const from = solarSystemNames.indexOf(name);
    for (const column of ["mass", "x", "y", "z"] as const) bodies[column][i] = all[column][from]!;
    for (const column of ["vx", "vy", "vz"] as const) {
      bodies[column][i] = all[column][from]! * YEAR_UNIT_DAYS;
    }
  });
  const dt = 10 / YEAR_UNIT_DAYS;
  const system = await createSystem({ bodies, units: G1, integrator: "yoshida8", dt });
  system.step(120);
  return bodies;
}

/** Largest |E / E₀ − 1| at the ends of the steps, looked at every so many. */
export async function worstEnergyError(
  integrator: IntegratorName,
  dt: number,
  steps: number,
  options: { every?: number; settings?: Partial<IntegratorSettings> } = {},
): Promise<number> {
  const { every = 1, settings = {} } = options;
  const bodies = outerSolarSystem();
  const system = await createSystem({ bodies, units: G1, integrator, dt, settings });
  const before = diagnostics(bodies, G1).energy;
  let worst = 0;
  for (let k = 0; k < steps; k += every) {
    system.step(Math.min(every, steps - k));
    worst = Math.max(worst, Math.abs(diagnostics(bodies, G1).energy / before - 1));
  }
  return worst;
}
