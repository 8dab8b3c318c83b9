/**
 * Particles as CSV (RFC 4180): a header line names the columns mass,x,y,z,vx,vy,vz in any order; radius and
 * softening may be there too. Numbers are written with the shortest digits that read back to the same bits.
 */
import { Bodies } from "../bodies/bodies.ts";
import { NbodyError } from "../errors.ts";

const REQUIRED = ["mass", "x", "y", "z", "vx", "vy", "vz"] as const;
const OPTIONAL = ["radius", "softening"] as const;
type CsvColumn = (typeof REQUIRED)[number] | (typeof OPTIONAL)[number];

export function encodeCsv(bodies: Bodies): string {
  const extra = OPTIONAL.filter((name) => bodies[name].some((value) => value !== 0));
  const names: readonly CsvColumn[] = [...REQUIRED, ...extra];
  const lines = [names.join(",")];
  for (let i = 0; i < bodies.n; i++) lines.push(names.map((name) => bodies[name][i]).join(","));
  return `${lines.join("\n")}\n`;
}

/** Throws NbodyError "bad-format" with the line and the column for anything that is not as above. */
export function decodeCsv(text: string): Bodies {
  const lines = text.replace(/^\u{feff}/u, "").split(/\r?\n/);
  while (lines.at(-1) === "") lines.pop();
  const names = namesOf(lines[0] ?? "");
  if (lines.length < 2) throw new NbodyError("bad-format", "the CSV has no particles");
  const bodies = Bodies.allocate(lines.length - 1);
  for (let i = 1; i < lines.length; i++) {
    const fields = lines[i]!.split(",");
    if (fields.length !== names.length) {
      throw new NbodyError(
        "bad-format",
        `line ${i + 1} has ${fields.length} fields instead of ${names.length}`,
      );
    }
    names.forEach((name, k) => {
      bodies[name][i - 1] = numberOf(fields[k]!, name, i + 1);
    });
  }
  return bodies;
}

function namesOf(header: string): readonly CsvColumn[] {
  const names = header.split(",").map((name) => name.trim().replaceAll('"', ""));
  const known: readonly string[] = [...REQUIRED, ...OPTIONAL];
  const unknown = names.find((name) => !known.includes(name));
  if (unknown !== undefined) {
    throw new NbodyError(
      "bad-format",
      `the header names "${unknown}"; it may name ${known.join(", ")}`,
    );
  }
  const missing = REQUIRED.find((name) => !names.includes(name));
  if (missing !== undefined) throw new NbodyError("bad-format", `the header lacks "${missing}"`);
  if (new Set(names).size !== names.length) {
    throw new NbodyError("bad-format", "the header names a column twice");
  }
  return names as CsvColumn[];
}

function numberOf(field: string, name: CsvColumn, line: number): number {
  const value = Number(field);
  if (field.trim() === "" || !Number.isFinite(value)) {
    throw new NbodyError("bad-format", `line ${line}: ${name} is not a finite number`);
  }
  const mayBeNegative = name !== "mass" && name !== "radius" && name !== "softening";
  if (value < 0 && !mayBeNegative) {
    throw new NbodyError("bad-format", `line ${line}: ${name} is negative`);
  }
  return value;
}
