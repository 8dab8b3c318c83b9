/**
 * OpenAPI 3.1 from the routes themselves: paths, parameters, bodies and answers by their schemas.
 *
 * A schema becomes JSON Schema through the Standard JSON Schema interface where its library has it (zod
 * does); for others the caller gives a converter.
 */
import type { JsonSchema, StandardSchema } from "../content/schema.ts";
import { parsePattern } from "./path-pattern.ts";
import type { Answer, Route } from "./route.ts";

export interface OpenApiOptions {
  readonly title: string;
  readonly version: string;
  readonly description?: string;
  readonly license?: { readonly name: string; readonly identifier?: string };
  readonly servers?: readonly { readonly url: string; readonly description?: string }[];
  /** undefined: this schema is not described, only that there is one. */
  readonly jsonSchema?: (
    schema: StandardSchema,
    direction: "input" | "output",
  ) => JsonSchema | undefined;
}

export interface OpenApiDocument {
  readonly openapi: "3.1.0";
  readonly info: Readonly<Record<string, unknown>>;
  readonly paths: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly [member: string]: unknown;
}

type Convert = NonNullable<OpenApiOptions["jsonSchema"]>;

const PROBLEM = { $ref: "#/components/responses/Problem" } as const;

export function openApi(routes: readonly Route[], options: OpenApiOptions): OpenApiDocument {
  const {
    title,
    version,
    description,
    license,
    servers,
    jsonSchema = standardJsonSchema,
  } = options;
  const paths: Record<string, Record<string, unknown>> = {};
  for (const route of routes) {
    if (route.info.hidden === true) continue;
    const path = templateOf(route.path);
    (paths[path] ??= {})[route.method.toLowerCase()] = operation(route, jsonSchema);
  }
  return {
    openapi: "3.1.0",
    info: defined({ title, version, description, license }),
    ...defined({ servers }),
    paths,
    components: { responses: { Problem: PROBLEM_RESPONSE } },
  };
}

/** What the schema's own library says of it; undefined when it says nothing. */
export function standardJsonSchema(
  schema: StandardSchema,
  direction: "input" | "output",
): JsonSchema | undefined {
  const described = schema["~standard"].jsonSchema?.[direction]({ target: "draft-2020-12" });
  if (described === undefined) return undefined;
  const { $schema: _dialect, ...rest } = described;
  return rest;
}

function operation(route: Route, convert: Convert): Record<string, unknown> {
  const { summary, description, tags, deprecated, body, answers = {} } = route.info;
  const parameters = [...pathParameters(route, convert), ...queryParameters(route, convert)];
  const responses = Object.entries(answers).map(([status, answer]) => [
    status,
    response(answer, convert),
  ]);
  return defined({
    operationId: route.info.operationId ?? operationId(route),
    summary,
    description,
    tags,
    deprecated,
    parameters: parameters.length === 0 ? undefined : parameters,
    requestBody: body === undefined ? undefined : requestBody(body, convert),
    responses: { ...Object.fromEntries(responses), default: PROBLEM },
  });
}

/** `/a/:id/*rest` is `/a/{id}/{rest}`: OpenAPI has no parameter that spans segments. */
function templateOf(path: string): string {
  const parts = parsePattern(path).map((segment) =>
    segment.kind === "literal" ? segment.text : `{${segment.name}}`,
  );
  return `/${parts.join("/")}`;
}

function operationId({ method, path }: Route): string {
  const words = parsePattern(path).flatMap((segment) => {
    if (segment.kind !== "literal") return [`by-${segment.name}`];
    return segment.text === "" ? [] : [segment.text.replaceAll(/\W+/g, "-")];
  });
  return [method.toLowerCase(), ...words].join("-");
}

function pathParameters(route: Route, convert: Convert): unknown[] {
  const described = propertiesOf(route.info.params, convert);
  return parsePattern(route.path).flatMap((segment) => {
    if (segment.kind === "literal") return [];
    const schema = described.properties[segment.name] ?? { type: "string" };
    return [{ name: segment.name, in: "path", required: true, schema }];
  });
}

function queryParameters(route: Route, convert: Convert): unknown[] {
  const { properties, required } = propertiesOf(route.info.query, convert);
  return Object.entries(properties).map(([name, schema]) => {
    const { description, ...rest } = schema;
    return defined({
      name,
      in: "query",
      required: required.includes(name),
      description,
      schema: rest,
    });
  });
}

function propertiesOf(
  schema: StandardSchema | undefined,
  convert: Convert,
): { readonly properties: Record<string, JsonSchema>; readonly required: readonly string[] } {
  const described = schema === undefined ? undefined : convert(schema, "input");
  return {
    properties: (described?.["properties"] ?? {}) as Record<string, JsonSchema>,
    required: (described?.["required"] ?? []) as readonly string[],
  };
}

function requestBody(schema: StandardSchema, convert: Convert): unknown {
  const content = { "application/json": { schema: convert(schema, "input") ?? {} } };
  return { required: true, content };
}

function response(answer: string | Answer, convert: Convert): unknown {
  if (typeof answer === "string") return { description: answer };
  const { description, schema, contentType = "application/json" } = answer;
  if (schema === undefined) {
    if (answer.contentType === undefined) return { description };
    return { description, content: { [contentType]: {} } };
  }
  const described = convert(schema, "output") ?? {};
  return { description, content: { [contentType]: { schema: described } } };
}

function defined(members: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined));
}

const PROBLEM_RESPONSE = {
  description: "What went wrong, as a problem document (RFC 9457).",
  content: {
    "application/problem+json": {
      schema: {
        type: "object",
        required: ["type", "title", "status", "detail"],
        properties: {
          type: { type: "string", format: "uri-reference" },
          title: { type: "string" },
          status: { type: "integer" },
          detail: { type: "string" },
          instance: { type: "string" },
          errors: {
            type: "array",
            items: {
              type: "object",
              required: ["path", "message"],
              properties: { path: { type: "string" }, message: { type: "string" } },
            },
          },
        },
      },
    },
  },
};
