/**
 * A network in memory: the same Net as the host's, on virtual time, told by a seed when to misbehave.
 *
 * Hosts are numeric addresses. Code runs on 127.0.0.1 unless it is started with `at(host, …)`; whoever
 * listens on an address, or on "0.0.0.0" or "::" of its host, is found there. TCP's promises hold:
 * bytes arrive in order, once, or the connection breaks. Between hosts that are partitioned nothing
 * arrives until `heal()`, so attempts hang, windows fill and timeouts show what they are worth.
 *
 * Every event is an entry of the runtime's own timer heap, so a simulation jumps to it like to any
 * other, and is never deadlocked while something is on its way.
 */
import { AsyncLocalStorage } from "node:async_hooks";
import { IoError } from "../io/io-error.ts";
import {
  formatAddress,
  type AcceptSink,
  type Acceptor,
  type Address,
  type ListenOptions,
  type Net,
  type Settle,
  type Transport,
} from "../io/net.ts";
import { currentRuntime } from "../runtime/runtime.ts";
import type { TimerEntry, TimerHeap } from "../time/timer-heap.ts";
import { SimulatedTransport } from "./transport.ts";

export interface NetworkConditions {
  /** One-way delay; between the two when they differ. Default: 0.1 to 0.5 ms. */
  readonly latencyMs?: readonly [leastMs: number, mostMs: number];
  /** How often a piece of data arrives in several smaller ones. Default: 0.3. */
  readonly shortReadChance?: number;
  /** How often a piece of data breaks its connection instead of arriving. Default: 0. */
  readonly resetChance?: number;
  /** How often a connection attempt is refused although somebody listens. Default: 0. */
  readonly refuseChance?: number;
  /** How often a datagram is lost. Default: 0. */
  readonly lossChance?: number;
  /** How often a datagram arrives twice. Default: 0. */
  readonly duplicateChance?: number;
  /** Bytes that may be on the way or unread in one direction. Default: 64 KiB. */
  readonly windowBytes?: number;
}

interface Listening {
  readonly sink: AcceptSink;
}

/** Runs something after a delay; the network's only way to wait. */
export class NetworkEvent implements TimerEntry {
  dueMs = 0;
  heapIndex = -1;
  timerOrder = 0;
  readonly #run: () => void;

  constructor(run: () => void) {
    this.#run = run;
  }

  fire(): void {
    this.#run();
  }
}

const FIRST_EPHEMERAL_PORT = 32_768;
export const LOCALHOST = "127.0.0.1";
const EVERYWHERE = new Set(["0.0.0.0", "::"]);

const currentHost = new AsyncLocalStorage<string>();

export class SimulatedNetwork implements Net {
  conditions: Required<NetworkConditions> = {
    latencyMs: [0.1, 0.5],
    shortReadChance: 0.3,
    resetChance: 0,
    refuseChance: 0,
    lossChance: 0,
    duplicateChance: 0,
    windowBytes: 64 * 1024,
  };
  readonly #random: () => number;
  readonly #timers: () => TimerHeap;
  readonly #listening = new Map<string, Listening>();
  readonly #transports = new Set<SimulatedTransport>();
  readonly #parted = new Set<string>();
  #held: (() => void)[] = [];
  #nextPort = FIRST_EPHEMERAL_PORT;

  constructor(random: () => number, timers: () => TimerHeap, conditions: NetworkConditions = {}) {
    this.#random = random;
    this.#timers = timers;
    this.change(conditions);
  }

  /** Sets some of the conditions, from now on. */
  change(conditions: NetworkConditions): void {
    this.conditions = { ...this.conditions, ...conditions };
  }

  /** Runs code on another host: what it connects comes from there, what it listens on is there. */
  at<T>(host: string, body: () => T): T {
    return currentHost.run(host, body);
  }

  /** From now on nothing passes between any host of the one side and any of the other. */
  partition(one: readonly string[], other: readonly string[]): void {
    for (const a of one) for (const b of other) this.#parted.add(pair(a, b)).add(pair(b, a));
  }

  /** Ends all partitions; what was held arrives. */
  heal(): void {
    this.#parted.clear();
    const held = this.#held;
    this.#held = [];
    for (const send of held) send();
  }

  /** Breaks every connection that has an end on this host, as when its machine loses power. */
  breakConnections(host: string): void {
    for (const transport of this.#transports) {
      if (transport.host === host || transport.peerHost === host) transport.lose("ECONNRESET");
    }
  }

  get connectionCount(): number {
    return this.#transports.size / 2;
  }

  chance(probability: number): boolean {
    return probability > 0 && this.#random() < probability;
  }

