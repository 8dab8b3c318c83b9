/**
 * A processor over HTTP: what each of its answers, and each way of getting none, says of a payment.
 *
 * | answer                                   | what is known               |
 * |------------------------------------------|-----------------------------|
 * | 2xx                                      | recorded                    |
 * | 422                                      | its id is recorded, or it is refused: look it up |
 * | 429; 500 without content                 | surely not recorded         |
 * | no connection, no place in the queue     | surely not recorded         |
 * | other 4xx                                | refused, for what it is     |
 * | other 5xx, a break or silence after it was sent | nothing              |
 */
import { HttpPool, RequestError, type ClientResponse } from "@hotpath/http";
import { parseAmount, formatAmount } from "../payment/amount.ts";
import { parseMicros } from "../payment/instant.ts";
import { parseJsonWithAmount } from "../payment/json-amount.ts";
import { isPaymentId, type PaymentId } from "../payment/payment.ts";
import type {
  HealthAnswer,
  LookupAnswer,
  Order,
  PayAnswer,
  ProcessorLink,
} from "./processor-link.ts";

export interface HttpLinkOptions {
  /** Requests at once. Default: 400. */
  readonly connections?: number;
  /** How long an answer may take: longer than the processor's longest delay. Default: 15 s. */
  readonly answerMs?: number;
  /** How long a health answer may take; the processors let callers hang. Default: 2 s. */
  readonly healthMs?: number;
}

const ANSWER_LIMIT_BYTES = 64 * 1024;
const JSON_TYPE = { "content-type": "application/json" } as const;

export class HttpLink implements ProcessorLink, AsyncDisposable {
  readonly #pool: HttpPool;
  readonly #healthMs: number;

  /** `origin`: "http://payment-processor-default:8080". */
  constructor(origin: string, options: HttpLinkOptions = {}) {
    const { connections = 400, answerMs = 15_000, healthMs = 2000 } = options;
    this.#healthMs = healthMs;
    this.#pool = new HttpPool(origin, {
      connections,
      timeouts: { queue: 1000, connect: 2000, send: answerMs, head: answerMs, body: answerMs },
      bodyLimitBytes: ANSWER_LIMIT_BYTES,
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#pool[Symbol.asyncDispose]();
  }

  async pay({ id, amountMinor, requestedAtMs }: Order): Promise<PayAnswer> {
    const amount = formatAmount(amountMinor);
    const requestedAt = new Date(requestedAtMs).toISOString();
    const body = `{"correlationId":"${id}","amount":${amount},"requestedAt":"${requestedAt}"}`;
    try {
      using response = await this.#pool.request({
        method: "POST",
        path: "/payments",
        headers: JSON_TYPE,
        body,
      });
      return await meaningOf(response);
    } catch (error) {
      if (!(error instanceof RequestError)) throw error;
      if (error.delivery === "unknown") return { kind: "unknown" };
      return { kind: "failed", full: error.code === "BUSY" || error.phase === "queue" };
    }
  }

  async lookUp(id: PaymentId): Promise<LookupAnswer> {
    const unknown: LookupAnswer = { kind: "unknown" };
    try {
      using response = await this.#pool.request({ path: `/payments/${id}` });
      if (response.status === 404) return { kind: "absent" };
      if (response.status !== 200) return unknown;
      const found = parseRecorded(await response.body.text());
      return found === undefined ? unknown : { kind: "found", ...found };
    } catch (error) {
      if (error instanceof RequestError || error instanceof SyntaxError) return unknown;
      throw error;
    }
  }

  async health(): Promise<HealthAnswer> {
    const unknown: HealthAnswer = { kind: "unknown" };
    try {
      using response = await this.#pool.request({
        path: "/payments/service-health",
        timeouts: { total: this.#healthMs },
      });
      if (response.status !== 200) return unknown;
      const answer = (await response.json()) as Record<string, unknown> | null;
      const { failing, minResponseTime } = answer ?? {};
      if (typeof failing !== "boolean" || typeof minResponseTime !== "number") return unknown;
      return { kind: "health", failing, minResponseMs: minResponseTime };
    } catch (error) {
      if (error instanceof RequestError || error instanceof SyntaxError) return unknown;
      throw error;
    }
  }
}

async function meaningOf(response: ClientResponse): Promise<PayAnswer> {
  const { status } = response;
  if (status >= 200 && status < 300) {
    // Its content says nothing more; read so that the connection can be used again.
    await response.body.bytes().catch(ignoreRequestError);
    return { kind: "recorded" };
  }
  if (status === 429) return { kind: "failed", full: true };
  if (status === 422) {
    await response.body.bytes().catch(ignoreRequestError);
    return { kind: "duplicate" };
  }
  if (status === 500) {
    const content = await response.body.bytes().catch(ignoreRequestError);
    return content?.length === 0 ? { kind: "failed", full: false } : { kind: "unknown" };
  }
  if (status >= 400 && status < 500) return { kind: "rejected", reason: `HTTP ${status}` };
  return { kind: "unknown" };
}

function ignoreRequestError(error: unknown): undefined {
  if (!(error instanceof RequestError)) throw error;
}

function parseRecorded(text: string): { amountMinor: number; requestedAtMs: number } | undefined {
  const { value, amountText = "" } = parseJsonWithAmount(text);
  const { correlationId, requestedAt } = (value ?? {}) as Record<string, unknown>;
  const amountMinor = parseAmount(amountText);
  // Without a zone, as the contest's processors write it, it is UTC.
  const micros = typeof requestedAt === "string" ? parseMicros(requestedAt) : undefined;
  if (typeof amountMinor === "string" || micros === undefined) return undefined;
  if (typeof correlationId !== "string" || !isPaymentId(correlationId.toLowerCase())) {
    return undefined;
  }
  return { amountMinor, requestedAtMs: Math.floor(micros / 1000) };
}
