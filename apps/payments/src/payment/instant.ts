/** Moments as text (ISO 8601, RFC 3339), exact to the microsecond. */

const INSTANT = /^(\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d)?)(?:\.(\d{1,9}))?(Z|[+-]\d\d:\d\d)?$/;

/** Microseconds since 1970; further digits are cut off. Without a zone it is UTC. Undefined: not an instant. */
export function parseMicros(text: string): number | undefined {
  const parts = INSTANT.exec(text);
  if (parts === null) return undefined;
  const ms = Date.parse(`${parts[1]}${parts[3] ?? "Z"}`);
  if (Number.isNaN(ms)) return undefined;
  return ms * 1000 + Number((parts[2] ?? "").padEnd(6, "0").slice(0, 6));
}

/** As 2026-01-01T00:00:00.000000Z. */
export function formatMicros(micros: number): string {
  const seconds = Math.floor(micros / 1_000_000);
  const fraction = String(micros - seconds * 1_000_000).padStart(6, "0");
  return `${new Date(seconds * 1000).toISOString().slice(0, 19)}.${fraction}Z`;
}
