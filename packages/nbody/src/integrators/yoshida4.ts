/**
 * The fourth-order triple jump (Yoshida, Phys. Lett. A 150, 262, 1990; Forest & Ruth 1990): three
 * leapfrogs with the weights w, 1 − 2w, w, where w = 1 / (2 − ∛2).
 */
import { composition } from "./composition.ts";
import type { Integrator } from "./integrator.ts";

export const yoshida4: Integrator = composition("yoshida4", 4, [1.3512071919596575]);
