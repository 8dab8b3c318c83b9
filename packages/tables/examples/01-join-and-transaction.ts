/**
 * A definition, a migration, a transaction with COPY in it, a join, and the literal type of a statement.
 *
 *   node packages/tables/examples/01-join-and-transaction.ts
 *
 * PostgreSQL runs in this process (PGlite). With DATABASE_URL set, the same program uses that server.
 */
import { fileURLToPath } from "node:url";
import {
  bigint,
  connect,
  copyIn,
  copyOut,
  database,
  driftReport,
  float8,
  insertSql,
  integer,
  migrate,
  repeat,
  sqlDefault,
  table,
  text,
  timestamptz,
  transaction,
  uuid,
} from "@hotpath/tables";

const simulations = table("example_simulations", {
  id: uuid().primaryKey(),
  name: text(),
  created: timestamptz().default(sqlDefault("now()")),
});

const particles = table(
  "example_particles",
  {
    id: bigint().identity(),
    simulation_id: uuid().references(simulations, "id", { onDelete: "cascade" }),
    ordinal: integer(),
    mass: float8().finite(),
  },
  { unique: [["simulation_id", "ordinal"]] },
);

// Hover over `insert` in an editor: its type is the text itself. Another text would not compile here.
const insert: "INSERT INTO example_simulations (id, name) VALUES ($1, $2) RETURNING id" =
  insertSql(simulations);

const folder = new URL("migrations/", import.meta.url);
const url = process.env["DATABASE_URL"];
await using connection = await connect({ url });

// migrations/0001_start.sql was written by generateMigration(folder, [simulations, particles], "start").
const applied = await migrate(connection, folder);
console.log(`applied from ${fileURLToPath(folder).split("/").at(-2)}: ${applied.join(", ")}`);
console.log(`drift: ${(await driftReport(connection, [simulations, particles])).length}`);

const id = crypto.randomUUID();
const db = database(connection, { simulations, particles });
await connection.query(insert, [id, "three bodies"]);
await transaction(db, { isolation: "serializable", retries: 3 }, async (trx) => {
  await trx
    .updateTable("example_simulations")
    .set({ name: "3 bodies" })
    .where("id", "=", id)
    .execute();
  const ordinal = Int32Array.of(0, 1, 2);
  const mass = Float64Array.of(1, 2, 4);
  await copyIn(trx, particles, { columns: { simulation_id: repeat(id), ordinal, mass } });
});

const joined = await db
  .selectFrom("example_simulations")
  .innerJoin("example_particles", "example_particles.simulation_id", "example_simulations.id")
  .select(({ fn }) => [
    "example_simulations.name",
    fn.sum<number>("example_particles.mass").as("mass"),
  ])
  .where("example_simulations.id", "=", id)
  .groupBy("example_simulations.name")
  .execute();
console.log(`join: ${joined[0]?.name} weigh ${joined[0]?.mass}`);

// Straight into memory that other threads see; the kernel's own arrays, for example.
const mass = new Float64Array(new SharedArrayBuffer(3 * 8));
const where = { simulation_id: id };
const read = await copyOut(db, particles, {
  columns: ["mass"],
  where,
  orderBy: ["ordinal"],
  into: { mass },
});
console.log(`columns: ${read.count} masses, ${mass.join(" ")}`);
