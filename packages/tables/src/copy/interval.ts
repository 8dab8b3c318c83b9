/** time and interval: their text, in PostgreSQL's default style, and their binary form. */

const TIME = /^(\d+):(\d\d)(?::(\d\d)(?:\.(\d{1,6}))?)?$/;
const PART = /^([+-]?\d+) (years?|mons?|days?)$/;

/** @param us microseconds since midnight */
export function decodeTime(us: bigint): string {
  return clock(us);
}

/** @returns microseconds since midnight; undefined when it is not a time of day */
export function encodeTime(text: string): bigint | undefined {
  const us = clockMicroseconds(text);
  return us === undefined || us > 86_400_000_000n ? undefined : us;
}

const MOST_US = 2n ** 63n - 1n;
const MOST = 2 ** 31 - 1;

export function decodeInterval(us: bigint, days: number, months: number): string {
  if (us === MOST_US && days === MOST && months === MOST) return "infinity";
  if (us === -MOST_US - 1n && days === -MOST - 1 && months === -MOST - 1) return "-infinity";
  const parts: string[] = [];
  const years = Math.trunc(months / 12);
  // PostgreSQL writes the sign of a part that follows a negative one.
  let afterNegative = false;
  const part = (count: number, unit: string): void => {
    if (count === 0) return;
    parts.push(`${afterNegative && count > 0 ? "+" : ""}${count} ${unit}${count === 1 ? "" : "s"}`);
    afterNegative = count < 0;
  };
  part(years, "year");
  part(months % 12, "mon");
  part(days, "day");
  if (us !== 0n || parts.length === 0) {
    const sign = us < 0n ? "-" : afterNegative ? "+" : "";
    parts.push(`${sign}${clock(us < 0n ? -us : us)}`);
  }
  return parts.join(" ");
}

/** @param text years, months, days and a clock time, as PostgreSQL writes an interval */
export function encodeInterval(text: string): Uint8Array | undefined {
  if (text === "infinity") return binaryInterval(MOST_US, MOST, MOST);
  if (text === "-infinity") return binaryInterval(-MOST_US - 1n, -MOST - 1, -MOST - 1);
  let months = 0;
  let days = 0;
  let us = 0n;
  for (const part of text.match(/[+-]?\d+ [a-z]+|[+-]?\d+:[\d:.]+/g) ?? []) {
    const match = PART.exec(part);
    if (match === null) {
      const time = clockMicroseconds(part.replace(/^[+-]/, ""));
      if (time === undefined) return undefined;
      us = part.startsWith("-") ? -time : time;
    } else {
      const count = Number(match[1]);
      if (match[2]!.startsWith("year")) months += 12 * count;
      else if (match[2]!.startsWith("mon")) months += count;
      else days += count;
    }
  }
  return text === decodeInterval(us, days, months) ? binaryInterval(us, days, months) : undefined;
}

/** undefined beyond the range of its parts. */
function binaryInterval(us: bigint, days: number, months: number): Uint8Array | undefined {
  if (BigInt.asIntN(64, us) !== us || (days | 0) !== days || (months | 0) !== months)
    return undefined;
  const bytes = new Uint8Array(16);
  const at = new DataView(bytes.buffer);
  at.setBigInt64(0, us);
  at.setInt32(8, days);
  at.setInt32(12, months);
  return bytes;
}

function clock(us: bigint): string {
  const seconds = us / 1_000_000n;
  const two = (value: bigint): string => String(value).padStart(2, "0");
  const fraction = us % 1_000_000n;
  const shown = `${two(seconds / 3600n)}:${two((seconds / 60n) % 60n)}:${two(seconds % 60n)}`;
  if (fraction === 0n) return shown;
  return `${shown}.${String(fraction).padStart(6, "0").replace(/0+$/, "")}`;
}

function clockMicroseconds(text: string): bigint | undefined {
  const match = TIME.exec(text);
  if (match === null) return undefined;
  const [, hours, minutes, seconds = "0", fraction = ""] = match;
  if (Number(minutes) > 59 || Number(seconds) > 60) return undefined;
  const whole = (BigInt(hours!) * 60n + BigInt(minutes!)) * 60n + BigInt(seconds);
  return whole * 1_000_000n + BigInt(fraction.padEnd(6, "0"));
}
