import { createHash } from "node:crypto";
import type { Bodies } from "../src/bodies/bodies.ts";

/** SHA-256 of the whole state: positions, velocities and accelerations, little-endian, column by column. */
export function digest(bodies: Bodies): string {
  const hash = createHash("sha256");
  for (const name of ["x", "y", "z", "vx", "vy", "vz", "ax", "ay", "az"] as const) {
    hash.update(new Uint8Array(bodies[name].slice().buffer));
  }
  return hash.digest("hex");
}
