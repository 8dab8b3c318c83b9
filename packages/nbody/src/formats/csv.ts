/**
 * Particles as CSV (RFC 4180): a header line names the columns mass,x,y,z,vx,vy,vz in any order; radius and
 * softening may be there too. Numbers are written with the shortest digits that read back to the same bits.
 */
import { Bodies } from "../bodies/bodies.ts";
import { NbodyError } from "../errors.ts";
import { checkNames, checkValue, columnsToWrite, type ParticleColumn } from "./particle-columns.ts";

export function encodeCsv(bodies: Bodies): string {
  const names = columnsToWrite(bodies);
  const lines = [names.join(",")];
  for (let i = 0; i < bodies.n; i++) lines.push(names.map((name) => bodies[name][i]).join(","));
  return `${lines.join("\n")}\n`;
}

/** Throws NbodyError "bad-format" with the line and the column for anything that is not as above. */
export function decodeCsv(text: string): Bodies {
  const lines = text.replace(/^\u{feff}/u, "").split(/\r?\n/);
  while (lines.at(-1) === "") lines.pop();
  const header = (lines[0] ?? "").split(",").map((name) => name.trim().replaceAll('"', ""));
  checkNames(header);
  const names: readonly ParticleColumn[] = header;
  if (lines.length < 2) throw new NbodyError("bad-format", "there are no particles");
  const bodies = Bodies.allocate(lines.length - 1);
  for (let i = 1; i < lines.length; i++) {
    const fields = lines[i]!.split(",");
    const where = `line ${i + 1}`;
    if (fields.length !== names.length) {
      throw new NbodyError(
        "bad-format",
        `${where} has ${fields.length} fields instead of ${names.length}`,
      );
    }
    names.forEach((name, k) => {
      const field = fields[k]!;
      const value = field.trim() === "" ? Number.NaN : Number(field);
      bodies[name][i - 1] = checkValue(name, value, where);
    });
  }
  return bodies;
}
