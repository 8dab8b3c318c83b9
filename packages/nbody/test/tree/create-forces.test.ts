import assert from "node:assert/strict";
import { test } from "node:test";
import { generate } from "../../src/initial/presets.ts";
import { createForces } from "../../src/tree/create-forces.ts";

const UNITS = { G: 1, softening: 0.01 };

test("auto takes the direct sum for few bodies and the tree for many, and says so", async () => {
  const few = await createForces(generate("plummer", { n: 200 }), UNITS);
  assert.match(few.name, /^direct/);
  assert.ok(few.expectedError < 1e-12);
  const many = await createForces(generate("plummer", { n: 20_000 }), UNITS);
  assert.match(many.name, /^tree/);
  assert.equal(many.expectedError, 2e-3);
});

test("auto moves the crossover up for smaller errors", async () => {
  const bodies = generate("plummer", { n: 4000 });
  assert.match((await createForces(bodies, UNITS)).name, /^tree/);
  assert.match((await createForces(bodies, UNITS, { errorTarget: 2e-5 })).name, /^direct/);
});

test("the solver can be named", async () => {
  const bodies = generate("plummer", { n: 100 });
  assert.match((await createForces(bodies, UNITS, { solver: "tree" })).name, /^tree/);
  assert.match((await createForces(bodies, UNITS, { solver: "direct" })).name, /^direct/);
  const forces = await createForces(bodies, UNITS, { solver: "tree", theta: 0.5 });
  assert.match(forces.name, /θ 0.5/);
  forces.accelerations();
  assert.ok(bodies.ax.some((a) => a !== 0));
});

test("bad options are refused", async () => {
  const bodies = generate("plummer", { n: 100 });
  const refuse = (options: object, error: object): Promise<void> =>
    assert.rejects(createForces(bodies, UNITS, options), error);
  await refuse({ solver: "magic" }, { name: "TypeError", message: /no solver is called magic/ });
  await refuse({ theta: 0 }, { name: "RangeError", message: /theta must be in 0.2 … 1, not 0/ });
  await refuse({ theta: Number.NaN }, { name: "RangeError" });
  await refuse({ errorTarget: 1 }, { name: "RangeError", message: /errorTarget must be in/ });
  await refuse({ errorTarget: 0.01, theta: 0.5 }, { name: "TypeError", message: /not both/ });
});
