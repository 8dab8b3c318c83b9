/** The other instance, over its Unix socket (`internal-routes.ts` is its other end). */
import { HttpPool, RequestError, type ClientResponse } from "@hotpath/http";
import type { HealthReport } from "../dispatch/health-poller.ts";
import { PaymentsError, type PaymentsErrorCode } from "../ledger/errors.ts";
import type { Receipt } from "../ledger/ledger.ts";
import type { Payment, PaymentId } from "../payment/payment.ts";
import { Totals } from "../summary/leaf.ts";
import type { Instance } from "./instance.ts";

/** Longer than the summary's own wait for payments on their way. */
const ANSWER_MS = 1300;

export class Sibling implements Instance, AsyncDisposable {
  readonly #pool: HttpPool;

  constructor(socketPath: string) {
    const timeouts = { total: ANSWER_MS };
    this.#pool = new HttpPool("http://sibling", {
      unixPath: socketPath,
      connections: 64,
      timeouts,
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#pool[Symbol.asyncDispose]();
  }

  async accept(id: PaymentId, amountMinor: number): Promise<Receipt> {
    return await this.#ask("POST", `/accept/${id}/${amountMinor}`, async (response) => {
      return (await response.body.text()) as Receipt;
    });
  }

  async find(id: PaymentId): Promise<Payment | undefined> {
    return await this.#ask("GET", `/payments/${id}`, async (response) => {
      return response.status === 404 ? undefined : ((await response.json()) as Payment);
    });
  }

  async summary(fromMs: number, toMs: number): Promise<Totals> {
    return await this.#ask("GET", `/summary/${fromMs}/${toMs}`, async (response) => {
      const [count0, count1, amount0, amount1] = (await response.json()) as number[];
      const totals = new Totals();
      totals.counts.splice(0, 2, count0!, count1!);
      totals.amountsMinor.splice(0, 2, amount0!, amount1!);
      return totals;
    });
  }

  async purge(): Promise<void> {
    await this.#ask("POST", "/purge", discard);
  }

  /** A sibling that cannot be told asks for itself. */
  async tellHealth({ processor, failing, minResponseMs }: HealthReport): Promise<void> {
    const state = failing ? "failing" : "working";
    try {
      await this.#ask("POST", `/health/${processor}/${state}/${minResponseMs}`, discard);
    } catch (error) {
      if (!(error instanceof PaymentsError)) throw error;
    }
  }

  async #ask<T>(
    method: string,
    path: string,
    read: (response: ClientResponse) => Promise<T>,
  ): Promise<T> {
    try {
      using response = await this.#pool.request({ method, path });
      if (!response.ok && response.status !== 404) throw await errorOf(response);
      return await read(response);
    } catch (cause) {
      if (!(cause instanceof RequestError)) throw cause;
      throw new PaymentsError("SIBLING", "The sibling does not answer", { cause });
    }
  }
}

async function discard(response: ClientResponse): Promise<void> {
  await response.body.bytes();
}

async function errorOf(response: ClientResponse): Promise<PaymentsError> {
  const problem = (await response.json()) as { code?: PaymentsErrorCode; detail?: string };
  const { code = "SIBLING", detail = `The sibling answered ${response.status}` } = problem;
  return new PaymentsError(code, detail);
}
