/** What the document says is what the routes do. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { z } from "zod";
import { group, json, openApi, route, type StandardSchema } from "../../src/index.ts";

const routes = [
  route("GET", "/", () => json(200, {})),
  ...group("/api/:tenant", [
    route(
      "POST",
      "/orders/:id",
      {
        summary: "Make an order",
        tags: ["orders"],
        params: z.object({ id: z.uuid() }),
        query: z.object({
          dry: z.stringbool().default(false).describe("only check"),
          tag: z.string(),
        }),
        body: z.strictObject({ amount: z.int().min(1) }),
        answers: {
          201: { description: "Made", schema: z.object({ id: z.string() }) },
          204: "Nothing to do",
          200: { description: "A file", contentType: "text/csv" },
        },
      },
      () => json(200, {}),
    ),
  ]),
  route("GET", "/files/*path", { hidden: true }, () => json(200, {})),
];

describe("openApi", () => {
  const document = openApi(routes, { title: "Shop", version: "1.2.3" });
  const post = document.paths["/api/{tenant}/orders/{id}"]?.["post"] as Record<string, unknown>;

  test("has every route that is not hidden, each with its own id", () => {
    assert.equal(document.openapi, "3.1.0");
    assert.deepEqual(document.info, { title: "Shop", version: "1.2.3" });
    assert.deepEqual(Object.keys(document.paths), ["/", "/api/{tenant}/orders/{id}"]);
    assert.equal(post["operationId"], "post-api-by-tenant-orders-by-id");
  });

  test("has parameters of path and query by their schemas", () => {
    const parameters = post["parameters"] as {
      name: string;
      in: string;
      required: boolean;
      description?: string;
      schema: Record<string, unknown>;
    }[];
    assert.deepEqual(
      parameters.map(({ name, in: where, required }) => [name, where, required]),
      [
        ["tenant", "path", true],
        ["id", "path", true],
        ["dry", "query", false],
        ["tag", "query", true],
      ],
    );
    assert.equal(parameters[1]!.schema["format"], "uuid");
    assert.equal(parameters[2]!.description, "only check");
  });

  test("has bodies and answers as JSON Schema, and problems for the rest", () => {
    assert.deepEqual(post["requestBody"], {
      required: true,
      content: {
        "application/json": {
          schema: {
            type: "object",
            properties: {
              amount: { type: "integer", minimum: 1, maximum: Number.MAX_SAFE_INTEGER },
            },
            required: ["amount"],
            additionalProperties: false,
          },
        },
      },
    });
    const responses = post["responses"] as Record<string, Record<string, unknown>>;
    assert.deepEqual(Object.keys(responses), ["200", "201", "204", "default"]);
    assert.deepEqual(responses["204"], { description: "Nothing to do" });
    assert.deepEqual(responses["200"], { description: "A file", content: { "text/csv": {} } });
    assert.match(JSON.stringify(responses["201"]), /"id":\{"type":"string"\}/);
    assert.match(JSON.stringify(responses["default"]), /components\/responses\/Problem/);
  });

  test("a converter describes schemas of libraries that cannot", () => {
    const plain: StandardSchema = {
      "~standard": { version: 1, vendor: "v", validate: (value) => ({ value }) },
    };
    const one = [route("PUT", "/a", { body: plain }, () => json(200, {}))];
    const body = (document: ReturnType<typeof openApi>): string =>
      JSON.stringify((document.paths["/a"]!["put"] as Record<string, unknown>)["requestBody"]);
    assert.match(body(openApi(one, { title: "", version: "" })), /"schema":\{\}/);
    const jsonSchema = (): Record<string, unknown> => ({ type: "integer" });
    assert.match(body(openApi(one, { title: "", version: "", jsonSchema })), /"integer"/);
  });
});
