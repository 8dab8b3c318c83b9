/**
 * The order endpoint of packages/http/bench on Fastify, as its documents say it is fastest: JSON schemas
 * for body and response (compiled by Ajv and fast-json-stringify), no logger, no coercion.
 */
import { fastify } from "fastify";
import { receiptOf, type Order } from "../../../packages/http/bench/order.ts";
import { untilInputEnds } from "../../../packages/http/bench/until-input-ends.ts";

const line = {
  type: "object",
  required: ["sku", "quantity", "priceMinor"],
  additionalProperties: false,
  properties: {
    sku: { type: "string", minLength: 1, maxLength: 32 },
    quantity: { type: "integer", minimum: 1, maximum: 1000 },
    priceMinor: { type: "integer", minimum: 0 },
  },
} as const;

const body = {
  type: "object",
  required: ["id", "customer", "currency", "lines", "note"],
  additionalProperties: false,
  properties: {
    id: { type: "string", minLength: 1, maxLength: 64 },
    customer: { type: "string", minLength: 3, maxLength: 254 },
    currency: { type: "string", minLength: 3, maxLength: 3 },
    lines: { type: "array", minItems: 1, maxItems: 100, items: line },
    note: { type: "string", maxLength: 500 },
  },
} as const;

const response = {
  200: {
    type: "object",
    required: ["id", "totalMinor", "currency", "lines"],
    properties: {
      id: { type: "string" },
      totalMinor: { type: "integer" },
      currency: { type: "string" },
      lines: { type: "integer" },
    },
  },
} as const;

const app = fastify({
  logger: false,
  ajv: { customOptions: { coerceTypes: false, removeAdditional: false } },
});
app.post<{ Body: Order }>("/orders", { schema: { body, response } }, async (request) =>
  receiptOf(request.body),
);
const address = await app.listen({ port: 0, host: "127.0.0.1", backlog: 4096 });
console.log(new URL(address).port);
await untilInputEnds();
process.exit();
