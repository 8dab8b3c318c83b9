/** Names of hosts as the runtime sees them. Caching and timeouts are in `../dns/`, written once. */
import { lookup } from "node:dns";
import { IoError } from "./io-error.ts";
import type { Settle } from "./net.ts";

export interface HostAddress {
  /** Numeric. */
  readonly address: string;
  readonly family: 4 | 6;
}

export interface Dns {
  /** Every address of the host, in the system's order of preference. The host cannot call it off. */
  lookup(host: string, settle: Settle<readonly HostAddress[]>): void;
}

/** getaddrinfo, so that /etc/hosts and the system's own resolver have their say. */
export const nodeDns: Dns = {
  lookup: (host, settle) => {
    lookup(host, { all: true, order: "verbatim" }, (cause, found) => {
      if (cause !== null) return settle(IoError.from("look up", host, cause), undefined);
      settle(
        undefined,
        found.map(({ address, family }) => ({ address, family: family === 6 ? 6 : 4 })),
      );
    });
  },
};
