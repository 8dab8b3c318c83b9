/** Reads `--dt`: a number in the preset's own time unit, or with a unit when that unit is a day. */

const DAYS: Readonly<Record<string, number>> = {
  s: 1 / 86_400,
  min: 1 / 1440,
  h: 1 / 24,
  d: 1,
  y: 365.25,
};

/** Throws RangeError that says what would be right. `timeUnit` is the preset's, e.g. "day". */
export function parseTimeStep(text: string, timeUnit: string): number {
  const match = /^(\d+(?:\.\d*)?(?:e[-+]?\d+)?|\.\d+)(s|min|h|d|y)?$/i.exec(text.trim());
  const value = Number(match?.[1]);
  const suffix = match?.[2];
  if (match === null || !(value > 0)) {
    throw new RangeError(`--dt must be a number above 0, such as 0.01 or 1d, not "${text}"`);
  }
  if (suffix === undefined) return value;
  if (!/^days?$/.test(timeUnit)) {
    throw new RangeError(
      `--dt ${text}: this preset's time unit is "${timeUnit}"; give a bare number`,
    );
  }
  return value * DAYS[suffix.toLowerCase()]!;
}
