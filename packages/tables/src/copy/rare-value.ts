/** Binary form and text of the rarer types of fixed width: timetz, money, macaddr, macaddr8, point. */
import { decodeTime, encodeTime } from "./interval.ts";

const ZONE = /^(.*)([+-])(\d\d)(?::(\d\d))?(?::(\d\d))?$/;
const ZONE_LIMIT_SECONDS = 16 * 3600;
const MONEY = /^(-?)(\d+)(?:\.(\d\d?))?$/;

/** @param west seconds that the zone lies west of UTC, as PostgreSQL counts them */
export function decodeTimetz(us: bigint, west: number): string {
  const size = Math.abs(west);
  const two = (value: number): string => String(value).padStart(2, "0");
  const seconds = size % 60;
  const minutes = Math.floor(size / 60) % 60;
  const hours = two(Math.floor(size / 3600));
  const rest =
    seconds > 0 ? `:${two(minutes)}:${two(seconds)}` : minutes > 0 ? `:${two(minutes)}` : "";
  return `${decodeTime(us)}${west > 0 ? "-" : "+"}${hours}${rest}`;
}

export function encodeTimetz(text: string): Uint8Array | undefined {
  const [, clock = "", sign, hours, minutes = "0", seconds = "0"] = ZONE.exec(text) ?? [];
  const us = encodeTime(clock);
  if (us === undefined || Number(minutes) > 59 || Number(seconds) > 59) return undefined;
  const east = (Number(hours) * 60 + Number(minutes)) * 60 + Number(seconds);
  if (east >= ZONE_LIMIT_SECONDS) return undefined;
  const bytes = new Uint8Array(12);
  const at = new DataView(bytes.buffer);
  at.setBigInt64(0, us);
  at.setInt32(8, sign === "+" ? -east : east);
  return bytes;
}

/** @param cents hundredths: what `money` counts where lc_monetary is C, as in our sessions */
export function decodeMoney(cents: bigint): string {
  const size = cents < 0n ? -cents : cents;
  return `${cents < 0n ? "-" : ""}${size / 100n}.${String(size % 100n).padStart(2, "0")}`;
}

/** @returns hundredths; undefined when it is no amount, or more than 64 bits hold */
export function encodeMoney(text: string): bigint | undefined {
  const match = MONEY.exec(text);
  if (match === null) return undefined;
  const [, sign, whole, fraction = ""] = match;
  const size = BigInt(whole!) * 100n + BigInt(fraction.padEnd(2, "0"));
  const cents = sign === "-" ? -size : size;
  return BigInt.asIntN(64, cents) === cents ? cents : undefined;
}

export function decodeAddress(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join(":");
}

export function encodeAddress(text: string): Uint8Array {
  return Uint8Array.from(text.split(":"), (byte) => Number.parseInt(byte, 16));
}
