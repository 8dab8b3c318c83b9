/** Every way to ask wrongly gets its own problem document, and leaves nothing behind. */
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { LIMITS } from "../src/index.ts";
import { startService, type TestService } from "./service.ts";

interface ProblemBody {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly errors?: readonly { readonly path: string; readonly message: string }[];
}

const GOOD = {
  name: "x",
  initial: { kind: "plummer", n: 10, seed: 1 },
  integrator: "leapfrog",
  dt: 0.01,
  steps: 10,
  snapshotEvery: 5,
};
const PARTICLE = { mass: 1, position: [0, 0, 0], velocity: [0, 0, 0] };
const UNKNOWN_ID = "00000000-0000-4000-8000-000000000000";

describe("bad input", { timeout: 120_000 }, () => {
  let service: TestService;
  before(async () => (service = await startService()));
  after(async () => {
    const { simulations } = (await (await service.get("/api/v1/simulations")).json()) as {
      simulations: unknown[];
    };
    assert.deepEqual(simulations, [], "nothing half-written");
    await service[Symbol.asyncDispose]();
  });

  const refused: readonly (readonly [string, string, object])[] = [
    ["an unknown field", "colour", { ...GOOD, colour: "red" }],
    ["an unknown field inside", "initial.x", { ...GOOD, initial: { ...GOOD.initial, x: 1 } }],
    ["an unknown preset", "initial.kind", { ...GOOD, initial: { kind: "black-hole" } }],
    ["an unknown integrator", "integrator", { ...GOOD, integrator: "euler" }],
    ["a missing field", "steps", { ...GOOD, steps: undefined }],
    ["a dt of zero", "dt", { ...GOOD, dt: 0 }],
    ["a negative dt", "dt", { ...GOOD, dt: -1 }],
    ["no steps", "steps", { ...GOOD, steps: 0 }],
    ["half a step", "steps", { ...GOOD, steps: 1.5 }],
    ["steps above the limit", "steps", { ...GOOD, steps: LIMITS.steps + 1 }],
    [
      "more work than a job may be",
      "steps",
      { ...GOOD, initial: { kind: "plummer", n: 100_000 }, steps: 100_000, snapshotEvery: 100_000 },
    ],
    [
      "more frames than a job may record",
      "snapshotEvery",
      { ...GOOD, steps: 1_000_000, snapshotEvery: 1 },
    ],
    ["an unknown rule for collisions", "collisions", { ...GOOD, collisions: "explode" }],
    ["a rule where nothing can touch", "collisions", { ...GOOD, collisions: "merge" }],
    ["radii without a rule", "collisions", { ...GOOD, initial: { ...GOOD.initial, radius: 0.1 } }],
    [
      "a negative radius",
      "initial.particles.0.radius",
      { ...GOOD, initial: { particles: [{ ...PARTICLE, radius: -1 }] } },
    ],
    [
      "a softening of one particle that is negative",
      "initial.particles.0.softening",
      { ...GOOD, initial: { particles: [{ ...PARTICLE, softening: -1 }] } },
    ],
    [
      "a restitution without bounces",
      "restitution",
      {
        ...GOOD,
        initial: { ...GOOD.initial, radius: 0.1 },
        collisions: "merge",
        restitution: 0.5,
      },
    ],
    ["a theta and an errorTarget", "theta", { ...GOOD, theta: 0.5, errorTarget: 1e-3 }],
    ["a theta out of range", "theta", { ...GOOD, theta: 1.5 }],
    ["a theta for the direct sum", "theta", { ...GOOD, solver: "direct", theta: 0.5 }],
    [
      "an error target for the direct sum",
      "errorTarget",
      { ...GOOD, solver: "direct", errorTarget: 1e-3 },
    ],
    [
      "a theta for an integrator that the tree does not serve",
      "theta",
      { ...GOOD, integrator: "hermite4", theta: 0.5 },
    ],
    [
      "whfast without a central mass",
      "integrator",
      {
        ...GOOD,
        integrator: "whfast",
        initial: {
          particles: [
            { ...PARTICLE, mass: 0 },
            { ...PARTICLE, position: [1, 0, 0] },
          ],
        },
      },
    ],
    ["zero particles", "initial.particles", { ...GOOD, initial: { particles: [] } }],
    ["zero particles of a preset", "initial.n", { ...GOOD, initial: { kind: "plummer", n: 0 } }],
    [
      "a count that a preset cannot have",
      "initial.n",
      { ...GOOD, initial: { kind: "figure-eight", n: 4 } },
    ],
    [
      "a negative mass",
      "initial.particles.1.mass",
      { ...GOOD, initial: { particles: [PARTICLE, { ...PARTICLE, mass: -1 }] } },
    ],
    [
      "a position of two numbers",
      "initial.particles.0.position",
      { ...GOOD, initial: { particles: [{ ...PARTICLE, position: [0, 0] }] } },
    ],
    [
      "a velocity that is not a number",
      "initial.particles.0.velocity.2",
      { ...GOOD, initial: { particles: [{ ...PARTICLE, velocity: [0, 0, "fast"] }] } },
    ],
    [
      "a null mass, as NaN becomes in JSON",
      "initial.particles.0.mass",
      { ...GOOD, initial: { particles: [{ ...PARTICLE, mass: NaN }] } },
    ],
    ["negative softening", "units.softening", { ...GOOD, units: { G: 1, softening: -1 } }],
    ["a body that is not an object", "(body)", []],
  ];
  for (const [what, path, body] of refused) {
    test(`${what} is refused at ${path}`, async () => {
      const problem = await problemOf(await service.post("/api/v1/simulations", body), 422);
      assert.ok(
        problem.errors?.some((error) => error.path === path),
        JSON.stringify(problem.errors),
      );
    });
  }

  test("an infinite number is refused at its path", async () => {
    const text = JSON.stringify(GOOD).replace('"dt":0.01', '"dt":1e999');
    const problem = await problemOf(await raw(service, text), 422);
    assert.equal(problem.errors?.[0]?.path, "dt");
  });

  test("NaN, which JSON does not have, and other text that is not JSON is 400", async () => {
    for (const text of ["", "{", '{"dt": NaN}', "hello"]) {
      assert.match((await problemOf(await raw(service, text), 400)).detail, /not JSON/);
    }
  });

  test("bytes that are not UTF-8 are 400", async () => {
    const response = await fetch(`${service.url}/api/v1/simulations`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: new Uint8Array([0x22, 0xff, 0x22]),
    });
    assert.match((await problemOf(response, 400)).detail, /UTF-8/);
  });

  test("another content type is 415", async () => {
    const response = await raw(service, JSON.stringify(GOOD), "text/plain");
    assert.match((await problemOf(response, 415)).detail, /application\/json, not text\/plain/);
  });

  test("a body over the limit is 413, whether or not it says its length", async () => {
    const long = JSON.stringify({ ...GOOD, name: "x".repeat(LIMITS.bodyBytes) });
    await problemOf(await raw(service, long), 413);
    const chunked = await fetch(`${service.url}/api/v1/simulations`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: new Blob([long]).stream(),
      duplex: "half",
    } as RequestInit).catch((error: unknown) => error);
    // The server may close before the client has sent everything: fetch then fails instead.
    if (chunked instanceof Response) await problemOf(chunked, 413);
    else assert.ok(chunked instanceof TypeError);
  });

  test("an id that is not known, or no id at all, is 404 everywhere", async () => {
    for (const id of [UNKNOWN_ID, "no-uuid", "%00", "' OR 1=1 --"]) {
      const part = encodeURIComponent(id);
      const paths = [
        `/api/v1/simulations/${part}`,
        `/results/${part}`,
        ...["state", "frames", "events"].map((leaf) => `/api/v1/simulations/${part}/${leaf}`),
      ];
      for (const path of paths) await problemOf(await service.get(path), 404);
    }
    const body = { simulation_id: UNKNOWN_ID, time_step: 1, num_steps: 1 };
    await problemOf(await service.post("/simulate", body), 404);
  });

  test("/simulate refuses what its contract does not have, by path", async () => {
    const body = { simulation_id: "x", time_step: 0, num_steps: 0, speed: 1 };
    const problem = await problemOf(await service.post("/simulate", body), 422);
    assert.deepEqual(problem.errors?.map(({ path }) => path).sort(), [
      "num_steps",
      "simulation_id",
      "speed",
      "time_step",
    ]);
  });

  test("query parameters out of range are 422 by name", async () => {
    const problem = await problemOf(await service.get("/api/v1/simulations?limit=0"), 422);
    assert.equal(problem.errors?.[0]?.path, "limit");
    await problemOf(await service.get("/api/v1/simulations?status=odd"), 422);
  });

  test("a path that nothing serves is 404, a method that it does not answer 405 with Allow", async () => {
    await problemOf(await service.get("/api/v2"), 404);
    const response = await fetch(`${service.url}/simulate`, { method: "DELETE" });
    await problemOf(response, 405);
    assert.equal(response.headers.get("allow"), "POST");
  });
});

async function problemOf(response: Response, status: number): Promise<ProblemBody> {
  const text = await response.text();
  assert.equal(response.status, status, text);
  assert.match(response.headers.get("content-type") ?? "", /^application\/problem\+json/);
  const problem = JSON.parse(text) as ProblemBody;
  assert.equal(problem.status, status);
  assert.ok(problem.detail.length > 0 && problem.title.length > 0);
  return problem;
}

function raw(service: TestService, body: string, type = "application/json"): Promise<Response> {
  return fetch(`${service.url}/api/v1/simulations`, {
    method: "POST",
    headers: { "content-type": type },
    body,
  });
}
