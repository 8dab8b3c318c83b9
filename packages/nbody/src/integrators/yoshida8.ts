/**
 * Eighth order: Yoshida's construction (Phys. Lett. A 150, 262, 1990) with the seventeen weights of
 * Kahan & Li, Math. Comp. 66, 1089 (1997), "s17odr8a". Yoshida's own fifteen (his solution D) err 2400
 * times as much a step on a Kepler orbit of e = 0.3.
 */
import { composition } from "./composition.ts";
import type { Integrator } from "./integrator.ts";

export const yoshida8: Integrator = composition(
  "yoshida8",
  8,
  [
    0.13020248308889007, 0.5611629817751084, -0.38947496264484727, 0.1588419065551556,
    -0.39590389413323757, 0.1845396409783157, 0.25837438768632204, 0.2950117236093103,
  ],
);
