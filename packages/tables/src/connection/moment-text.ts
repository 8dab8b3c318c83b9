/**
 * timestamp and timestamptz in PostgreSQL's ISO text format, as microseconds since 1970-01-01T00:00Z.
 * `infinity` and `-infinity` are the greatest and the least 64-bit integer, as in its binary format.
 */

export const INFINITY_US: bigint = 2n ** 63n - 1n;
export const MINUS_INFINITY_US: bigint = -(2n ** 63n);

const MOMENT =
  /^(\d{4,})-(\d\d)-(\d\d)[ T](\d\d):(\d\d):(\d\d)(?:\.(\d{1,6}))?(?:([+-])(\d\d)(?::?(\d\d))?(?::?(\d\d))?)?( BC)?$/;

/** @param value microseconds (bigint), a Date, or text that PostgreSQL reads as a moment */
export function encodeMoment(value: unknown, zone: boolean): string | undefined {
  if (typeof value === "string")
    return MOMENT.test(value) || /^\d{4}-\d\d-\d\dT[\d:.]+Z$/.test(value) ? value : undefined;
  let us: bigint;
  if (typeof value === "bigint") us = value;
  else if (value instanceof Date && !Number.isNaN(value.getTime()))
    us = BigInt(value.getTime()) * 1000n;
  else return undefined;
  if (us === INFINITY_US) return "infinity";
  if (us === MINUS_INFINITY_US) return "-infinity";
  return format(us, zone);
}

function format(us: bigint, zone: boolean): string | undefined {
  const fraction = ((us % 1_000_000n) + 1_000_000n) % 1_000_000n;
  const date = new Date(Number((us - fraction) / 1000n));
  if (Number.isNaN(date.getTime())) return undefined;
  const year = date.getUTCFullYear();
  const iso = date.toISOString();
  const rest = iso.slice(iso.indexOf("-", 1) + 1, -5).replace("T", " ");
  const shownYear = String(year > 0 ? year : 1 - year).padStart(4, "0");
  const shownFraction = fraction === 0n ? "" : `.${String(fraction).padStart(6, "0")}`;
  return `${shownYear}-${rest}${shownFraction}${zone ? "+00" : ""}${year > 0 ? "" : " BC"}`;
}

export function decodeMoment(text: string): bigint {
  if (text === "infinity") return INFINITY_US;
  if (text === "-infinity") return MINUS_INFINITY_US;
  const match = MOMENT.exec(text);
  if (match === null) throw new SyntaxError("Not a timestamp in ISO style");
  const [
    ,
    year,
    month,
    day,
    hour,
    minute,
    second,
    fraction,
    sign,
    zoneHour,
    zoneMinute,
    zoneSecond,
    era,
  ] = match;
  const date = new Date(0);
  const shownYear = Number(year);
  date.setUTCFullYear(
    era === undefined ? shownYear : 1 - shownYear,
    Number(month) - 1,
    Number(day),
  );
  date.setUTCHours(Number(hour), Number(minute), Number(second));
  const offset =
    (Number(zoneHour ?? 0) * 60 + Number(zoneMinute ?? 0)) * 60 + Number(zoneSecond ?? 0);
  const seconds = BigInt(date.getTime() / 1000 - (sign === "-" ? -offset : offset));
  return seconds * 1_000_000n + BigInt((fraction ?? "").padEnd(6, "0"));
}
