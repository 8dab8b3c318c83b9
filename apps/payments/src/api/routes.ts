/** The service's HTTP interface: the contest's three paths, a payment by its id, and the operator's. */
import {
  forbidden,
  invalid,
  json,
  notFound,
  route,
  unauthorized,
  type Request,
  type Response,
  type Route,
} from "@hotpath/http";
import type { Ledger } from "../ledger/ledger.ts";
import type { Instance } from "../pair/instance.ts";
import { formatAmount } from "../payment/amount.ts";
import { formatMicros, parseMicros } from "../payment/instant.ts";
import { isPaymentId, type Payment } from "../payment/payment.ts";
import type { Totals } from "../summary/leaf.ts";
import { parseOrder } from "./order-text.ts";

export interface RoutesOptions {
  /** Every instance as one. */
  readonly all: Instance;
  readonly ledger: Ledger;
  /** What the operator's routes want as `Authorization: Bearer`; undefined: they are refused. */
  readonly token: string | undefined;
  /** The contest's rules: purging needs no token. */
  readonly contest: boolean;
}

const PROCESSORS = ["default", "fallback"] as const;
const ACCEPTED: Response = Object.freeze({ status: 202 });
const BODY_LIMIT_BYTES = 4096;

export function paymentRoutes({ all, ledger, token, contest }: RoutesOptions): readonly Route[] {
  const authorise = (request: Request): void => {
    if (token === undefined) throw forbidden("no token is configured for the operator's routes");
    const given = request.headers.get("authorization");
    if (given === undefined) throw unauthorized("an operator's token is needed", "Bearer");
    if (given !== `Bearer ${token}`) throw forbidden("the token is wrong");
  };
  return [
    route("POST", "/payments", async (request) => {
      const text = await request.body.text({ limitBytes: BODY_LIMIT_BYTES });
      const { id, amountMinor } = parseOrder(text);
      await all.accept(id, amountMinor);
      return ACCEPTED;
    }),
    route("GET", "/payments-summary", async ({ query }) => {
      const [fromMs, toMs] = window(query);
      return summaryOf(await all.summary(fromMs, toMs));
    }),
    route("POST", "/purge-payments", async (request) => {
      if (!contest) authorise(request);
      await all.purge();
      return json(200, { message: "All payments purged." });
    }),
    route("GET", "/payments/:id", async ({ params }) => {
      const id = params.id.toLowerCase();
      const payment = isPaymentId(id) ? await all.find(id) : undefined;
      if (payment === undefined) throw notFound(`there is no payment ${id}`);
      return paymentOf(payment);
    }),
    route("GET", "/dead-letters", async (request) => {
      authorise(request);
      const found: string[] = [];
      for await (const payment of ledger.dead()) found.push(textOf(payment));
      return jsonText(`[${found.join(",")}]`);
    }),
    route("POST", "/dead-letters/:id/replay", async (request) => {
      authorise(request);
      await ledger.replay(request.params.id.toLowerCase());
      return ACCEPTED;
    }),
  ];
}

/** Both bounds are inclusive and optional; a payment's time is a whole millisecond. */
function window(query: URLSearchParams): [fromMs: number, toMs: number] {
  const [from, to] = (["from", "to"] as const).map((name) => {
    const text = query.get(name);
    if (text === null || text === "") return undefined;
    const micros = parseMicros(text);
    if (micros !== undefined) return micros;
    throw invalid([{ path: name, message: "must be an ISO 8601 instant" }]);
  });
  return [
    from === undefined ? -Infinity : Math.ceil(from / 1000),
    to === undefined ? Infinity : Math.floor(to / 1000),
  ];
}

function summaryOf({ counts, amountsMinor }: Totals): Response {
  const halves = PROCESSORS.map(
    (name, at) =>
      `"${name}":{"totalRequests":${counts[at]},"totalAmount":${formatAmount(amountsMinor[at]!)}}`,
  );
  return jsonText(`{${halves.join(",")}}`);
}

function paymentOf(payment: Payment): Response {
  return jsonText(textOf(payment));
}

function textOf({ id, amountMinor, acceptedAtMs, state, attempts }: Payment): string {
  const details = {
    state: state.kind,
    attempts,
    acceptedAt: isoOf(acceptedAtMs),
    ...("processor" in state ? { processor: PROCESSORS[state.processor] } : {}),
    ...("requestedAtMs" in state ? { requestedAt: isoOf(state.requestedAtMs) } : {}),
    ...("reason" in state ? { reason: state.reason } : {}),
  };
  const rest = JSON.stringify(details).slice(1);
  return `{"correlationId":"${id}","amount":${formatAmount(amountMinor)},${rest}`;
}

function isoOf(ms: number): string {
  return formatMicros(ms * 1000);
}

function jsonText(body: string): Response {
  return { status: 200, headers: JSON_TYPE, body };
}

const JSON_TYPE = Object.freeze({ "content-type": "application/json; charset=utf-8" });
