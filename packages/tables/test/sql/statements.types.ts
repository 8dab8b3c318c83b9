/** The texts of the statements, as types. Compiled, never run; test/sql/statements.test.ts runs them. */
import {
  bigint,
  boolean,
  copyInSql,
  copyOutSql,
  deleteSql,
  float8,
  insertSql,
  insertValues,
  integer,
  jsonb,
  keyValues,
  selectByIdSql,
  sqlDefault,
  table,
  text,
  timestamptz,
  updateSql,
  upsertSql,
  uuid,
  type Insert,
  type Key,
  type Row,
  type Update,
} from "@hotpath/tables";

/** Compiles only when both are exactly the same type: T is deferred, so it compares the types themselves. */
/* oxlint-disable typescript/no-unnecessary-type-parameters */
type Same<A, B> =
  (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
function same<A, B>(_: Same<A, B>): void {}
/* oxlint-enable typescript/no-unnecessary-type-parameters */

const simulations = table("simulations", {
  id: uuid().primaryKey(),
  name: text(),
  units: jsonb<{ readonly g: number }>(),
  created: timestamptz().default(sqlDefault("now()")),
  note: text().nullable(),
});
const particles = table("particles", {
  id: bigint().identity(),
  simulation_id: uuid().references(simulations, "id"),
  pos_x: float8(),
  mass: float8(),
});
const order = table("order", {
  "user id": integer().primaryKey(),
  'a"b': boolean(),
  select: text(),
});
const compound = table("compound", { b: integer().primaryKey(), a: text().primaryKey() });

same<
  ReturnType<typeof insertSql<typeof particles>>,
  "INSERT INTO particles (mass, pos_x, simulation_id) VALUES ($1, $2, $3) RETURNING id"
>(true);
const selected: "SELECT id, mass, pos_x, simulation_id FROM particles WHERE id = $1" =
  selectByIdSql(particles);
const updated: "UPDATE particles SET mass = $1, pos_x = $2, simulation_id = $3 WHERE id = $4" =
  updateSql(particles);
const updatedSome: "UPDATE particles SET pos_x = $1 WHERE id = $2" = updateSql(particles, [
  "pos_x",
]);
const deleted: "DELETE FROM particles WHERE id = $1" = deleteSql(particles);
const upserted: "INSERT INTO particles (id, mass, pos_x, simulation_id) VALUES ($1, $2, $3, $4) ON CONFLICT (id) DO UPDATE SET mass = EXCLUDED.mass, pos_x = EXCLUDED.pos_x, simulation_id = EXCLUDED.simulation_id" =
  upsertSql(particles);
const copiedIn: "COPY particles (mass, pos_x, simulation_id) FROM STDIN (FORMAT binary)" =
  copyInSql(particles);
const copiedOut: "COPY particles (pos_x, id) TO STDOUT (FORMAT binary)" = copyOutSql(particles, [
  "pos_x",
  "id",
]);
const chosen: "INSERT INTO simulations (id, created) VALUES ($1, $2) RETURNING id" = insertSql(
  simulations,
  ["id", "created"],
);
const quoted: 'INSERT INTO "order" ("a""b", "select", "user id") VALUES ($1, $2, $3) RETURNING "user id"' =
  insertSql(order);
const pair: "DELETE FROM compound WHERE a = $1 AND b = $2" = deleteSql(compound);
const nothing: "INSERT INTO compound (a, b) VALUES ($1, $2) ON CONFLICT (a, b) DO NOTHING" =
  upsertSql(compound);
export const texts: readonly string[] = [
  selected,
  updated,
  updatedSome,
  deleted,
  upserted,
  copiedIn,
  copiedOut,
  chosen,
  quoted,
  pair,
  nothing,
];

// @ts-expect-error another text is another type
export const wrongText: "SELECT id FROM particles WHERE id = $1" = selectByIdSql(particles);
// @ts-expect-error no such column
updateSql(particles, ["pos_y"]);
// @ts-expect-error the key is not updated
updateSql(particles, ["id"]);
// @ts-expect-error no such column
insertSql(particles, ["id", "masss"]);

same<
  Row<typeof simulations>,
  {
    readonly id: string;
    readonly name: string;
    readonly units: { readonly g: number };
    readonly created: bigint;
    readonly note: string | null;
  }
>(true);
same<Key<typeof compound>, { readonly b: number; readonly a: string }>(true);
same<
  Insert<typeof simulations>,
  {
    readonly id: string;
    readonly name: string;
    readonly units: { readonly g: number };
    readonly created?: bigint;
    readonly note?: string | null;
  }
>(true);
same<
  Update<typeof particles>,
  { readonly simulation_id?: string; readonly pos_x?: number; readonly mass?: number }
>(true);

insertValues(particles, { simulation_id: "a", pos_x: 1, mass: 2 });
insertValues(particles, { id: 7n, simulation_id: "a", pos_x: 1, mass: 2 });
// @ts-expect-error mass is missing
insertValues(particles, { simulation_id: "a", pos_x: 1 });
// @ts-expect-error mass is never null
insertValues(particles, { simulation_id: "a", pos_x: 1, mass: null });
// @ts-expect-error no such column
insertValues(particles, { simulation_id: "a", pos_x: 1, mass: 1, charge: 1 });
// @ts-expect-error a bigint column takes a bigint
insertValues(particles, { id: 7, simulation_id: "a", pos_x: 1, mass: 2 });
// @ts-expect-error both columns are the key
keyValues(compound, { a: "x" });
// @ts-expect-error a uuid does not refer to a text column
uuid().references(simulations, "name");
// @ts-expect-error only whole numbers can be an identity
text().identity();
// @ts-expect-error only floats can be NaN
integer().finite();
// @ts-expect-error a unique group names columns of the table
table("t", { a: integer() }, { unique: [["b"]] });
