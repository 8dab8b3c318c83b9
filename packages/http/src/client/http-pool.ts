/**
 * Requests to one origin: each of them an exchange on a connection of the pool, made again when that is
 * safe (`retry.ts` has the rules).
 */
import {
  checkCancelled,
  isCancelled,
  Oneshot,
  TimeoutError,
  wallClock,
  type WaitOptions,
} from "@hotpath/runtime";
import { ClientBody } from "./client-body.ts";
import type { ClientConnection } from "./client-connection.ts";
import { ClientResponse } from "./client-response.ts";
import { ConnectionPool, type PoolStats } from "./connection-pool.ts";
import { codingsOf } from "./decompress.ts";
import { dial } from "./dial.ts";
import { RequestError } from "./errors.ts";
import { Exchange, type Answer, type ExchangeRequest } from "./exchange.ts";
import {
  poolSettings,
  type PoolOptions,
  type PoolSettings,
  type RequestOptions,
} from "./options.ts";
import { parsePlace, type Origin } from "./origin.ts";
import { isReplayable, payloadOf, type Payload } from "./request-body.ts";
import { requestHead } from "./request-head.ts";
import {
  isIdempotent,
  isStale,
  isTransient,
  pauseMs,
  retryAfterMs,
  retryPolicy,
  type FailedAttempt,
  type RetryPolicy,
} from "./retry.ts";
import { TimeBudget, timeoutsMs } from "./timeouts.ts";

export interface PoolRequest extends RequestOptions {
  /** Path and query, percent-encoded. */
  readonly path: string;
}

export interface RequestStats {
  /** Calls. */
  readonly requests: number;
  /** Calls that are not over: their response's head has not come. */
  readonly running: number;
  readonly responses: number;
  readonly failures: number;
  /** Attempts that were made again because a kept connection had been closed. */
  readonly staleRepeats: number;
  /** Attempts that were made again because the caller asked for retries. */
  readonly retries: number;
}

/** A request in the form in which it is sent, as often as needed. */
interface Prepared extends ExchangeRequest {
  readonly head: string;
  readonly payload: Payload;
  readonly retry: RetryPolicy;
  readonly decompress: boolean;
}

export class HttpPool implements AsyncDisposable {
  readonly origin: Origin;
  readonly #base: string;
  readonly #settings: PoolSettings;
  readonly #connections: ConnectionPool;
  #requests = 0;
  #running = 0;
  #responses = 0;
  #failures = 0;
  #staleRepeats = 0;
  #retries = 0;

