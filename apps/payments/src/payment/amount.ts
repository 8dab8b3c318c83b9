/**
 * Money: whole minor units (cents) in a number, exact up to 2^53 − 1. Decimal text is converted digit by
 * digit and never becomes a binary fraction, so 0.29 is 29 and not 28.999999999999996.
 */

/** The largest amount of one payment: 10^13 minor units. A sum of 900 such amounts is still exact. */
export const MAX_AMOUNT_MINOR = 10_000_000_000_000;

/** A JSON number (RFC 8259 section 6), in parts. */
const NUMBER = /^(-?)(0|[1-9]\d*)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/;

export type AmountFault = "not a number" | "not positive" | "more than two decimals" | "too large";

/** Minor units of a JSON number's text, or what is wrong with it. `19.9` and `1.990e1` are both 1990. */
export function parseAmount(text: string): number | AmountFault {
  const parts = NUMBER.exec(text);
  if (parts === null || text.length > 40) return "not a number";
  const [, sign, whole, fraction = "", exponent = "0"] = parts;
  const shift = Number(exponent) - fraction.length + 2;
  const digits = (whole! + fraction).replace(/^0+/, "");
  if (digits === "" || sign === "-") return "not positive";
  if (shift >= 0) {
    if (digits.length + shift > 14) return "too large";
    return inRange(Number(digits + "0".repeat(shift)));
  }
  const kept = digits.length + shift;
  const dropped = kept > 0 ? digits.slice(kept) : digits;
  if (/[1-9]/.test(dropped)) return "more than two decimals";
  return kept > 14 ? "too large" : inRange(Number(digits.slice(0, kept)));
}

function inRange(amountMinor: number): number | AmountFault {
  return amountMinor > MAX_AMOUNT_MINOR ? "too large" : amountMinor;
}

/**
 * Minor units of any JSON number, rounded half to even as the contest's processors do (.NET's decimal.Round);
 * undefined when it is none or beyond 2^53.
 */
export function roundAmount(text: string): number | undefined {
  const parts = NUMBER.exec(text);
  if (parts === null || text.length > 40) return undefined;
  const [, sign, whole, fraction = "", exponent = "0"] = parts;
  const shift = Number(exponent) - fraction.length + 2;
  if (Math.abs(shift) > 60) return undefined;
  const digits = BigInt(whole! + fraction);
  let minor = digits * 10n ** BigInt(Math.max(0, shift));
  if (shift < 0) {
    const unit = 10n ** BigInt(-shift);
    const twice = (digits % unit) * 2n;
    minor = digits / unit;
    if (twice > unit || (twice === unit && minor % 2n === 1n)) minor++;
  }
  if (minor > BigInt(Number.MAX_SAFE_INTEGER)) return undefined;
  return sign === "-" ? -Number(minor) : Number(minor);
}

/** As a JSON number: 1990 is `19.90`, 5 is `0.05`, 2000 is `20.00`. */
export function formatAmount(amountMinor: number): string {
  const text = String(Math.abs(amountMinor)).padStart(3, "0");
  return `${amountMinor < 0 ? "-" : ""}${text.slice(0, -2)}.${text.slice(-2)}`;
}
