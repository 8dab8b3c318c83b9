/** Settings from the environment. A wrong one is a RangeError that names it. */
import type { Listen } from "@hotpath/http";

export interface PaymentsConfig {
  readonly listen: Listen;
  readonly dataDir: string;
  readonly processors: readonly [ProcessorConfig, ProcessorConfig];
  /** What operators show; their routes are closed without it. */
  readonly token: string | undefined;
  /** The contest's rules: anybody may purge. */
  readonly contest: boolean;
  readonly pair: PairConfig | undefined;
}

export interface ProcessorConfig {
  readonly url: string;
  readonly feeRate: number;
}

export interface PairConfig {
  /** 0 is the one that asks the processors for their health. */
  readonly place: 0 | 1;
  /** Where this instance answers its sibling, and where that answers this one: Unix sockets. */
  readonly socket: string;
  readonly siblingSocket: string;
}

type Environment = Readonly<Record<string, string | undefined>>;

export function configFrom(env: Environment): PaymentsConfig {
  return {
    listen: parseListen(env["LISTEN"] ?? "9999"),
    dataDir: env["HOTPATH_DATA"] ?? "./data/payments",
    processors: [
      processorFrom(env, "PROCESSOR_DEFAULT", "http://payment-processor-default:8080", 0.05),
      processorFrom(env, "PROCESSOR_FALLBACK", "http://payment-processor-fallback:8080", 0.15),
    ],
    token: env["PAYMENTS_TOKEN"],
    contest: env["PAYMENTS_CONTEST"] === "1",
    pair: pairFrom(env),
  };
}

/** "9999", "127.0.0.1:9999", "[::]:9999", or the path of a Unix socket. */
export function parseListen(text: string): Listen {
  if (text.includes("/")) return { path: text };
  const parts = /^(?:(?:\[([\da-fA-F:]+)\]|([\d.]+)):)?(\d{1,5})$/.exec(text);
  const port = Number(parts?.[3]);
  if (parts === null || port > 65_535) {
    throw new RangeError(`LISTEN is a port, address:port or the path of a socket: not ${text}`);
  }
  return { host: parts[1] ?? parts[2] ?? "0.0.0.0", port };
}

function processorFrom(env: Environment, name: string, url: string, fee: number): ProcessorConfig {
  const found = { url: env[`${name}_URL`] ?? url, feeRate: Number(env[`${name}_FEE`] ?? fee) };
  if (!URL.canParse(found.url)) throw new RangeError(`${name}_URL is not a URL: ${found.url}`);
  if (!(found.feeRate >= 0 && found.feeRate < 1)) {
    throw new RangeError(`${name}_FEE is a share of the amount, from 0 to below 1`);
  }
  return found;
}

function pairFrom(env: Environment): PairConfig | undefined {
  const [place, socket, siblingSocket] = [env["PLACE"], env["SOCKET"], env["SIBLING"]];
  if (place === undefined && socket === undefined && siblingSocket === undefined) return undefined;
  if (place !== "0" && place !== "1") throw new RangeError("PLACE is 0 or 1");
  if (socket === undefined || siblingSocket === undefined) {
    throw new RangeError("An instance of a pair needs SOCKET and SIBLING: paths of Unix sockets");
  }
  return { place: place === "0" ? 0 : 1, socket, siblingSocket };
}
