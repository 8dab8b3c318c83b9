/**
 * NumPy's .npy, version 1.0, little-endian float64 in C order.
 *
 *   0   "\x93NUMPY"  6 bytes
 *   6   major, minor 1, 0
 *   8   u16          length of the header text; 10 + length is a multiple of 64
 *   10  text         {'descr': '<f8', 'fortran_order': False, 'shape': (n, 7), } … "\n"
 *   …   data
 */
import type { Bodies } from "../bodies/bodies.ts";
import { NbodyError } from "../errors.ts";

export interface NpyArray {
  readonly shape: readonly number[];
  readonly data: Float64Array<ArrayBuffer>;
}

const MAGIC = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59] as const;
const LITTLE_ENDIAN = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1;

export function encodeNpy(data: Float64Array, shape: readonly number[]): Uint8Array<ArrayBuffer> {
  const count = shape.reduce((product, length) => product * length, 1);
  if (count !== data.length) {
    throw new RangeError(`shape (${shape.join(", ")}) has ${count} elements, not ${data.length}`);
  }
  const tuple = shape.length === 1 ? `${shape[0]},` : shape.join(", ");
  const text = `{'descr': '<f8', 'fortran_order': False, 'shape': (${tuple}), }`;
  const headerBytes = Math.ceil((10 + text.length + 1) / 64) * 64 - 10;
  const bytes = new Uint8Array(10 + headerBytes + data.length * 8);
  const view = new DataView(bytes.buffer);
  bytes.set(MAGIC);
  bytes[6] = 1;
  view.setUint16(8, headerBytes, true);
  bytes.set(new TextEncoder().encode(`${text.padEnd(headerBytes - 1)}\n`), 10);
  const at = 10 + headerBytes;
  if (LITTLE_ENDIAN) new Float64Array(bytes.buffer, at, data.length).set(data);
  else data.forEach((value, k) => view.setFloat64(at + k * 8, value, true));
  return bytes;
}

/** The particles as an array [n, 7], a row each: mass, x, y, z, vx, vy, vz. */
export function encodeNpyState(bodies: Bodies): Uint8Array<ArrayBuffer> {
  const { mass, x, y, z, vx, vy, vz, n } = bodies;
  const rows = new Float64Array(n * 7);
  [mass, x, y, z, vx, vy, vz].forEach((column, k) => {
    for (let i = 0; i < n; i++) rows[i * 7 + k] = column[i]!;
  });
  return encodeNpy(rows, [n, 7]);
}

/** Throws NbodyError "bad-format" for anything but a complete float64 array in C order. */
export function decodeNpy(bytes: Uint8Array): NpyArray {
  if (bytes.length < 10 || MAGIC.some((byte, k) => bytes[k] !== byte)) bad("it has no npy magic");
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const major = bytes[6]!;
  const start = major === 1 ? 10 : 12;
  if (major < 1 || major > 3 || bytes.length < start) bad(`version ${major} is not known`);
  const headerBytes = major === 1 ? view.getUint16(8, true) : view.getUint32(8, true);
  const at = start + headerBytes;
  if (at > bytes.length) bad("its header is cut off");
  const text = new TextDecoder().decode(new Uint8Array(bytes.subarray(start, at)));
  const descr = /'descr':\s*'([^']*)'/.exec(text)?.[1];
  if (descr !== "<f8" && descr !== ">f8")
    bad(`its elements are ${descr ?? "unknown"}, not float64`);
  if (!/'fortran_order':\s*False/.test(text)) bad("it is in Fortran order");
  const tuple = /'shape':\s*\(([\d,\s]*)\)/.exec(text)?.[1];
  if (tuple === undefined) bad("its shape cannot be read");
  const shape = tuple
    .split(",")
    .filter((part) => part.trim() !== "")
    .map(Number);
  const count = shape.reduce((product, length) => product * length, 1);
  if (!Number.isSafeInteger(count) || bytes.length - at !== count * 8) {
    bad(`it has ${bytes.length - at} bytes of data, shape (${tuple}) needs ${count * 8}`);
  }
  const data = new Float64Array(count);
  for (let k = 0; k < count; k++) data[k] = view.getFloat64(at + k * 8, descr === "<f8");
  return { shape, data };
}

function bad(why: string): never {
  throw new NbodyError("bad-format", `not a float64 npy file: ${why}`);
}
