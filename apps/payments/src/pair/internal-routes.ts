/** What the sibling asks of this instance, over a Unix socket of their own: its ledger alone, never both. */
import { json, malformed, Problem, route, text, type Route } from "@hotpath/http";
import type { HealthReport } from "../dispatch/health-poller.ts";
import { PaymentsError } from "../ledger/errors.ts";
import { isPaymentId } from "../payment/payment.ts";
import type { Instance } from "./instance.ts";

export function internalRoutes(
  local: Instance,
  toldHealth: (report: HealthReport) => void,
): readonly Route[] {
  return [
    route("POST", "/accept/:id/:amountMinor", async ({ params }) => {
      const amountMinor = Number(params.amountMinor);
      if (!isPaymentId(params.id) || !(amountMinor > 0)) throw malformed("not a payment");
      return text(200, await local.accept(params.id, amountMinor));
    }),
    route("GET", "/payments/:id", async ({ params }) => {
      const payment = await local.find(params.id);
      return payment === undefined ? { status: 404 } : json(200, payment);
    }),
    route("GET", "/summary/:fromMs/:toMs", async ({ params }) => {
      const { counts, amountsMinor } = await local.summary(
        Number(params.fromMs),
        Number(params.toMs),
      );
      return json(200, [...counts, ...amountsMinor]);
    }),
    route("POST", "/health/:processor/:state/:minResponseMs", ({ params }) => {
      toldHealth({
        processor: params.processor === "0" ? 0 : 1,
        failing: params.state === "failing",
        minResponseMs: Number(params.minResponseMs),
      });
      return { status: 204 };
    }),
    route("POST", "/purge", async () => {
      await local.purge();
      return { status: 204 };
    }),
  ];
}

/** The error's code travels with it, so that the sibling can throw the same. */
export function explainToSibling(error: unknown): Problem | undefined {
  if (!(error instanceof PaymentsError)) return undefined;
  const { code, message } = error;
  const status = code === "CONFLICT" ? 409 : 503;
  return new Problem({ status, title: "Payments error", detail: message, extensions: { code } });
}
