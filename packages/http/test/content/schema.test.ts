/** Schemas by their standard interface: whose library it is does not matter. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { z } from "zod";
import { check, Problem, type StandardSchema } from "../../src/index.ts";

function paths(schema: StandardSchema, value: unknown): string[] {
  try {
    void check(schema, value);
  } catch (error) {
    assert.ok(error instanceof Problem && error.status === 422);
    return error.errors.map(({ path }) => path);
  }
  return [];
}

describe("check", () => {
  const shape = z.union([
    z.strictObject({ kind: z.enum(["disk", "plummer"]), n: z.int().min(1).optional() }),
    z.strictObject({ particles: z.array(z.strictObject({ mass: z.number() })).min(1) }),
  ]);
  const outer = z.strictObject({ initial: shape });

  test("of a union, only the branch that the value was meant for complains", () => {
    assert.deepEqual(paths(outer, { initial: { kind: "hole" } }), ["initial.kind"]);
    assert.deepEqual(paths(outer, { initial: { kind: "disk", n: 0 } }), ["initial.n"]);
    assert.deepEqual(paths(outer, { initial: { kind: "disk", n: 1, x: 1 } }), ["initial.x"]);
    assert.deepEqual(paths(outer, { initial: { particles: [] } }), ["initial.particles"]);
    const many = Array.from({ length: 20 }, () => ({ mass: "heavy" }));
    assert.equal(paths(outer, { initial: { particles: many } })[0], "initial.particles.0.mass");
  });

  test("names at most a hundred violations", () => {
    const many = Array.from({ length: 100_000 }, () => "x");
    assert.equal(paths(z.array(z.number()), many).length, 100);
    const keys = Object.fromEntries(many.map((_, i) => [`k${i}`, 1]));
    assert.equal(paths(z.strictObject({}), keys).length, 100);
  });

  test("a schema of no library, with path parts as objects and a promise", async () => {
    const schema: StandardSchema<unknown, string> = {
      "~standard": {
        version: 1,
        vendor: "test",
        validate: async (value) =>
          typeof value === "string"
            ? { value: value.toUpperCase() }
            : { issues: [{ message: "text please", path: [{ key: "a" }, 0] }] },
      },
    };
    assert.equal(await check(schema, "x"), "X");
    await assert.rejects(
      async () => check(schema, 1),
      (error) => error instanceof Problem && error.errors[0]!.path === "a.0",
    );
  });
});
