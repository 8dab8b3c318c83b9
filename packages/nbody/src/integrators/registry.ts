/** The integrators by the names that the service's API gives them. */
import type { Integrator } from "./integrator.ts";
import { leapfrog } from "./leapfrog.ts";
import { symplecticEuler } from "./symplectic-euler.ts";

export type IntegratorName = "symplectic-euler" | "leapfrog";

export const integrators: Readonly<Record<IntegratorName, Integrator>> = {
  "symplectic-euler": symplecticEuler,
  leapfrog,
};

export function isIntegratorName(name: string): name is IntegratorName {
  return Object.hasOwn(integrators, name);
}
