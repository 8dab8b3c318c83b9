/** What requests may say. Unknown fields, NaN, infinities and values out of range are refused by path. */
import {
  integrators,
  presets,
  SOLVERS,
  type IntegratorName,
  type PresetKind,
  type Solver,
  type Units,
} from "@hotpath/nbody";
import { z } from "zod";
import { invalid, type Violation } from "../http/problem.ts";
import { LIMITS } from "../limits.ts";

const kinds = presets.map(({ kind }) => kind) as [PresetKind, ...PresetKind[]];
const integratorNames = Object.keys(integrators) as [IntegratorName, ...IntegratorName[]];

const vector = z.tuple([z.number(), z.number(), z.number()]);
const particle = z.strictObject({
  mass: z.number().nonnegative(),
  position: vector,
  velocity: vector,
});
const generated = z.strictObject({
  kind: z.enum(kinds),
  n: z.int().min(1).max(LIMITS.particles).optional(),
  seed: z.int().min(0).max(0xffff_ffff).optional(),
});
const given = z.strictObject({ particles: z.array(particle).min(1).max(LIMITS.particles) });
const units = z.strictObject({ G: z.number().positive(), softening: z.number().nonnegative() });
const steps = z.int().min(1).max(LIMITS.steps);

interface GivenParticle {
  readonly mass: number;
  readonly position: readonly [number, number, number];
  readonly velocity: readonly [number, number, number];
}

export interface CreateRequest {
  readonly name: string;
  readonly initial:
    | {
        readonly kind: PresetKind;
        readonly n?: number | undefined;
        readonly seed?: number | undefined;
      }
    | { readonly particles: readonly GivenParticle[] };
  readonly units?: Units | undefined;
  readonly integrator: IntegratorName;
  readonly solver?: Solver | undefined;
  readonly errorTarget?: number | undefined;
  readonly dt: number;
  readonly steps: number;
  readonly snapshotEvery: number;
}

export const createSchema: z.ZodType<CreateRequest> = z.strictObject({
  name: z.string().min(1).max(200),
  initial: z.union([generated, given]),
  units: units.optional(),
  integrator: z.enum(integratorNames),
  solver: z.enum(SOLVERS).optional(),
  errorTarget: z.number().min(2e-5).max(0.05).optional(),
  dt: z.number().positive(),
  steps,
  snapshotEvery: z.int().min(1).max(LIMITS.steps),
});

/** The original service's contract. */
export interface SimulateRequest {
  readonly simulation_id: string;
  readonly time_step: number;
  readonly num_steps: number;
}

export const simulateSchema: z.ZodType<SimulateRequest> = z.strictObject({
  simulation_id: z.uuid(),
  time_step: z.number().positive(),
  num_steps: steps,
});

/** Parses or throws a 422 that names every offending path. */
export function parse<T>(schema: z.ZodType<T>, value: unknown): T {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  throw invalid(result.error.issues.flatMap((issue) => violations(issue, value)));
}

/** One violation an unknown key, and of a union the branch that the value was meant for. */
function violations(issue: z.core.$ZodIssue, root: unknown): Violation[] {
  const path = issue.path.map(String);
  if (issue.code === "unrecognized_keys") {
    return issue.keys.map((key) => ({ path: [...path, key].join("."), message: "unknown field" }));
  }
  if (issue.code === "invalid_union" && issue.errors.length > 0) {
    const value = issue.path.reduce<unknown>(
      (at, key) => (at as Record<PropertyKey, unknown>)?.[key],
      root,
    );
    const branch = typeof value === "object" && value !== null && "particles" in value ? 1 : 0;
    return (issue.errors[branch] ?? []).flatMap((inner) =>
      violations({ ...inner, path: [...issue.path, ...inner.path] }, root),
    );
  }
  return [{ path: path.length === 0 ? "(body)" : path.join("."), message: issue.message }];
}
