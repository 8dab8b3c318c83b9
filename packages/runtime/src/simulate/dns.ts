/** Names in a simulation: a table that the program fills, answered after a delay. */
import type { Dns, HostAddress } from "../io/dns.ts";
import { IoError } from "../io/io-error.ts";
import type { Settle } from "../io/net.ts";
import { currentRuntime } from "../runtime/runtime.ts";
import { LOCALHOST, type SimulatedNetwork } from "./network.ts";

export class SimulatedDns implements Dns {
  readonly #network: SimulatedNetwork;
  readonly #table = new Map<string, readonly string[]>([["localhost", [LOCALHOST]]]);
  /** How long a lookup takes. */
  latencyMs = 1;
  /** Lookups that have been asked for. */
  lookupCount = 0;

  constructor(network: SimulatedNetwork) {
    this.#network = network;
  }

  /** From now on the name has these addresses, in this order; none: it does not exist. */
  name(host: string, addresses: readonly string[]): void {
    this.#table.set(host.toLowerCase(), addresses);
  }

  lookup(host: string, settle: Settle<readonly HostAddress[]>): void {
    this.lookupCount++;
    this.#network.later(this.latencyMs, () => {
      const addresses = this.#table.get(host.toLowerCase()) ?? [];
      if (addresses.length === 0) {
        return settle(new IoError("look up", host, "ENOTFOUND"), undefined);
      }
      settle(
        undefined,
        addresses.map((address) => ({ address, family: address.includes(":") ? 6 : 4 })),
      );
    });
  }
}

/** The names of the simulation in which the caller runs. */
export function simulatedDns(): SimulatedDns {
  const { dns } = currentRuntime().io;
  if (dns instanceof SimulatedDns) return dns;
  throw new TypeError("There are simulated names only inside simulate()");
}
