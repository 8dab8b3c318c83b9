/** Particles as an Apache Arrow IPC stream: one float64 column each. Needs apache-arrow. */
import { tableFromArrays, tableFromIPC, tableToIPC } from "apache-arrow";
import type { Bodies } from "../bodies/bodies.ts";
import { NbodyError } from "../errors.ts";
import { bodiesFrom, columnsToWrite } from "./particle-columns.ts";

export function encodeArrow(bodies: Bodies): Uint8Array {
  const columns = columnsToWrite(bodies).map((name) => [name, Float64Array.from(bodies[name])]);
  return tableToIPC(tableFromArrays(Object.fromEntries(columns) as Record<string, Float64Array>));
}

/** Throws NbodyError "bad-format" for bytes that are not Arrow or not particles. */
export function decodeArrow(bytes: Uint8Array): Bodies {
  let columns: Record<string, ArrayLike<unknown>>;
  try {
    const table = tableFromIPC(bytes);
    const names = table.schema.fields.map(({ name }) => name);
    columns = Object.fromEntries(names.map((name, k) => [name, table.getChildAt(k)!.toArray()]));
  } catch (cause) {
    throw new NbodyError("bad-format", "the bytes are not an Arrow stream", { cause });
  }
  if (Object.keys(columns).length === 0) {
    throw new NbodyError("bad-format", "the bytes are not an Arrow stream with columns");
  }
  return bodiesFrom(columns);
}
