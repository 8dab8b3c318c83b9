import { generate } from "@hotpath/nbody";
import {
  connect,
  copyIn,
  copyOut,
  repeat,
  transaction,
  database,
  table,
  bigint,
  float8,
  migrate,
} from "@hotpath/tables";
import { sql } from "kysely";
import { schema, particles } from "./src/store/schema.ts";
const c = await connect({});
await migrate(c, new URL("./src/store/migrations/", import.meta.url));
if (process.argv[2]) await c.query(`ALTER TABLE particles SET (fillfactor=${process.argv[2]})`, []);
const db = database(c, schema);
const bodies = generate("plummer", { n: 1000 });
const id = crypto.randomUUID();
await db
  .insertInto("simulations")
  .values({
    id,
    name: "a",
    status: "x",
    initial: { kind: "particles", n: 1 },
    gravity: 1,
    softening: 1,
    integrator: "a",
    dt: 1,
    steps: 1,
    snapshot_every: 1,
    n: 1000,
  })
  .execute();
const cols = {
  mass: bodies.mass,
  pos_x: bodies.x,
  pos_y: bodies.y,
  pos_z: bodies.z,
  vel_x: bodies.vx,
  vel_y: bodies.vy,
  vel_z: bodies.vz,
};
await copyIn(db, particles, { count: 1000, columns: { simulation_id: repeat(id), ...cols } });
const ids = (await db.selectFrom("particles").select("id").orderBy("id").execute()).map(
  (r) => r.id,
);
const med = (a: number[]) => a.sort((x, y) => x - y)[a.length >> 1];
async function time(name: string, f: () => Promise<void>) {
  const t: number[] = [];
  for (let k = 0; k < 40; k++) {
    const s = performance.now();
    await f();
    t.push(performance.now() - s);
  }
  console.log(
    name,
    "first",
    t[0]!.toFixed(2),
    "last",
    t.at(-1)!.toFixed(2),
    "med",
    med(t)!.toFixed(2),
  );
}
const a = (x: Float64Array) => [...x];
await time("update unnest", () =>
  transaction(db, {}, async (trx) => {
    await sql`UPDATE particles p SET pos_x=s.a,pos_y=s.b,pos_z=s.c,vel_x=s.d,vel_y=s.e,vel_z=s.f FROM unnest(${ids}::bigint[],${a(cols.pos_x)}::float8[],${a(cols.pos_y)}::float8[],${a(cols.pos_z)}::float8[],${a(cols.vel_x)}::float8[],${a(cols.vel_y)}::float8[],${a(cols.vel_z)}::float8[]) s(id,a,b,c,d,e,f) WHERE p.id=s.id`.execute(
      trx,
    );
  }),
);
await time("copyOut", async () => {
  await copyOut(db, particles, { where: { simulation_id: id }, orderBy: ["id"] });
});
console.log(
  await c.query("select pg_relation_size('particles') s, pg_indexes_size('particles') i", []),
);
await c.close();
