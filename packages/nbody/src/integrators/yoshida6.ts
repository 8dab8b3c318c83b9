/**
 * Sixth order: Yoshida's construction (Phys. Lett. A 150, 262, 1990) with the nine weights of Kahan &
 * Li, Math. Comp. 66, 1089 (1997), "s9odr6a". Yoshida's own seven (his solution A) err 7.4 times as
 * much a step on a Kepler orbit of e = 0.3, which more than pays for two more force evaluations.
 */
import { composition } from "./composition.ts";
import type { Integrator } from "./integrator.ts";

export const yoshida6: Integrator = composition(
  "yoshida6",
  6,
  [0.3921614440073141, 0.33259913678935943, -0.7062461725576393, 0.0822135962935508],
);
