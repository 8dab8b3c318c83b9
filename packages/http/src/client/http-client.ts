/**
 * Requests to anywhere: a pool for each origin, and redirects followed from one to the next.
 */
import { AsyncLocalStorage } from "node:async_hooks";
import { monotonic, type WaitOptions } from "@hotpath/runtime";
import type { ClientResponse } from "./client-response.ts";
import { RequestError } from "./errors.ts";
import { fetchBy } from "./fetch.ts";
import { HttpPool, type PoolRequest, type RequestStats } from "./http-pool.ts";
import type { PoolStats } from "./connection-pool.ts";
import type { PoolOptions, RequestOptions } from "./options.ts";
import { parsePlace, type Place } from "./origin.ts";
import { isReplayable, payloadOf } from "./request-body.ts";
import { isRedirect, redirectStep, type RedirectMode, type RedirectStep } from "./redirect.ts";
import { timeoutsMs, type TimeoutsMs } from "./timeouts.ts";

export interface ClientOptions extends Omit<PoolOptions, "unixPath"> {
  /** Origins that have a pool at once; the one that was used longest ago gives way. Default: 256. */
  readonly origins?: number;
  /** Default: "manual", which returns a redirect as it is. */
  readonly redirect?: RedirectMode;
  /** Redirects that are followed, one after the other. Default: 10. */
  readonly redirectLimit?: number;
  /** Fields that stay with the origin for which they were given, besides the usual credentials. */
  readonly privateHeaders?: readonly string[];
}

export interface ClientRequest extends RequestOptions {
  /** An absolute http or https URL. */
  readonly url: string | URL;
  /** Connect to this Unix socket; the URL then says only what is asked for. */
  readonly unixPath?: string;
  readonly redirect?: RedirectMode;
}

export class HttpClient implements AsyncDisposable {
  readonly #options: ClientOptions;
  readonly #origins: number;
  readonly #redirectLimit: number;
  readonly #privateHeaders: ReadonlySet<string>;
  readonly #timeouts: TimeoutsMs;
  /** The one that was used last comes last. */
  readonly #pools = new Map<string, HttpPool>();
  /** Pools belong to the scope of the client, not to that of the request that was the first. */
  readonly #inScope = AsyncLocalStorage.snapshot();
  #closed = false;
  /** The web's `fetch` on this client; follows redirects, decompresses. It needs no `this`. */
  readonly fetch: typeof globalThis.fetch = (input, init) =>
    fetchBy((request) => this.request(request), input, init);

  constructor(options: ClientOptions = {}) {
    const { origins = 256, redirectLimit = 10, privateHeaders = [] } = options;
    if (!(origins >= 1)) throw new RangeError(`origins is at least 1: not ${origins}`);
    if (!(redirectLimit >= 0))
      throw new RangeError(`redirectLimit is at least 0: not ${redirectLimit}`);
    this.#options = options;
    this.#origins = origins;
    this.#redirectLimit = redirectLimit;
    this.#privateHeaders = new Set(privateHeaders.map((name) => name.toLowerCase()));
    this.#timeouts = timeoutsMs(options.timeouts);
  }