  /** A whole number in [0, below). */
  below(below: number): number {
    return Math.floor(this.#random() * below);
  }

  fraction(): number {
    return this.#random();
  }

  latencyMs(): number {
    const [least, most] = this.conditions.latencyMs;
    return least + (most - least) * this.#random();
  }

  nowMs(): number {
    return this.#timers().nowMs();
  }

  /** Calls `run` after a delay; answers how to call it off. */
  later(delayMs: number, run: () => void): () => void {
    const event = new NetworkEvent(run);
    const timers = this.#timers();
    timers.add(event, delayMs);
    return () => timers.remove(event);
  }

  /** Sends when the two hosts can reach each other, now or after `heal`. */
  whenReachable(from: string, to: string, send: () => void): void {
    if (this.#parted.has(pair(from, to))) {
      this.#held.push(() => this.whenReachable(from, to, send));
    } else send();
  }

  /** Two connected ends on one host, for the pipes of simulated processes. */
  pipe(name: string): { readonly near: SimulatedTransport; readonly far: SimulatedTransport } {
    const address: Address = { kind: "unix", path: name };
    const addresses = { local: address, remote: address };
    const near = new SimulatedTransport(this, LOCALHOST, LOCALHOST, addresses);
    const far = new SimulatedTransport(this, LOCALHOST, LOCALHOST, addresses);
    near.join(far);
    return { near, far };
  }

  /** Whether nothing passes from one host to the other. */
  parted(from: string, to: string): boolean {
    return this.#parted.has(pair(from, to));
  }

  forget(transport: SimulatedTransport): void {
    this.#transports.delete(transport);
  }

  connect(address: Address, settle: Settle<Transport>): () => void {
    const from = currentHost.getStore() ?? LOCALHOST;
    const to = address.kind === "tcp" ? address.host : from;
    let over = false;
    const finish = (error: IoError | undefined, transport?: Transport): void => {
      if (over) return transport?.close();
      over = true;
      settle(error, transport);
    };
    this.whenReachable(from, to, () => {
      this.later(this.latencyMs(), () => {
        if (over) return;
        const listening = this.#find(address, from);
        const refused = listening === undefined || this.chance(this.conditions.refuseChance);
        const pairOfEnds = refused ? undefined : this.#join(from, to, address);
        if (pairOfEnds !== undefined) listening!.sink.accepted(pairOfEnds.server);
        // The answer has to come back.
        this.whenReachable(to, from, () => {
          this.later(this.latencyMs(), () => {
            if (pairOfEnds === undefined) finish(refusal(address));
            else finish(undefined, pairOfEnds.client);
          });
        });
      });
    });
    return () => {
      over = true;
    };
  }

  listen(
    address: Address,
    _options: ListenOptions,
    sink: AcceptSink,
    settle: Settle<Acceptor>,
  ): () => void {
    const host = currentHost.getStore() ?? LOCALHOST;
    const bound =
      address.kind === "tcp" && address.port === 0 ? this.#anyPort(address.host) : address;
    const key = keyOf(bound, host);
    const taken = this.#listening.has(key);
    let open = true;
    const close = (): void => {
      if (open && !taken) this.#listening.delete(key);
      open = false;
    };
    if (!taken) this.#listening.set(key, { sink });
    this.later(0, () => {
      if (!open) return;
      if (taken) settle(new IoError("listen on", formatAddress(address), "EADDRINUSE"), undefined);
      else settle(undefined, { address: bound, close });
    });
    return close;
  }

  #anyPort(host: string): Address {
    return { kind: "tcp", host, port: this.#nextPort++ };
  }

  #find(address: Address, from: string): Listening | undefined {
    if (address.kind === "unix") return this.#listening.get(keyOf(address, from));
    return (
      this.#listening.get(keyOf(address, address.host)) ??
      this.#listening.get(`every ${address.host} ${address.port}`)
    );
  }

  #join(
    from: string,
    to: string,
    address: Address,
  ): { readonly client: SimulatedTransport; readonly server: SimulatedTransport } {
    const origin: Address =
      address.kind === "tcp" ? { kind: "tcp", host: from, port: this.#nextPort++ } : address;
    const client = new SimulatedTransport(this, from, to, { local: origin, remote: address });
    const server = new SimulatedTransport(this, to, from, { local: address, remote: origin });
    client.join(server);
    this.#transports.add(client).add(server);
    return { client, server };
  }
}

function keyOf(address: Address, host: string): string {
  if (address.kind === "unix") return `unix ${host} ${address.path}`;
  return EVERYWHERE.has(address.host)
    ? `every ${host} ${address.port}`
    : `tcp ${address.host} ${address.port}`;
}

function pair(from: string, to: string): string {
  return `${from} ${to}`;
}

function refusal(address: Address): IoError {
  const code = address.kind === "unix" ? "ENOENT" : "ECONNREFUSED";
  return new IoError("connect to", formatAddress(address), code);
}

/** The network of the simulation in which the caller runs. */
export function simulatedNetwork(): SimulatedNetwork {
  const { net } = currentRuntime().io;
  if (net instanceof SimulatedNetwork) return net;
  throw new TypeError("There is a simulated network only inside simulate()");
}
