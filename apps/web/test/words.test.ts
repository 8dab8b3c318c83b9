import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { ApiProblem, asProblem, problemFrom } from "../src/api/problem.ts";
import type { Preset } from "../src/api/resources.ts";
import { decadeMarks, decadeRange } from "../src/charts/decades.ts";
import {
  ago,
  compact,
  quantity,
  scientific,
  simulatedTime,
  timeScale,
  wallTime,
} from "../src/format/quantity.ts";
import { errorFor, requestOf, setupFrom, setupOf, workOf } from "../src/presets/setup.ts";
import { hashOf, parseRoute } from "../src/shell/route.ts";

describe("numbers in words", () => {
  test("scientific() writes real superscripts and minus signs", () => {
    assert.equal(scientific(2.346e-7), "2.35 × 10⁻⁷");
    assert.equal(scientific(-12), "−1.20 × 10¹");
    assert.equal(scientific(0), "0");
    assert.equal(scientific(null), "–");
  });

  test("quantity() is plain where plain is readable", () => {
    assert.deepEqual(
      [0.769, 1234.5, -0.5, 0, 2.5e-5, 3e9, Number.NaN].map((value) => quantity(value)),
      ["0.769", "1,234.5", "−0.5", "0", "2.50 × 10⁻⁵", "3.00 × 10⁹", "–"],
    );
  });

  test("compact() uses SI letters", () => {
    assert.deepEqual([950, 12_300, 4_560_000, 999_600].map(compact), [
      "950",
      "12.3 k",
      "4.56 M",
      "1.00 M",
    ]);
  });

  test("simulatedTime() keeps unit and decimals through a run", () => {
    const days = { length: "au", time: "day", mass: "" };
    assert.equal(simulatedTime(0, days, 3650), "0.00 years");
    assert.equal(simulatedTime(3650, days, 3650), "9.99 years");
    assert.equal(simulatedTime(12.5, days, 30), "12.5 days");
    assert.equal(simulatedTime(1, { ...days, time: "Myr" }, 5), "1.00 Myr");
    assert.equal(simulatedTime(1, undefined, 5), "1.00");
    assert.equal(timeScale({ ...days, time: "s" }, 1e9).name, "years");
  });

  test("wallTime() and ago()", () => {
    assert.deepEqual([340, 12_340, 245_000, 7_800_000].map(wallTime), [
      "340 ms",
      "12.3 s",
      "4 min 05 s",
      "2 h 10 min",
    ]);
    assert.deepEqual([5e3, 3e5, 1.1e7, 3e8].map(ago), [
      "just now",
      "5 min ago",
      "3 h ago",
      "3 days ago",
    ]);
  });
});

describe("problemFrom()", () => {
  test("reads a problem document with its fields", () => {
    const body = JSON.stringify({
      title: "Invalid simulation",
      status: 422,
      detail: "One field is wrong.",
      errors: [{ path: "steps", message: "must be positive" }, { path: 3 }],
    });
    const problem = problemFrom(422, "application/problem+json", body);
    assert.equal(problem.title, "Invalid simulation");
    assert.equal(problem.message, "One field is wrong.");
    assert.deepEqual(problem.errors, [{ path: "steps", message: "must be positive" }]);
    assert.equal(problem.retryable, false);
  });

  test("has words for answers that are no problem documents", () => {
    for (const [type, body] of [
      ["text/html", "<h1>Bad gateway</h1>"],
      ["application/json", "{"],
      ["application/json", "null"],
    ] as const) {
      const problem = problemFrom(502, type, body);
      assert.equal(problem.message, "The service answered with status 502.");
      assert.equal(problem.retryable, true);
    }
  });

  test("asProblem() wraps what is not a problem yet", () => {
    const known = new ApiProblem("timeout", "No answer", "Too slow.");
    assert.equal(asProblem(known), known);
    assert.equal(asProblem(new TypeError("x is not a function")).message, "x is not a function");
  });
});

describe("decades", () => {
  test("decadeRange() is whole decades around the positive values", () => {
    assert.deepEqual(decadeRange([null, 0, 3e-7, 4e-5]), [1e-7, 1e-4]);
    assert.deepEqual(decadeRange([1e-7]), [1e-7, 1e-6]);
    assert.deepEqual(decadeRange([0, null]), [1e-16, 1e-12]);
  });

  test("decadeMarks() are few, even, and include the highest", () => {
    const exponents = (marks: readonly number[]): number[] =>
      marks.map((mark) => Math.round(Math.log10(mark)));
    assert.deepEqual(exponents(decadeMarks(1e-7, 1e-4, 4)), [-7, -6, -5, -4]);
    assert.deepEqual(exponents(decadeMarks(1e-16, 1e-4, 4)), [-16, -12, -8, -4]);
    assert.ok(decadeMarks(1e-16, 1e-3, 4).length <= 4);
  });
});

test("routes survive the address bar, and nonsense leads to the start", () => {
  const route = { kind: "simulation", id: "a b/c" } as const;
  assert.deepEqual(parseRoute(hashOf(route)), route);
  for (const hash of ["", "#/", "#/simulations/", "#/simulations/%E0%A4%A", "#/else"]) {
    assert.deepEqual(parseRoute(hash), { kind: "setup" });
  }
});

describe("setup", () => {
  const preset: Preset = {
    kind: "plummer",
    title: "Plummer sphere",
    description: "",
    particles: { default: 1000, min: 2, max: 20_000 },
    units: { G: 1, softening: 0.05 },
    dt: 0.01,
    steps: 600,
    snapshotEvery: 4,
    integrator: "leapfrog",
    viewRadius: 3,
    unitNames: { length: "", time: "", mass: "" },
  };

  test("becomes the request that the service documents", () => {
    assert.deepEqual(requestOf({ ...setupOf(preset), seed: 5, softening: 0.1 }), {
      name: "Plummer sphere",
      initial: { kind: "plummer", n: 1000, seed: 5 },
      units: { G: 1, softening: 0.1 },
      integrator: "leapfrog",
      dt: 0.01,
      steps: 600,
      snapshotEvery: 4,
    });
    const fixed = setupOf({ ...preset, particles: { fixed: 3 } });
    assert.deepEqual(requestOf(fixed).initial, { kind: "plummer" });
  });

  test("says how much work it is", () => {
    assert.deepEqual(workOf(setupOf(preset)), { interactions: 6e8, frames: 151, time: 6 });
  });

  test("is found again from an earlier simulation", () => {
    const earlier = { ...setupOf(preset), seed: 9, particles: 50, steps: 70 };
    const request = requestOf(earlier);
    const simulation = { ...request, particles: 50 };
    assert.deepEqual(setupFrom(preset, simulation as never), earlier);
  });

  test("shows the service's message at the field, whatever way the path is written", () => {
    const errors = [{ path: "/initial/n", message: "too many" }];
    assert.equal(errorFor(errors, "initial.n", "n"), "too many");
    assert.equal(errorFor([{ path: "$.steps", message: "bad" }], "steps"), "bad");
    assert.equal(errorFor(errors, "steps"), undefined);
  });
});
