/** Routes for whoever runs the service, and for tools: health, metrics, presets, OpenAPI. */
import { integrators, presets, SOLVERS } from "@hotpath/nbody";
import { unavailable } from "../http/problem.ts";
import { json, route, type Route } from "../http/route.ts";
import { LIMITS } from "../limits.ts";
import type { ApiContext } from "./context.ts";
import { openApi } from "./openapi.ts";

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
      { summary: "Whether the process is alive", responses: { 200: "It is" } },
      () => json(200, { status: "ok" }),
    ),
    route(
      "GET",
      "/readyz",
      { summary: "Whether requests can be served", responses: { 200: "They can", 503: "Not now" } },
      async () => {
        await context.store.ping();
        if (!ready()) throw unavailable("the service is starting or stopping");
        return json(200, { status: "ready" });
      },
    ),
    route(
      "GET",
      "/metrics",
      { summary: "Prometheus metrics", responses: { 200: "Text exposition" } },
      () => ({
        status: 200,
        headers: { "content-type": "text/plain; version=0.0.4; charset=utf-8" },
        body: context.metrics.text(),
      }),
    ),
    route(
      "GET",
      "/api/v1/presets",
      {
        summary: "Ready-made initial conditions with settings that suit them",
        responses: { 200: "Presets" },
      },
      () =>
        json(200, {
          presets: presets.map(bounded),
          integrators: Object.keys(integrators),
          solvers: SOLVERS,
          limits: LIMITS,
        }),
    ),
    route(
      "GET",
      "/openapi.json",
      { summary: "This interface", responses: { 200: "OpenAPI 3.1" } },
      () => json(200, openApi(all())),
    ),
  ];
}

/** A preset as this service offers it: never more particles than it takes. */
function bounded(preset: (typeof presets)[number]): unknown {
  const { particles } = preset;
  if ("fixed" in particles) return preset;
  return { ...preset, particles: { ...particles, max: Math.min(particles.max, LIMITS.particles) } };
}
