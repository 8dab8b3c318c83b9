import assert from "node:assert/strict";
import { test } from "node:test";
import { sql } from "kysely";
import {
  bigint,
  connect,
  copyIn,
  copyOut,
  createSql,
  database,
  float8,
  integer,
  repeat,
  table,
  text,
  transaction,
  uuid,
} from "@hotpath/tables";

const simulations = table("simulations", { id: uuid().primaryKey(), name: text() });
const particles = table("particles", {
  id: bigint().identity(),
  simulation_id: uuid().references(simulations, "id", { onDelete: "cascade" }).index(),
  ordinal: integer(),
  mass: float8(),
});
const ID = "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11";

test("kysely, copyIn and copyOut share one transaction", async () => {
  await using connection = await connect();
  const db = database(connection, { simulations, particles });
  const read = await transaction(db, {}, async (trx) => {
    await sql.raw(createSql(simulations)).execute(trx);
    for (const statement of createSql(particles).split(";\n").slice(0, 2)) {
      await sql.raw(statement).execute(trx);
    }
    await trx.insertInto("simulations").values({ id: ID, name: "two" }).execute();
    await copyIn(trx, particles, {
      columns: {
        simulation_id: repeat(ID),
        ordinal: Int32Array.of(0, 1, 2),
        mass: Float64Array.of(1, 2, 4),
      },
    });
    const mass = new Float64Array(new SharedArrayBuffer(3 * 8));
    return await copyOut(trx, particles, {
      columns: ["mass"],
      where: { simulation_id: ID },
      orderBy: ["ordinal"],
      into: { mass },
    });
  });
  assert.equal(read.count, 3);
  assert.deepEqual([...read.columns.mass], [1, 2, 4]);
  assert.ok(read.columns.mass.buffer instanceof SharedArrayBuffer);
  await assert.rejects(
    transaction(db, {}, async (trx) => {
      await trx.insertInto("simulations").values({ id: ID, name: "again" }).execute();
    }),
    { name: "TablesError", code: "UNIQUE_VIOLATION", table: "simulations", retryable: false },
  );
});
