/** The body of POST /payments: `{"correlationId": uuid, "amount": 19.90}`, and nothing of it but these two. */
import { invalid, malformed, type Violation } from "@hotpath/http";
import { parseAmount } from "../payment/amount.ts";
import { parseJsonWithAmount, type JsonWithAmount } from "../payment/json-amount.ts";
import { isPaymentId, type PaymentId } from "../payment/payment.ts";

/** How every client writes it; the amount's digits are taken from the text, never from a binary fraction. */
const USUAL =
  /^\s*\{\s*"correlationId"\s*:\s*"([0-9A-Fa-f-]{36})"\s*,\s*"amount"\s*:\s*(-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?)\s*\}\s*$/;

export interface OrderText {
  readonly id: PaymentId;
  readonly amountMinor: number;
}

/** A problem 400 when it is no JSON object, 422 with every fault when it is not a payment. */
export function parseOrder(text: string): OrderText {
  const usual = USUAL.exec(text);
  const [, idText, amountText] = usual ?? [undefined, ...fields(text)];
  const id = typeof idText === "string" ? idText.toLowerCase() : "";
  const amount = amountText === undefined ? "not a number" : parseAmount(amountText);
  const errors: Violation[] = [];
  if (!isPaymentId(id)) errors.push({ path: "correlationId", message: "must be a UUID" });
  if (typeof amount === "string") errors.push({ path: "amount", message: `is ${amount}` });
  if (typeof amount === "string" || errors.length > 0) throw invalid(errors);
  return { id, amountMinor: amount };
}

/** Any other order, spacing or further members: through the JSON parser. */
function fields(text: string): [id: unknown, amountText: string | undefined] {
  let parsed: JsonWithAmount;
  try {
    parsed = parseJsonWithAmount(text);
  } catch (cause) {
    throw malformed("the body is not JSON", cause);
  }
  const { value, amountText } = parsed;
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw malformed("the body is not a JSON object");
  }
  const { correlationId, amount } = value as Record<string, unknown>;
  return [correlationId, typeof amount === "number" ? amountText : undefined];
}
