/** What may not be asked for together: every field of a request is in its range by then. */
import { invalid, type Violation } from "@hotpath/http";
import { integrators, type Bodies } from "@hotpath/nbody";
import type { CreateRequest } from "./schema.ts";

/** Throws 422 with everything that is wrong, by path. */
export function requireCombination(request: CreateRequest, bodies: Bodies): void {
  const wrong = [
    ...solverViolations(request),
    ...collisionViolations(request, bodies),
    ...integratorViolations(request, bodies),
  ];
  if (wrong.length > 0) throw invalid(wrong);
}

function solverViolations(request: CreateRequest): Violation[] {
  const { solver, integrator, errorTarget, theta } = request;
  const wrong: Violation[] = [];
  const { needs } = integrators[integrator];
  if (solver === "tree" && needs !== undefined) {
    const what = needs === "jerks" ? "the jerks" : "the exact forces";
    const message = `${integrator} needs ${what} that only the direct sum gives`;
    wrong.push({ path: "solver", message });
  }
  if (errorTarget !== undefined && theta !== undefined) {
    wrong.push({ path: "theta", message: "give a theta or an errorTarget, not both" });
  }
  for (const [path, value] of Object.entries({ errorTarget, theta })) {
    if (value === undefined) continue;
    if (solver === "direct") wrong.push({ path, message: "only the tree has one, not direct" });
    else if (needs !== undefined)
      wrong.push({ path, message: `only the tree has one, not ${integrator}` });
  }
  return wrong;
}

function collisionViolations(request: CreateRequest, bodies: Bodies): Violation[] {
  const { collisions, restitution } = request;
  const wrong: Violation[] = [];
  const touchable = bodies.radius.some((radius) => radius > 0);
  if (touchable && collisions === undefined) {
    const message = "particles with a radius need a rule: none, halt, merge or bounce";
    wrong.push({ path: "collisions", message });
  }
  if (!touchable && collisions !== undefined && collisions !== "none") {
    const message = `no particle has a radius, so there is nothing to ${collisions}`;
    wrong.push({ path: "collisions", message });
  }
  if (restitution !== undefined && collisions !== "bounce") {
    wrong.push({ path: "restitution", message: 'only goes with collisions "bounce"' });
  }
  return wrong;
}

function integratorViolations({ integrator }: CreateRequest, bodies: Bodies): Violation[] {
  try {
    integrators[integrator].accept?.(bodies);
    return [];
  } catch (error) {
    if (!(error instanceof RangeError || error instanceof TypeError)) throw error;
    return [{ path: "integrator", message: error.message }];
  }
}
