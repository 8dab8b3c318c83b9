/** The columns that every table format here reads and writes, and what makes them valid. */
import { Bodies } from "../bodies/bodies.ts";
import { NbodyError } from "../errors.ts";

export const REQUIRED_COLUMNS = ["mass", "x", "y", "z", "vx", "vy", "vz"] as const;
export const OPTIONAL_COLUMNS = ["radius", "softening"] as const;
export type ParticleColumn = (typeof REQUIRED_COLUMNS)[number] | (typeof OPTIONAL_COLUMNS)[number];

/** The required columns, and those of the optional ones that are not all zero. */
export function columnsToWrite(bodies: Bodies): readonly ParticleColumn[] {
  const extra = OPTIONAL_COLUMNS.filter((name) => bodies[name].some((value) => value !== 0));
  return [...REQUIRED_COLUMNS, ...extra];
}

/** Throws NbodyError "bad-format" for names that are unknown, missing or there twice. */
export function checkNames(names: readonly string[]): asserts names is readonly ParticleColumn[] {
  const known: readonly string[] = [...REQUIRED_COLUMNS, ...OPTIONAL_COLUMNS];
  const unknown = names.find((name) => !known.includes(name));
  if (unknown !== undefined) {
    throw new NbodyError(
      "bad-format",
      `there is a column "${unknown}"; there may be ${known.join(", ")}`,
    );
  }
  const missing = REQUIRED_COLUMNS.find((name) => !names.includes(name));
  if (missing !== undefined) throw new NbodyError("bad-format", `there is no column "${missing}"`);
  if (new Set(names).size !== names.length) {
    throw new NbodyError("bad-format", "there is a column twice");
  }
}

/** Throws NbodyError "bad-format" with `where` for a value that a particle cannot have. */
export function checkValue(name: ParticleColumn, value: unknown, where: string): number {
  if (typeof value !== "number" || !Number.isFinite(value)) {
    throw new NbodyError("bad-format", `${where}: ${name} is not a finite number`);
  }
  const mayBeNegative = name !== "mass" && name !== "radius" && name !== "softening";
  if (value < 0 && !mayBeNegative) {
    throw new NbodyError("bad-format", `${where}: ${name} is negative`);
  }
  return value;
}

/** Bodies from whole columns. Throws NbodyError "bad-format" as the checks above do. */
export function bodiesFrom(columns: Readonly<Record<string, ArrayLike<unknown>>>): Bodies {
  const names = Object.keys(columns);
  checkNames(names);
  const n = columns[names[0]!]!.length;
  if (n === 0) throw new NbodyError("bad-format", "there are no particles");
  const bodies = Bodies.allocate(n);
  for (const name of names) {
    const values = columns[name]!;
    if (values.length !== n) {
      throw new NbodyError(
        "bad-format",
        `column ${name} has ${values.length} values instead of ${n}`,
      );
    }
    for (let i = 0; i < n; i++) bodies[name][i] = checkValue(name, values[i], `particle ${i}`);
  }
  return bodies;
}
