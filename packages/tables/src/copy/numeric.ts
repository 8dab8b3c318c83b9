/**
 * numeric in binary: u16 digit count, i16 weight, u16 sign, u16 display scale, then base-10000 digits.
 * The value is Σ digit[i] · 10000^(weight − i).
 */

const POSITIVE = 0x0000;
const NEGATIVE = 0x4000;
const NAN = 0xc000;
const INFINITE = 0xd000;
const MINUS_INFINITE = 0xf000;

export function decodeNumeric(at: DataView): string {
  const digitCount = at.getUint16(0);
  const weight = at.getInt16(2);
  const sign = at.getUint16(4);
  const scale = at.getUint16(6);
  if (sign === NAN) return "NaN";
  if (sign === INFINITE) return "Infinity";
  if (sign === MINUS_INFINITE) return "-Infinity";
  const digit = (index: number): string =>
    String(index >= 0 && index < digitCount ? at.getUint16(8 + 2 * index) : 0).padStart(4, "0");
  let whole = "";
  for (let k = 0; k <= weight; k++) whole += digit(k);
  let fraction = "";
  for (let k = weight + 1; fraction.length < scale; k++) fraction += digit(k);
  const shown = whole.replace(/^0+(?=\d)/, "") || "0";
  return `${sign === NEGATIVE ? "-" : ""}${shown}${scale > 0 ? `.${fraction.slice(0, scale)}` : ""}`;
}

/** @param text a number as PostgreSQL reads it, exponent allowed; undefined when its scale is too large */
export function encodeNumeric(text: string): Uint8Array | undefined {
  const special = {
    nan: NAN,
    infinity: INFINITE,
    "+infinity": INFINITE,
    "-infinity": MINUS_INFINITE,
  }[text.toLowerCase()];
  if (special !== undefined) return assemble([], 0, special, 0);
  const match = /^([+-]?)(\d*)\.?(\d*)(?:e([+-]?\d+))?$/i.exec(text);
  if (match === null) return undefined;
  const [, sign, before = "", after = "", exponentText = "0"] = match;
  const exponent = Number(exponentText);
  if (Math.abs(exponent) > 131_072) return undefined;
  const digits = before + after;
  const point = before.length + exponent;
  const scale = Math.max(0, digits.length - point);
  if (scale > 16_383 || point > 131_072) return undefined;
  const whole = point > 0 ? digits.slice(0, point).padEnd(point, "0") : "";
  const fraction = point > 0 ? digits.slice(point) : "0".repeat(-point) + digits;
  const left = whole.padStart(Math.ceil(whole.length / 4) * 4, "0");
  const right = fraction.padEnd(Math.ceil(fraction.length / 4) * 4, "0");
  const groups = (left + right).match(/.{4}/g)?.map(Number) ?? [];
  let weight = left.length / 4 - 1;
  while (groups[0] === 0) {
    groups.shift();
    weight--;
  }
  while (groups.at(-1) === 0) groups.pop();
  if (groups.length === 0) return assemble([], 0, POSITIVE, scale);
  return assemble(groups, weight, sign === "-" ? NEGATIVE : POSITIVE, scale);
}

function assemble(
  groups: readonly number[],
  weight: number,
  sign: number,
  scale: number,
): Uint8Array {
  const bytes = new Uint8Array(8 + 2 * groups.length);
  const at = new DataView(bytes.buffer);
  at.setUint16(0, groups.length);
  at.setInt16(2, weight);
  at.setUint16(4, sign);
  at.setUint16(6, scale);
  for (const [index, group] of groups.entries()) at.setUint16(8 + 2 * index, group);
  return bytes;
}
