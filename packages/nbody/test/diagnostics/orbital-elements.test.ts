import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import {
  elementsOf,
  meanAnomaly,
  orbitalPeriod,
  stateOf,
  type OrbitalElements,
} from "../../src/diagnostics/orbital-elements.ts";

const angle = (max: number): fc.Arbitrary<number> =>
  fc.double({ min: 0.01, max: max - 0.01, noNaN: true });

test("elementsOf() gives back the elements that stateOf() was given, to 1e-11", () => {
  fc.assert(
    fc.property(
      fc.record({
        semiMajorAxis: fc.double({ min: 0.1, max: 100, noNaN: true }),
        eccentricity: fc.double({ min: 0.01, max: 0.95, noNaN: true }),
        inclination: angle(Math.PI),
        ascendingNode: angle(2 * Math.PI),
        argumentOfPericentre: angle(2 * Math.PI),
        trueAnomaly: angle(2 * Math.PI),
      }),
      fc.double({ min: 0.1, max: 10, noNaN: true }),
      (elements: OrbitalElements, mu) => {
        const { position, velocity } = stateOf(elements, mu);
        const back = elementsOf(position, velocity, mu);
        for (const key of Object.keys(elements) as (keyof OrbitalElements)[]) {
          const scale = key === "semiMajorAxis" ? elements.semiMajorAxis : 1;
          // Near a circle or a plane, directions are as ill-defined as 1 / e and 1 / sin i.
          const slack =
            1 /
            Math.min(
              elements.eccentricity * (1 - elements.eccentricity),
              Math.sin(elements.inclination),
            );
          const difference = Math.abs(back[key] - elements[key]) / scale;
          const turned = Math.min(difference, Math.abs(difference - 2 * Math.PI));
          assert.ok(turned < 1e-13 * slack, `${key}: ${elements[key]} → ${back[key]}`);
        }
      },
    ),
  );
});

test("elementsOf() knows a hyperbola, a circle and an orbit in the plane", () => {
  const circle = elementsOf([1, 0, 0], [0, 1, 0], 1);
  assert.deepEqual(
    { ...circle, trueAnomaly: 0 },
    {
      semiMajorAxis: 1,
      eccentricity: 0,
      inclination: 0,
      ascendingNode: 0,
      argumentOfPericentre: 0,
      trueAnomaly: 0,
    },
  );
  const hyperbola = elementsOf([1, 0, 0], [0, 2, 0], 1);
  assert.ok(hyperbola.semiMajorAxis < 0 && Math.abs(hyperbola.eccentricity - 3) < 1e-15);
  assert.equal(orbitalPeriod(hyperbola, 1), Infinity);
  assert.throws(() => elementsOf([1, 0, 0], [1, 0, 0], 1), /radial/);
});

test("the mean anomaly is a quarter of a turn a quarter of a period after pericentre", () => {
  // Kepler's equation at M = π/2, e = 0.5 has E = 2.0209799380897 (by bisection here).
  const e = 0.5;
  let low = 0;
  let high = Math.PI;
  for (let k = 0; k < 200; k++) {
    const middle = (low + high) / 2;
    if (middle - e * Math.sin(middle) < Math.PI / 2) low = middle;
    else high = middle;
  }
  const trueAnomaly = 2 * Math.atan(Math.sqrt((1 + e) / (1 - e)) * Math.tan(low / 2));
  const elements = {
    semiMajorAxis: 1,
    eccentricity: e,
    inclination: 0,
    ascendingNode: 0,
    argumentOfPericentre: 0,
    trueAnomaly,
  };
  assert.ok(Math.abs(meanAnomaly(elements) - Math.PI / 2) < 1e-14);
  assert.equal(orbitalPeriod(elements, 4), Math.PI);
});
