/** Binary form and text of the rarer types of fixed width; the geometric ones are in geometry.ts. */
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

const TID = /^\((\d{1,10}),(\d{1,5})\)$/;
const LSN = /^([0-9a-f]{1,8})\/([0-9a-f]{1,8})$/i;
const HIGH_BYTE = /^\\[23][0-7]{2}$/;

export function decodeTid(view: DataView): string {
  return `(${view.getUint32(0)},${view.getUint16(4)})`;
}

export function encodeTid(text: string): Uint8Array | undefined {
  const [, block, item] = TID.exec(text) ?? [];
  if (block === undefined || Number(block) > 0xffff_ffff || Number(item) > 0xffff) return undefined;
  const bytes = new Uint8Array(6);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, Number(block));
  view.setUint16(4, Number(item));
  return bytes;
}

export function decodeLsn(position: bigint): string {
  const hex = (word: bigint): string => word.toString(16).toUpperCase();
  return `${hex(position >> 32n)}/${hex(position & 0xffff_ffffn)}`;
}

export function encodeLsn(text: string): bigint | undefined {
  const [, high, low] = LSN.exec(text) ?? [];
  return high === undefined ? undefined : (BigInt(`0x${high}`) << 32n) | BigInt(`0x${low}`);
}

/** As `"char"` is written: nothing for 0, three octal digits beyond ASCII. */
export function decodeByte(byte: number): string {
  if (byte === 0) return "";
  return byte < 128 ? String.fromCharCode(byte) : `\\${byte.toString(8)}`;
}

export function encodeByte(text: string): number | undefined {
  if (HIGH_BYTE.test(text)) return Number.parseInt(text.slice(1), 8);
  const code = text === "" ? 0 : text.charCodeAt(0);
  return text.length <= 1 && code < 128 && text !== "\0" ? code : undefined;
}
