/** OpenAPI 3.1 from the routes themselves: paths, parameters, bodies by their zod schemas. */
import { z } from "zod";
import type { Route } from "../http/route.ts";

const PROBLEM = { $ref: "#/components/responses/Problem" } as const;

export function openApi(routes: readonly Route[]): unknown {
  const paths: Record<string, Record<string, unknown>> = {};
  for (const route of routes) {
    const path = route.path.replaceAll(/:(\w+)/g, "{$1}");
    paths[path] = { ...paths[path], [route.method.toLowerCase()]: operation(route) };
  }
  return {
    openapi: "3.1.0",
    info: {
      title: "Hotpath gravity",
      version: "0.1.0",
      description:
        "N-body simulations: create one, watch it run, read its state, frames and analysis.",
      license: { name: "MIT", identifier: "MIT" },
    },
    paths,
    components: { responses: { Problem: problemResponse() } },
  };
}

function operation(route: Route): unknown {
  const parameters = [...route.path.matchAll(/:(\w+)/g)].map(([, name]) => ({
    name,
    in: "path",
    required: true,
    schema: { type: "string", format: "uuid" },
  }));
  const query = Object.entries(route.query ?? {}).map(([name, description]) => ({
    name,
    in: "query",
    required: false,
    description,
    schema: { type: "string" },
  }));
  const responses = Object.entries(route.responses).map(([status, description]) => [
    status,
    { description },
  ]);
  return {
    summary: route.summary,
    operationId: operationId(route),
    ...(parameters.length + query.length === 0 ? {} : { parameters: [...parameters, ...query] }),
    ...(route.body === undefined ? {} : { requestBody: requestBody(route.body) }),
    responses: { ...Object.fromEntries(responses), default: PROBLEM },
  };
}

function operationId(route: Route): string {
  const words = route.path
    .split("/")
    .filter((part) => part !== "" && part !== "api" && part !== "v1");
  const name = words.map((word) => word.replace(/^:/, "by-").replace(/\W/g, "-")).join("-");
  return `${route.method.toLowerCase()}-${name}`;
}

function requestBody(schema: z.ZodType): unknown {
  const { $schema: _dialect, ...body } = z.toJSONSchema(schema) as Record<string, unknown>;
  return { required: true, content: { "application/json": { schema: body } } };
}

function problemResponse(): unknown {
  const violation = {
    type: "object",
    properties: { path: { type: "string" }, message: { type: "string" } },
  };
  return {
    description: "What went wrong, as a problem document (RFC 9457).",
    content: {
      "application/problem+json": {
        schema: {
          type: "object",
          required: ["type", "title", "status", "detail"],
          properties: {
            type: { type: "string" },
            title: { type: "string" },
            status: { type: "integer" },
            detail: { type: "string" },
            instance: { type: "string" },
            errors: { type: "array", items: violation },
          },
        },
      },
    },
  };
}
