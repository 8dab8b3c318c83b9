/** Numbers as people read them: three significant figures, thin groups, real superscripts. */
import type { UnitNames } from "../api/resources.ts";

const SUPERSCRIPTS: Readonly<Record<string, string>> = {
  "-": "⁻",
  "0": "⁰",
  "1": "¹",
  "2": "²",
  "3": "³",
  "4": "⁴",
  "5": "⁵",
  "6": "⁶",
  "7": "⁷",
  "8": "⁸",
  "9": "⁹",
};

export function superscript(exponent: number): string {
  return String(exponent).replace(/./g, (digit) => SUPERSCRIPTS[digit] ?? digit);
}

/** 2.34 × 10⁻⁷; 0 for 0; a dash where there is no number. */
export function scientific(value: number | null | undefined, digits = 2): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return "–";
  if (value === 0) return "0";
  const [mantissa, exponent] = value.toExponential(digits).split("e") as [string, string];
  return `${mantissa.replace("-", "−")} × 10${superscript(Number(exponent))}`;
}

/** Plain notation between 0.001 and a million, scientific beyond; `digits` significant figures. */
export function quantity(value: number | null | undefined, digits = 3): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return "–";
  const size = Math.abs(value);
  if (size !== 0 && (size < 1e-3 || size >= 1e6)) return scientific(value, digits - 1);
  const text = value.toLocaleString("en", {
    maximumSignificantDigits: size >= 1000 ? 6 : digits,
    maximumFractionDigits: 6,
  });
  return text.replace("-", "−");
}

export function count(value: number): string {
  return Math.round(value).toLocaleString("en");
}

/** 950, 12.3 k, 4.56 M, 7.8 G … */
export function compact(value: number): string {
  const scales = ["", "k", "M", "G", "T", "P", "E"];
  let scale = 0;
  while (value >= 999.5 && scale < scales.length - 1) {
    value /= 1000;
    scale += 1;
  }
  const digits = value >= 100 || scale === 0 ? 0 : value >= 10 ? 1 : 2;
  return `${value.toFixed(digits)}${scale === 0 ? "" : ` ${scales[scale]}`}`;
}

const DAYS = new Set(["d", "day", "days"]);
const YEARS = new Set(["y", "yr", "year", "years"]);
const SECONDS = new Set(["s", "second", "seconds"]);
const DAYS_PER_YEAR = 365.25;

export interface TimeScale {
  /** Shown number = simulated time × factor. */
  readonly factor: number;
  /** Plural where it is a word; empty where the unit has no name. */
  readonly name: string;
}

/** The unit in which a span of simulated time is best read: many days are years, many seconds days. */
export function timeScale(units: UnitNames | undefined, span: number): TimeScale {
  const name = units?.time ?? "";
  if (SECONDS.has(name) && span >= 2 * DAYS_PER_YEAR * 86_400) {
    return { factor: 1 / (86_400 * DAYS_PER_YEAR), name: "years" };
  }
  if (SECONDS.has(name) && span >= 2 * 86_400) return { factor: 1 / 86_400, name: "days" };
  if (DAYS.has(name)) {
    const many = span >= 2 * DAYS_PER_YEAR;
    return many ? { factor: 1 / DAYS_PER_YEAR, name: "years" } : { factor: 1, name: "days" };
  }
  return { factor: 1, name: YEARS.has(name) ? "years" : name };
}

/**
 * Simulated time in words. The unit and the number of decimals follow `span` (the whole run's length),
 * so that a running readout neither jumps nor changes its unit.
 */
export function simulatedTime(time: number, units: UnitNames | undefined, span = time): string {
  const { factor, name } = timeScale(units, span);
  const size = Math.max(Math.abs(span * factor), 1e-6);
  const decimals = Math.min(6, Math.max(0, 2 - Math.floor(Math.log10(size) - 0.3)));
  const number = (time * factor).toLocaleString("en", {
    minimumFractionDigits: decimals,
    maximumFractionDigits: decimals,
  });
  return name === "" ? number : `${number} ${name}`;
}

/** Wall-clock time: 340 ms, 12.3 s, 4 min 05 s, 2 h 10 min. */
export function wallTime(ms: number): string {
  if (ms < 1000) return `${Math.max(0, Math.round(ms))} ms`;
  if (ms < 60_000) return `${(ms / 1000).toFixed(1)} s`;
  const seconds = Math.round(ms / 1000);
  const two = (value: number): string => String(value).padStart(2, "0");
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ${two(seconds % 60)} s`;
  return `${Math.floor(seconds / 3600)} h ${two(Math.floor(seconds / 60) % 60)} min`;
}

/** "just now", "5 min ago", "3 h ago", "2 days ago". */
export function ago(ms: number): string {
  const minutes = Math.floor(ms / 60_000);
  if (minutes < 1) return "just now";
  if (minutes < 60) return `${minutes} min ago`;
  const hours = Math.floor(minutes / 60);
  if (hours < 48) return `${hours} h ago`;
  return `${Math.floor(hours / 24)} days ago`;
}
