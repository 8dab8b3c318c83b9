/** Routes for whoever runs the service, and for tools: health, metrics, presets, OpenAPI. */
import { json, metricsResponse, openApi, route, unavailable, type Route } from "@hotpath/http";
import { COLLISION_RULES, integrators, presets, SOLVERS } from "@hotpath/nbody";
import { LIMITS } from "../limits.ts";
import type { ApiContext } from "./context.ts";

/** `ready` tells whether start-up is over and the service not closing. */
export function operationRoutes(
  context: ApiContext,
  ready: () => boolean,
  all: () => readonly Route[],
): Route[] {
  return [
    route(
      "GET",
      "/healthz",
      { summary: "Whether the process is alive", answers: { 200: "It is" } },
      () => json(200, { status: "ok" }),
    ),
    route(
      "GET",
      "/readyz",
      { summary: "Whether requests can be served", answers: { 200: "They can", 503: "Not now" } },
      async () => {
        await context.store.ping();
        if (!ready()) throw unavailable("the service is starting or stopping");
        return json(200, { status: "ready" });
      },
    ),
    route(
      "GET",
      "/metrics",
      {
        summary: "Prometheus metrics",
        answers: { 200: { description: "Text exposition", contentType: "text/plain" } },
      },
      () => metricsResponse(context.metrics),
    ),
    route(
      "GET",
      "/api/v1/presets",
      {
        summary: "Ready-made initial conditions with settings that suit them",
        answers: { 200: "Presets" },
      },
      () =>
        json(200, {
          presets: presets.map(bounded),
          integrators: Object.keys(integrators),
          solvers: SOLVERS,
          collisions: COLLISION_RULES,
          limits: LIMITS,
        }),
    ),
    route(
      "GET",
      "/openapi.json",
      { summary: "This interface", answers: { 200: "OpenAPI 3.1" } },
      () => json(200, openApi(all(), ABOUT)),
    ),
  ];
}

const ABOUT = {
  title: "Hotpath gravity",
  version: "0.1.0",
  description: "N-body simulations: create one, watch it run, read its state, frames and analysis.",
  license: { name: "MIT", identifier: "MIT" },
} as const;

/** A preset as this service offers it: never more particles than it takes. */
function bounded(preset: (typeof presets)[number]): unknown {
  const { particles } = preset;
  if ("fixed" in particles) return preset;
  return { ...preset, particles: { ...particles, max: Math.min(particles.max, LIMITS.particles) } };
}
