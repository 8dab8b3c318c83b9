/** The original service's two routes: POST /simulate and GET /results/{id}. */
import { invalid, json, route, type Route } from "@hotpath/http";
import { diagnostics } from "@hotpath/nbody";
import { LIMITS } from "../limits.ts";
import type { ApiContext } from "./context.ts";
import { idParams, simulateSchema } from "./schema.ts";

export function simulateRoutes(context: ApiContext): Route[] {
  return [
    route(
      "POST",
      "/simulate",
      {
        summary: "Advance a simulation's particles and wait for the result",
        body: simulateSchema,
        answers: {
          200: "Completed; the particles are written back",
          409: "It is running already",
        },
      },
      async (request, { body }) => {
        const { simulation_id: id, time_step: dt, num_steps: steps } = body;
        const simulation = await context.find(id);
        const most = Math.floor(LIMITS.callPairs / simulation.n ** 2);
        if (steps > most) {
          const message = `with ${simulation.n} particles one call does at most ${most} steps`;
          throw invalid([{ path: "num_steps", message }]);
        }
        const startedAt = performance.now();
        const { time, energy, energyError } = await context.runner.call(
          simulation,
          dt,
          steps,
          request.signal,
        );
        return json(200, {
          status: "completed",
          simulation_id: id,
          num_steps: steps,
          time_step: dt,
          time,
          energy,
          energy_error: energyError,
          elapsed_ms: Math.round((performance.now() - startedAt) * 1000) / 1000,
        });
      },
    ),
    route(
      "GET",
      "/results/:id",
      {
        summary: "Analysis of the particles as last written",
        params: idParams,
        answers: { 200: "The analysis", 404: "No such simulation" },
      },
      async (request) => {
        const simulation = await context.find(request.params.id);
        const { bodies } = await context.store.loadBodies(simulation);
        const found = diagnostics(bodies, simulation.units);
        const initial = simulation.initialEnergy ?? found.energy;
        return json(200, {
          simulation_id: simulation.id,
          status: simulation.status,
          step: simulation.step,
          time: simulation.time,
          engine: "typescript",
          energy: {
            initial,
            final: found.energy,
            drift: (found.energy - initial) / (Math.abs(initial) || 1),
            kinetic: found.kinetic,
            potential: found.potential,
          },
          virialRatio: found.virialRatio,
          halfMassRadius: found.halfMassRadius,
          centreOfMass: found.centreOfMass,
          momentum: found.momentum,
          angularMomentum: found.angularMomentum,
          lagrangianRadii: found.lagrangianRadii,
        });
      },
    ),
  ];
}
