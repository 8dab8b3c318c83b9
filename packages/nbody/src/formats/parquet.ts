/** Particles as Apache Parquet: one DOUBLE column each. Needs hyparquet and hyparquet-writer. */
import { parquetReadObjects } from "hyparquet";
import { parquetWriteBuffer } from "hyparquet-writer";
import type { Bodies } from "../bodies/bodies.ts";
import { NbodyError } from "../errors.ts";
import { bodiesFrom, columnsToWrite } from "./particle-columns.ts";

export function encodeParquet(bodies: Bodies): Uint8Array<ArrayBuffer> {
  const columnData = columnsToWrite(bodies).map((name) => ({
    name,
    data: Float64Array.from(bodies[name]),
    type: "DOUBLE" as const,
  }));
  return new Uint8Array(parquetWriteBuffer({ columnData }));
}

/** Throws NbodyError "bad-format" for bytes that are not Parquet or not particles. */
export async function decodeParquet(bytes: Uint8Array<ArrayBuffer>): Promise<Bodies> {
  const file = bytes.slice().buffer;
  const rows = await parquetReadObjects({ file }).catch((cause: unknown) => {
    throw new NbodyError("bad-format", "the bytes are not a Parquet file", { cause });
  });
  const first = rows[0];
  if (first === undefined) throw new NbodyError("bad-format", "there are no particles");
  const names = Object.keys(first);
  return bodiesFrom(
    Object.fromEntries(
      names.map((name) => [name, rows.map((row: Record<string, unknown>) => row[name])]),
    ),
  );
}
