/**
 * Names to addresses, remembered.
 *
 * - A name that is being looked up is looked up once, however many tasks ask for it. A task that gives
 *   up leaves; the lookup goes on, because the host cannot call it off and its answer is worth keeping.
 * - Answers stay for ttlMs (the system's resolver does not tell how long they hold), failures for
 *   negativeTtlMs. At most `limit` names are kept; the one that was asked for longest ago goes first.
 */
import { isIP } from "node:net";
import type { Dns, HostAddress } from "../io/dns.ts";
import type { IoError } from "../io/io-error.ts";
import { currentRuntime, currentScope, type Runtime } from "../runtime/runtime.ts";
import { durationMs, type Duration } from "../time/duration.ts";
import { Park, type WaitOptions } from "../wait/park.ts";
import { WaitQueue, type Waitable } from "../wait/waiter.ts";
import { checkHost } from "../net/address.ts";

export interface ResolverOptions {
  /** How long an answer is kept. Default: 30 s. */
  readonly ttl?: Duration;
  /** How long it is remembered that there is none. Default: 1 s. */
  readonly negativeTtl?: Duration;
  /** Names that are remembered. Default: 1000. */
  readonly limit?: number;
}

type Answer =
  | { readonly kind: "pending" }
  | { readonly kind: "found"; readonly addresses: readonly HostAddress[]; readonly untilMs: number }
  | { readonly kind: "failed"; readonly error: IoError; readonly untilMs: number };

class Entry implements Waitable {
  readonly host: string;
  readonly waiters: WaitQueue = new WaitQueue();
  answer: Answer = { kind: "pending" };

  constructor(host: string) {
    this.host = host;
  }

  describe(): string {
    return `host ${this.host}`;
  }
}

export class Resolver {
  readonly #runtime: Runtime;
  readonly #dns: Dns;
  readonly #ttlMs: number;
  readonly #negativeTtlMs: number;
  readonly #limit: number;
  /** In the order of use, oldest first. */
  readonly #entries = new Map<string, Entry>();
  /** Lookups that went to the host. */
  lookupCount = 0;

  constructor(options: ResolverOptions = {}) {
    const { ttl = "30s", negativeTtl = "1s", limit = 1000 } = options;
    if (!(limit >= 1))
      throw new RangeError(`A resolver keeps at least 1 name: ${limit} is too few`);
    this.#runtime = currentRuntime();
    this.#dns = this.#runtime.io.dns;
    this.#ttlMs = durationMs(ttl);
    this.#negativeTtlMs = durationMs(negativeTtl);
    this.#limit = limit;
  }

  /** Every address of the host; a numeric address is its own. Error IO: ENOTFOUND, EAI_AGAIN. */
  resolve(host: string, options?: WaitOptions): Promise<readonly HostAddress[]> {
    const family = isIP(host);
    if (family === 0) checkHost(host);
    const scope = currentScope();
    if (scope.cancellation !== undefined) return scope.refuse();
    if (family !== 0) {
      return scope.runtime.ready([{ address: host, family: family === 6 ? 6 : 4 }]);
    }
    const entry = this.#entry(host.toLowerCase());
    const { answer } = entry;
    if (answer.kind === "found") return scope.runtime.ready(answer.addresses);
    if (answer.kind === "failed") return Promise.reject(answer.error);
    const park = new Park<readonly HostAddress[]>(scope, entry, "look up");
    entry.waiters.push(park);
    return park.wait(options);
  }

  /** Forgets what it knows about the host, or about all. */
  forget(host?: string): void {
    for (const [name, entry] of this.#entries) {
      if (entry.answer.kind === "pending") continue;
      if (host === undefined || name === host.toLowerCase()) this.#entries.delete(name);
    }
  }

  #entry(host: string): Entry {
    const known = this.#entries.get(host);
    this.#entries.delete(host);
    const fresh = known !== undefined && this.#isFresh(known) ? known : this.#look(host);
    this.#entries.set(host, fresh);
    this.#evict();
    return fresh;
  }

  #isFresh(entry: Entry): boolean {
    const { answer } = entry;
    return answer.kind === "pending" || this.#runtime.timers.nowMs() < answer.untilMs;
  }

  #look(host: string): Entry {
    const entry = new Entry(host);
    this.lookupCount++;
    this.#dns.lookup(host, (error, addresses) => {
      const nowMs = this.#runtime.timers.nowMs();
      entry.answer =
        error === undefined
          ? { kind: "found", addresses: addresses!, untilMs: nowMs + this.#ttlMs }
          : { kind: "failed", error, untilMs: nowMs + this.#negativeTtlMs };
      const { waiters } = entry;
      for (let waiter = waiters.shift(); waiter; waiter = waiters.shift()) {
        if (error === undefined) waiter.park.wake(waiter, addresses!);
        else waiter.park.fail(waiter, error);
      }
    });
    return entry;
  }

  #evict(): void {
    if (this.#entries.size <= this.#limit) return;
    for (const [name, entry] of this.#entries) {
      if (entry.answer.kind === "pending") continue;
      this.#entries.delete(name);
      return;
    }
  }
}

const resolvers = new WeakMap<Runtime, Resolver>();

/** The resolver that `connectTcp` uses unless it is given another: one per runtime. */
export function defaultResolver(): Resolver {
  const runtime = currentRuntime();
  let resolver = resolvers.get(runtime);
  if (resolver === undefined) resolvers.set(runtime, (resolver = new Resolver()));
  return resolver;
}