  /** `origin` is a URL of which only scheme, host and port count. Connections are made when needed. */
  constructor(origin: string | URL, options: PoolOptions = {}) {
    const place = parsePlace(origin, options.unixPath);
    this.origin = place.origin;
    this.#base = place.url.origin;
    const settings = poolSettings(options);
    this.#settings = settings;
    const { connections, queueLimit, pipeline, ageMs, limits, timeouts } = settings;
    const where = {
      ...options,
      origin: place.origin,
      timeoutMs: timeouts.connectMs,
      readAheadBytes: Math.max(64 * 1024, limits.headBytes),
    };
    this.#connections = new ConnectionPool({
      name: place.origin.authority,
      dial: () => dial(where),
      connections,
      queueLimit,
      pipeline,
      ageMs,
      unreadMs: timeouts.bodyMs,
      limits,
    });
  }

  /** Sends a request; resolves with the head of the response. Throws RequestError. */
  async request(request: PoolRequest): Promise<ClientResponse> {
    const prepared = this.#prepare(request);
    checkCancelled();
    const { signal } = prepared.budget;
    if (signal?.aborted === true) {
      throw new Exchange(prepared).errorFrom(signal.reason, "queue");
    }
    this.#requests++;
    this.#running++;
    try {
      const response = await this.#send(prepared);
      this.#responses++;
      return response;
    } catch (error) {
      this.#failures++;
      throw error;
    } finally {
      this.#running--;
    }
  }

  stats(): PoolStats & RequestStats {
    return {
      ...this.#connections.stats,
      requests: this.#requests,
      running: this.#running,
      responses: this.#responses,
      failures: this.#failures,
      staleRepeats: this.#staleRepeats,
      retries: this.#retries,
    };
  }

  /** Nothing runs and nothing waits. */
  get idle(): boolean {
    return this.#running === 0 && this.#connections.idle;
  }

  /** Takes no more requests and waits for those that run; what is left when the time is up is closed. */
  async close(options?: WaitOptions): Promise<void> {
    try {
      await this.#connections.drain(options);
    } finally {
      await this.#connections.destroy();
    }
  }

  /** Closes at once; requests that run fail with CLOSED. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#connections.destroy();
  }

  #prepare(request: PoolRequest): Prepared {
    const settings = this.#settings;
    const { method = "GET", path: target, headers, upgrade } = request;
    const { authority } = this.origin;
    const payload = payloadOf(request.body, request.contentLength);
    const decompress = request.decompress ?? settings.decompress;
    const expectsContinue = request.expectContinue === true && payload.kind !== "none";
    const upgrades = upgrade !== undefined;
    return {
      method,
      target,
      authority,
      budget: new TimeBudget(timeoutsMs(request.timeouts, settings.timeouts), request.signal),
      exclusive: !isIdempotent(method) || payload.kind === "stream" || expectsContinue || upgrades,
      upgrades,
      expectsContinue,
      head: requestHead({
        ...{ method, target, authority, headers, payload },
        ...{ decompress, expectsContinue, upgrade },
      }),
      payload,
      retry: request.retry === undefined ? settings.retry : retryPolicy(request.retry),
      decompress,
    };
  }

  async #send(prepared: Prepared): Promise<ClientResponse> {
    let retried = 0;
    let doubtful = false;
    for (;;) {
      const exchange = new Exchange(prepared);
      try {
        const response = await this.#attempt(prepared, exchange);
        const waitMs = this.#repeatsAfterMs(prepared, response, retried);
        if (waitMs === undefined) return response;
        doubtful = true;
        response.close();
        await this.#pause(exchange, waitMs);
        retried++;
      } catch (error) {
        if (!(error instanceof RequestError)) throw error;
        const seen: RequestError = doubtful ? error.afterDelivery() : error;
        const { method, reused } = exchange;
        const attempt = { error, method, reused, replayable: isReplayable(prepared.payload) };
        if (isStale(attempt)) this.#staleRepeats++;
        else if (!(await this.#pausesBeforeRetry(prepared, exchange, attempt, retried++)))
          throw seen;
        doubtful = seen.delivery === "unknown";
      }
    }
  }

  /** Waits before the next attempt; false when there is none. */
  async #pausesBeforeRetry(
    { retry, budget }: Prepared,
    exchange: Exchange,
    attempt: FailedAttempt,
    retried: number,
  ): Promise<boolean> {
    if (retried >= retry.limit || !isTransient(attempt)) return false;
    const waitMs = pauseMs(retry, retried, this.#connections.random());
    // A pause that outlasts the whole is of no use: the error is better now.
    if (budget.leftMs(Infinity) <= waitMs) return false;
    await this.#pause(exchange, waitMs);
    return true;
  }

  /** How long to wait before a response is asked for once more; undefined: it is the answer. */
  #repeatsAfterMs(
    prepared: Prepared,
    response: ClientResponse,
    retried: number,
  ): number | undefined {
    const { retry, budget, method, payload } = prepared;
    if (retried >= retry.limit || !retry.statuses.has(response.status)) return undefined;
    if (!isIdempotent(method) || !isReplayable(payload)) return undefined;
    const asked = retryAfterMs(response.headers.get("retry-after"), wallClock());
    if (asked !== undefined && asked > retry.mostMs) return undefined;
    const waitMs = asked ?? pauseMs(retry, retried, this.#connections.random());
    return budget.leftMs(Infinity) > waitMs ? waitMs : undefined;
  }

  async #pause(exchange: Exchange, waitMs: number): Promise<void> {
    this.#retries++;
    const { signal } = exchange.budget;
    try {
      const options = { timeout: waitMs, ...(signal === undefined ? {} : { signal }) };
      await new Oneshot<never>({ name: "the pause before a retry" }).receive(options);
    } catch (error) {
      if (!(error instanceof TimeoutError)) throw exchange.errorFrom(error, "queue");
    }
  }

  async #attempt(prepared: Prepared, exchange: Exchange): Promise<ClientResponse> {
    const { exclusive } = exchange;
    const connection =
      this.#connections.tryClaim(exclusive) ?? (await this.#claim(prepared, exchange));
    this.#connections.redeem(connection, true);
    connection.begin(exchange, prepared.head, prepared.payload);
    try {
      const answer = await exchange.received();
      return this.#response(prepared, exchange, connection, answer);
    } catch (error) {
      connection.abandon(exchange);
      throw error;
    }
  }

  async #claim({ budget }: Prepared, exchange: Exchange): Promise<ClientConnection> {
    const wait = budget.wait(budget.limits.queueMs);
    let connection: ClientConnection;
    try {
      connection = await this.#connections.claim(exchange.exclusive, wait);
    } catch (error) {
      throw exchange.errorFrom(error, "queue");
    }
    // It was given before the cancellation came: nothing has been sent, and nothing will be.
    if (isCancelled()) this.#connections.redeem(connection, false);
    checkCancelled();
    return connection;
  }

  #response(
    prepared: Prepared,
    exchange: Exchange,
    connection: ClientConnection,
    answer: Answer,
  ): ClientResponse {
    const codings = prepared.decompress ? codingsOf(answer.headers.get("content-encoding")) : [];
    const { bodyLimitBytes: limitBytes, decompressedLimitBytes } = this.#settings;
    const body = new ClientBody({
      content: answer.body,
      exchange,
      codings: codings ?? [],
      limitBytes,
      decompressedLimitBytes,
      abandon: () => connection.abandon(exchange),
    });
    return new ClientResponse(answer, body, this.#base + prepared.target);
  }
}
