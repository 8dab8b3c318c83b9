/** What requests may say. Unknown fields, NaN, infinities and values out of range are refused by path. */
import {
  COLLISION_RULES,
  integrators,
  presets,
  SOLVERS,
  type CollisionRule,
  type IntegratorName,
  type PresetKind,
  type Solver,
  type Units,
} from "@hotpath/nbody";
import { z } from "zod";
import { LIMITS } from "../limits.ts";

const kinds = presets.map(({ kind }) => kind) as [PresetKind, ...PresetKind[]];
const integratorNames = Object.keys(integrators) as [IntegratorName, ...IntegratorName[]];

const vector = z.tuple([z.number(), z.number(), z.number()]);
const particle = z.strictObject({
  mass: z.number().nonnegative(),
  position: vector,
  velocity: vector,
  softening: z.number().nonnegative().optional(),
  radius: z.number().nonnegative().optional(),
});
const generated = z.strictObject({
  kind: z.enum(kinds),
  n: z.int().min(1).max(LIMITS.particles).optional(),
  seed: z.int().min(0).max(0xffff_ffff).optional(),
  radius: z
    .number()
    .positive()
    .optional()
    .meta({ description: "Collision radius of every particle" }),
});
const given = z.strictObject({ particles: z.array(particle).min(1).max(LIMITS.particles) });
const units = z.strictObject({ G: z.number().positive(), softening: z.number().nonnegative() });
const steps = z.int().min(1).max(LIMITS.steps);

interface GivenParticle {
  readonly mass: number;
  readonly position: readonly [number, number, number];
  readonly velocity: readonly [number, number, number];
  readonly softening?: number | undefined;
  readonly radius?: number | undefined;
}

export interface CreateRequest {
  readonly name: string;
  readonly initial:
    | {
        readonly kind: PresetKind;
        readonly n?: number | undefined;
        readonly seed?: number | undefined;
        readonly radius?: number | undefined;
      }
    | { readonly particles: readonly GivenParticle[] };
  readonly units?: Units | undefined;
  readonly integrator: IntegratorName;
  readonly solver?: Solver | undefined;
  readonly errorTarget?: number | undefined;
  readonly theta?: number | undefined;
  readonly collisions?: CollisionRule | undefined;
  readonly restitution?: number | undefined;
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
  errorTarget: z
    .number()
    .min(2e-5)
    .max(0.05)
    .optional()
    .meta({ description: "RMS relative force error that the tree keeps; default 2e-3" }),
  theta: z
    .number()
    .min(0.2)
    .max(1)
    .optional()
    .meta({ description: "The tree's opening angle, instead of errorTarget" }),
  collisions: z
    .enum(COLLISION_RULES as [CollisionRule, ...CollisionRule[]])
    .optional()
    .meta({ description: "What happens when particles touch, by their radii; default none" }),
  restitution: z
    .number()
    .min(0)
    .max(1)
    .optional()
    .meta({ description: "Share of the approach speed that a bounce leaves; default 1" }),
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

/** Ids are looked up as they come, so that one which is no UUID is 404 like any other that is not there. */
export const idParams: z.ZodType<{ readonly id: string }> = z.object({
  id: z.string().meta({ format: "uuid" }),
});

/** A query parameter that is a whole number in decimal digits. */
export function wholeNumber(
  min: number,
  max: number,
  preset: number,
  description: string,
): z.ZodType<number, string | undefined> {
  const message = `must be a whole number from ${min} to ${max}`;
  return z
    .string()
    .regex(/^\d{1,15}$/, message)
    .transform(Number)
    .pipe(z.number().min(min, message).max(max, message))
    .optional()
    .transform((value) => value ?? preset)
    .meta({ description: `${description}; ${min} to ${max}, default ${preset}` });
}
