/**
 * Particles as HDF5, in the layout that GADGET's readers expect: /PartType1 with Coordinates [n, 3],
 * Velocities [n, 3] and Masses [n], float64. Needs h5wasm.
 */
import * as h5wasm from "h5wasm";
import { Bodies } from "../bodies/bodies.ts";
import { NbodyError } from "../errors.ts";
import { checkValue } from "./particle-columns.ts";

const GROUP = "PartType1";
let serial = 0;

/** The library, told to throw what it would print. */
async function library(): Promise<Awaited<typeof h5wasm.ready>> {
  const module = await h5wasm.ready;
  module.activate_throwing_error_handler();
  return module;
}

export async function encodeHdf5(bodies: Bodies): Promise<Uint8Array> {
  const { FS } = await library();
  const path = `/nbody-${serial++}.h5`;
  const file = new h5wasm.File(path, "w");
  try {
    const group = file.create_group(GROUP);
    const { n, mass, x, y, z, vx, vy, vz } = bodies;
    group.create_dataset({ name: "Masses", data: Float64Array.from(mass), shape: [n] });
    group.create_dataset({ name: "Coordinates", data: rows(x, y, z), shape: [n, 3] });
    group.create_dataset({ name: "Velocities", data: rows(vx, vy, vz), shape: [n, 3] });
    file.close();
    return FS.readFile(path);
  } finally {
    FS.unlink(path);
  }
}

/** Throws NbodyError "bad-format" for bytes that are not HDF5 or lack the datasets. */
export async function decodeHdf5(bytes: Uint8Array): Promise<Bodies> {
  const { FS } = await library();
  const path = `/nbody-${serial++}.h5`;
  FS.writeFile(path, bytes);
  try {
    return read(path);
  } finally {
    FS.unlink(path);
  }
}

function read(path: string): Bodies {
  let file: InstanceType<typeof h5wasm.File>;
  try {
    file = new h5wasm.File(path, "r");
  } catch (cause) {
    throw new NbodyError("bad-format", "the bytes are not an HDF5 file", { cause });
  }
  try {
    const masses = dataset(file, "Masses");
    const n = masses.length;
    if (n === 0) throw new NbodyError("bad-format", "there are no particles");
    const bodies = Bodies.allocate(n);
    fill(bodies, ["mass"], masses, "Masses");
    fill(bodies, ["x", "y", "z"], dataset(file, "Coordinates"), "Coordinates");
    fill(bodies, ["vx", "vy", "vz"], dataset(file, "Velocities"), "Velocities");
    return bodies;
  } finally {
    file.close();
  }
}

function dataset(file: InstanceType<typeof h5wasm.File>, name: string): ArrayLike<unknown> {
  const found = file.get(`${GROUP}/${name}`);
  const value = found !== null && "value" in found ? found.value : undefined;
  if (!ArrayBuffer.isView(value)) {
    throw new NbodyError("bad-format", `there is no numeric dataset /${GROUP}/${name}`);
  }
  return value as unknown as ArrayLike<unknown>;
}

type Filled = "mass" | "x" | "y" | "z" | "vx" | "vy" | "vz";

function fill(
  bodies: Bodies,
  names: readonly Filled[],
  values: ArrayLike<unknown>,
  what: string,
): void {
  if (values.length !== bodies.n * names.length) {
    throw new NbodyError(
      "bad-format",
      `/${GROUP}/${what} does not have ${names.length} values a particle`,
    );
  }
  names.forEach((name, k) => {
    for (let i = 0; i < bodies.n; i++) {
      bodies[name][i] = checkValue(name, values[i * names.length + k], `particle ${i}`);
    }
  });
}

function rows(...columns: readonly Float64Array[]): Float64Array {
  const n = columns[0]!.length;
  const result = new Float64Array(n * columns.length);
  columns.forEach((column, k) =>
    column.forEach((value, i) => (result[i * columns.length + k] = value)),
  );
  return result;
}