  /** Sends a request; resolves with the head of the response. Throws RequestError. */
  async request(request: ClientRequest): Promise<ClientResponse> {
    const { url, unixPath, redirect: mode = this.#options.redirect ?? "manual", ...init } = request;
    const place = parsePlace(url, unixPath);
    if (mode === "manual") return this.#pool(place).request({ ...init, path: place.target });
    return this.#follow(place, init, mode);
  }

  /** The pools, by origin. */
  stats(): Record<string, PoolStats & RequestStats> {
    return Object.fromEntries([...this.#pools].map(([key, pool]) => [key, pool.stats()]));
  }

  /** Takes no more requests and waits for those that run; what is left when the time is up is closed. */
  async close(options?: WaitOptions): Promise<void> {
    this.#closed = true;
    await Promise.all([...this.#pools.values()].map((pool) => pool.close(options)));
  }

  /** Closes at once; requests that run fail with CLOSED. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#closed = true;
    await Promise.all([...this.#pools.values()].map((pool) => pool[Symbol.asyncDispose]()));
  }

  async #follow(
    start: Place,
    init: RequestOptions,
    mode: "follow" | "error",
  ): Promise<ClientResponse> {
    const limits = timeoutsMs(init.timeouts, this.#timeouts);
    const endMs = limits.totalMs === Infinity ? Infinity : monotonic() + limits.totalMs;
    const replayable = isReplayable(payloadOf(init.body, init.contentLength));
    let place = start;
    let current: PoolRequest = { ...init, path: start.target };
    for (let redirects = 0; ; redirects++) {
      const response = await this.#within(place, current, endMs, redirects > 0);
      const location = response.headers.get("location");
      if (!isRedirect(response.status, location)) return response.after(place.url, redirects);
      response.close();
      const { method = "GET", headers = {} } = current;
      const facts = { status: response.status, method, from: place, headers };
      const refuse = (why: string, cause?: unknown): RequestError =>
        new RequestError("REDIRECT", `${method} ${place.origin.authority} was redirected ${why}`, {
          ...{ phase: "head", delivery: "unknown", status: response.status, cause },
        });
      if (mode === "error") throw refuse("and may not follow");
      if (redirects >= this.#redirectLimit) throw refuse(`more than ${this.#redirectLimit} times`);
      let step: RedirectStep;
      try {
        step = redirectStep({ ...facts, location, privateHeaders: this.#privateHeaders });
      } catch (error) {
        throw refuse("to what cannot be requested", error);
      }
      if (step.keepsBody && !replayable) throw refuse("and its body cannot be sent again");
      place = step.place;
      current = { ...current, path: place.target, method: step.method, headers: step.headers };
      if (!step.keepsBody) current = withoutBody(current);
    }
  }

  /** One step, in what is left of the time for all of them. */
  async #within(
    place: Place,
    request: PoolRequest,
    endMs: number,
    delivered: boolean,
  ): Promise<ClientResponse> {
    const total = Math.max(0, endMs - monotonic());
    const timeouts = endMs === Infinity ? request.timeouts : { ...request.timeouts, total };
    try {
      const pool = this.#pool(place);
      return await pool.request(timeouts === undefined ? request : { ...request, timeouts });
    } catch (error) {
      // The first step has been answered: whatever it does has been done.
      if (delivered && error instanceof RequestError) throw error.afterDelivery();
      throw error;
    }
  }

  #pool({ origin, url }: Place): HttpPool {
    if (this.#closed) {
      const facts = { phase: "queue", delivery: "none" } as const;
      throw new RequestError("CLOSED", "The client is closed", facts);
    }
    const { key, unixPath } = origin;
    let pool = this.#pools.get(key);
    if (pool === undefined) {
      this.#makeRoom();
      const options = unixPath === undefined ? this.#options : { ...this.#options, unixPath };
      pool = this.#inScope(() => new HttpPool(url, options));
    } else this.#pools.delete(key);
    this.#pools.set(key, pool);
    return pool;
  }

  /** Lets an idle pool go when there are as many as may be. */
  #makeRoom(): void {
    if (this.#pools.size < this.#origins) return;
    for (const [key, pool] of this.#pools) {
      if (!pool.idle) continue;
      this.#pools.delete(key);
      void pool[Symbol.asyncDispose]();
      return;
    }
    const message = `All of ${this.#origins} origins have requests running`;
    throw new RequestError("BUSY", message, { phase: "queue", delivery: "none" });
  }
}

function withoutBody(request: PoolRequest): PoolRequest {
  const { body: _body, contentLength: _length, expectContinue: _expect, ...rest } = request;
  return rest;
}
