/** Lengths of time: a number of milliseconds, or text such as "1h30m", checked when it is compiled. */

type Unit = "ns" | "us" | "ms" | "s" | "m" | "h" | "d";
type One = `${number}${Unit}`;

/** Milliseconds, or one to three number-and-unit pairs: `250`, `"1.5s"`, `"1h30m"`, `"1m2s500ms"`. */
export type Duration = number | One | `${One}${One}` | `${One}${One}${One}`;

const UNIT_MS: Readonly<Record<Unit, number>> = {
  ns: 1e-6,
  us: 1e-3,
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};

const PAIR = /(\d+(?:\.\d+)?)(ns|us|ms|s|m|h|d)/gy;

/** The length in milliseconds. RangeError for what is not a length of time: negative, NaN, "5 minutes". */
export function durationMs(duration: Duration): number {
  if (typeof duration === "number") {
    if (!(duration >= 0)) {
      throw new RangeError(`A duration must be at least 0 ms: ${duration} is not`);
    }
    return duration;
  }
  return parseDuration(duration);
}

function parseDuration(text: string): number {
  let totalMs = 0;
  let end = 0;
  for (const [pair, amount, unit] of text.matchAll(PAIR)) {
    totalMs += Number(amount) * UNIT_MS[unit as Unit];
    end += pair.length;
  }
  if (end === 0 || end !== text.length) {
    throw new RangeError(
      `A duration is milliseconds or text such as "1h30m" (ns us ms s m h d): ${JSON.stringify(text)} is not`,
    );
  }
  return totalMs;
}

const SCALE: readonly (readonly [Unit, number])[] = [
  ["d", 86_400_000],
  ["h", 3_600_000],
  ["m", 60_000],
  ["s", 1000],
];

/** The shortest text that `durationMs` reads back: 5400000 → "1h30m", 0.25 → "250us". */
export function formatDuration(ms: number): string {
  if (!Number.isFinite(ms)) return String(ms);
  let rest = Math.round(Math.abs(ms) * 1e6);
  let text = "";
  for (const [unit, unitMs] of SCALE) {
    const count = Math.floor(rest / (unitMs * 1e6));
    rest -= count * unitMs * 1e6;
    if (count > 0) text += `${count}${unit}`;
  }
  if (rest > 0 || text === "") text += formatBelowSecond(rest);
  return ms < 0 ? `-${text}` : text;
}

function formatBelowSecond(ns: number): string {
  if (ns >= 1e6 || ns === 0) return `${ns / 1e6}ms`;
  if (ns >= 1e3) return `${ns / 1e3}us`;
  return `${ns}ns`;
}
