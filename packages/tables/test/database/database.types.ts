/** What kysely and COPY make of a definition, as types. Compiled, never run. */
import { copyIn, copyOut, database, repeat, transaction, type Connection } from "@hotpath/tables";
import { everything, particles, simulations } from "../definitions.ts";

export async function check(connection: Connection): Promise<void> {
  const db = database(connection, { particles, simulations });
  const rows = await db
    .selectFrom("particles")
    .innerJoin("simulations", "simulations.id", "particles.simulation_id")
    .select(["particles.id", "simulations.note", "particles.mass"])
    .execute();
  const [row] = rows;
  if (row !== undefined) {
    const id: bigint = row.id;
    const note: string | null = row.note;
    // @ts-expect-error it may be null
    const strict: string = row.note;
    void [id, note, strict];
  }
  // @ts-expect-error no such table
  db.selectFrom("planets");
  // @ts-expect-error no such column
  db.selectFrom("particles").select("charge");
  // @ts-expect-error mass is missing
  db.insertInto("particles").values({ simulation_id: "a", ordinal: 1, pos_x: 0 });
  // @ts-expect-error mass is never null
  db.updateTable("particles").set({ mass: null });
  db.insertInto("simulations").values({ id: "a", name: "b", units: { g: 1 }, created: new Date() });

  await transaction(db, { isolation: "serializable" }, (trx) => copyOut(trx, particles));
  // @ts-expect-error not an isolation level
  await transaction(db, { isolation: "chaos" }, async () => {});

  const batch = await copyOut(connection, everything, {
    columns: ["a_float8", "a_numeric", "a_uuid", "id"],
  });
  const values: Float64Array = batch.columns.a_float8;
  const numeric: string | null = batch.columns.a_numeric.at(0);
  const nulls: Uint8Array = batch.nulls.a_uuid;
  // @ts-expect-error id is never null, so it has no bitmap
  void batch.nulls.id;
  // @ts-expect-error it was not asked for
  void batch.columns.a_text;
  void [values, numeric, nulls];

  await copyOut(connection, particles, {
    where: { ordinal: { from: 1 } },
    orderBy: [["mass", "desc"]],
  });
  // @ts-expect-error no such column
  await copyOut(connection, particles, { where: { charge: 1 } });
  // @ts-expect-error ordinal is a number
  await copyOut(connection, particles, { where: { ordinal: "1" } });
  // @ts-expect-error a float8 column lands in a Float64Array
  await copyOut(connection, particles, { into: { mass: new Float32Array(1) } });
  // @ts-expect-error no such direction
  await copyOut(connection, particles, { orderBy: [["mass", "down"]] });

  const ordinal = Int32Array.of(1);
  const mass = Float64Array.of(1);
  const rest = { simulation_id: repeat("a"), pos_x: [1] };
  await copyIn(connection, particles, { columns: { ...rest, ordinal, mass } });
  // @ts-expect-error ordinal is missing
  await copyIn(connection, particles, { columns: { ...rest, mass } });
  // @ts-expect-error mass is never null
  await copyIn(connection, particles, { columns: { ...rest, ordinal, mass: [null] } });
  // @ts-expect-error a Float64Array is no integer column
  await copyIn(connection, particles, { columns: { ...rest, ordinal: mass, mass } });
}
