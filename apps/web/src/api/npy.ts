/** Reads a two-dimensional float64 array in NumPy's npy format (version 1 or 2, C order). */
import { ApiProblem } from "./problem.ts";

export interface Matrix {
  readonly rows: number;
  readonly columns: number;
  readonly values: Float64Array;
}

export function decodeNpy(buffer: ArrayBuffer): Matrix {
  const bytes = new Uint8Array(buffer);
  const magic = String.fromCharCode(...bytes.subarray(0, 6));
  if (magic !== "\u0093NUMPY") throw unreadable("it does not start as an npy file does");
  const view = new DataView(buffer);
  const wide = bytes[6]! >= 2;
  const headerStart = wide ? 12 : 10;
  const headerBytes = wide ? view.getUint32(8, true) : view.getUint16(8, true);
  const start = headerStart + headerBytes;
  const header = String.fromCharCode(...bytes.subarray(headerStart, start));
  const shape = /'shape':\s*\((\d+),\s*(\d+),?\)/.exec(header);
  if (shape === null || !/'descr':\s*'<f8'/.test(header))
    throw unreadable("it is not float64 rows");
  const rows = Number(shape[1]);
  const columns = Number(shape[2]);
  if (buffer.byteLength < start + 8 * rows * columns) throw unreadable("it is cut off");
  return { rows, columns, values: new Float64Array(buffer.slice(start), 0, rows * columns) };
}

function unreadable(why: string): ApiProblem {
  return new ApiProblem("unreadable", "Unreadable state", `The particles' state: ${why}.`);
}
