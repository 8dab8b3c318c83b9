/** The emulated processor's HTTP interface: the contest's paths, statuses and bodies. */
import { json, Problem, route, type Request, type Response, type Route } from "@hotpath/http";
import { formatAmount, roundAmount } from "../payment/amount.ts";
import { formatMicros, parseMicros } from "../payment/instant.ts";
import { parseJsonWithAmount } from "../payment/json-amount.ts";
import { isPaymentId } from "../payment/payment.ts";
import type { Emulator, Recorded } from "./emulator.ts";

const BUSY: Response = { status: 429, headers: { "retry-after": "5" } };

/** `token`: what X-Rinha-Token must be for the administration. */
export function emulatorRoutes(emulator: Emulator, token: string = "123"): readonly Route[] {
  const authorise = (request: Request): void => {
    if (request.headers.get("x-rinha-token") === token) return;
    const detail = "X-Rinha-Token is missing or wrong";
    throw new Problem({ status: 401, title: "Unauthorized", detail });
  };
  const admin = async (request: Request): Promise<Record<string, unknown>> => {
    authorise(request);
    return JSON.parse(await request.body.text()) as Record<string, unknown>;
  };
  return [
    route("POST", "/payments", (request) => pay(emulator, request)),
    route("GET", "/payments/service-health", async () => {
      const health = await emulator.health();
      if (health === "busy") return BUSY;
      return json(200, { failing: health.failing, minResponseTime: health.minResponseMs });
    }),
    route("GET", "/payments/:id", ({ params }) => lookUp(emulator, params.id)),
    route("GET", "/admin/payments-summary", (request) => {
      authorise(request);
      return adminSummary(emulator, request.query);
    }),
    route("PUT", "/admin/configurations/token", async (request) => {
      token = String((await admin(request))["token"]);
      return { status: 204 };
    }),
    route("PUT", "/admin/configurations/delay", async (request) => {
      const was = emulator.delayMs;
      emulator.delayMs = Number((await admin(request))["delay"]);
      return json(200, { config: "delay", was, is: emulator.delayMs });
    }),
    route("PUT", "/admin/configurations/failure", async (request) => {
      const was = emulator.failing;
      emulator.failing = Boolean((await admin(request))["failure"]);
      return json(200, { config: "failure", was, is: emulator.failing });
    }),
    route("POST", "/admin/purge-payments", (request) => {
      authorise(request);
      emulator.purge();
      return json(200, { message: "All payments purged." });
    }),
  ];
}

async function pay(emulator: Emulator, request: Request): Promise<Response> {
  const { id, payment } = parsePayment(await request.body.text());
  switch (await emulator.pay(id, payment)) {
    case "recorded":
      return json(200, { message: "payment processed successfully" });
    case "duplicate": {
      const message = `Payment could not be processed. CorrelationId already exists: ${id}`;
      return json(422, { message });
    }
    case "failure":
      return { status: 500 };
    case "busy":
      return BUSY;
  }
}

async function lookUp(emulator: Emulator, id: string): Promise<Response> {
  const found = await emulator.lookUp(id.toLowerCase());
  if (found === "busy") return BUSY;
  if (found === undefined) return { status: 404 };
  const amount = formatAmount(found.amountMinor);
  // The processor's column has no time zone, so neither has its answer.
  const requestedAt = formatMicros(found.requestedAtMicros).replace("Z", "");
  return jsonText(`{"correlationId":"${id}","amount":${amount},"requestedAt":"${requestedAt}"}`);
}

function adminSummary(emulator: Emulator, query: URLSearchParams): Response {
  const from = query.get("from");
  const to = query.get("to");
  const [fromMicros, toMicros] = [from, to].map((text) =>
    text === null ? undefined : instant(text),
  );
  const { count, amountMinor } = emulator.totals(fromMicros, toMicros);
  const totalFee = (amountMinor * emulator.feeRate) / 100;
  return jsonText(
    `{"totalRequests":${count},"totalAmount":${formatAmount(amountMinor)},"totalFee":${totalFee},"feePerTransaction":${emulator.feeRate}}`,
  );
}

function jsonText(body: string): Response {
  return { status: 200, headers: { "content-type": "application/json" }, body };
}

function parsePayment(text: string): { readonly id: string; readonly payment: Recorded } {
  const { value, amountText = "" } = parseJsonWithAmount(text);
  const body = value as Record<string, unknown>;
  const { correlationId, requestedAt } = body;
  const amountMinor = roundAmount(amountText);
  if (typeof correlationId !== "string" || !isPaymentId(correlationId.toLowerCase())) {
    throw badRequest("correlationId");
  }
  if (amountMinor === undefined) throw badRequest("amount");
  if (typeof requestedAt !== "string") throw badRequest("requestedAt");
  return {
    id: correlationId.toLowerCase(),
    payment: { amountMinor, requestedAtMicros: instant(requestedAt) },
  };
}

function instant(text: string): number {
  const micros = parseMicros(text);
  if (micros === undefined) throw badRequest("a time");
  return micros;
}

function badRequest(what: string): Problem {
  const detail = `${what} is missing or malformed`;
  return new Problem({ status: 400, title: "Bad request", detail });
}
