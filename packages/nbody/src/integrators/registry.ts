/** The integrators by the names that the service's API gives them. */
import { hermite4 } from "./hermite4.ts";
import { ias15 } from "./ias15.ts";
import type { Integrator } from "./integrator.ts";
import { leapfrog } from "./leapfrog.ts";
import { symplecticEuler } from "./symplectic-euler.ts";
import { whfast } from "./whfast.ts";
import { yoshida4 } from "./yoshida4.ts";
import { yoshida6 } from "./yoshida6.ts";
import { yoshida8 } from "./yoshida8.ts";

export type IntegratorName =
  | "symplectic-euler"
  | "leapfrog"
  | "yoshida4"
  | "yoshida6"
  | "yoshida8"
  | "hermite4"
  | "ias15"
  | "whfast";

export const integrators: Readonly<Record<IntegratorName, Integrator>> = {
  "symplectic-euler": symplecticEuler,
  leapfrog,
  yoshida4,
  yoshida6,
  yoshida8,
  hermite4,
  ias15,
  whfast,
};

export function isIntegratorName(name: string): name is IntegratorName {
  return Object.hasOwn(integrators, name);
}
