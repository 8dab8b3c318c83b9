/** What every driver does alike. Run by pglite.test.ts and postgres.test.ts. */
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import {
  database,
  insertSql,
  insertValues,
  keyValues,
  PARAMETER_LIMIT,
  selectByIdSql,
  TablesError,
  transaction,
  updateSql,
  updateValues,
  deleteSql,
  upsertSql,
  upsertValues,
  type Connection,
  type Row,
} from "@hotpath/tables";
import {
  create,
  everything,
  hostile,
  ID,
  OTHER_ID,
  particles,
  simulations,
} from "../definitions.ts";

export const FULL: Row<typeof everything> = {
  id: 1,
  a_smallint: -32_768,
  a_bigint: -(2n ** 63n),
  a_float4: Math.fround(0.1),
  a_float8: 5e-324,
  a_boolean: true,
  a_date: "0044-03-15 BC",
  a_time: "23:59:59.999999",
  a_timestamp: -1n,
  a_timestamptz: 1_763_692_800_123_456n,
  an_interval: "-1 years -2 mons +3 days -04:05:06.7",
  a_uuid: ID,
  an_oid: 4_294_967_295,
  a_money: "-92233720368547758.08",
  a_timetz: "23:59:59.5-05:30",
  a_macaddr: "08:00:2b:01:02:ff",
  a_macaddr8: "08:00:2b:ff:fe:01:02:03",
  a_point: { x: -0, y: Number.NaN },
  a_box: { high: { x: 2, y: 1e300 }, low: { x: -0, y: -Infinity } },
  an_lseg: { start: { x: 2, y: 1 }, end: { x: 0.1, y: 3 } },
  a_line: { a: 0, b: -1.5, c: Number.NaN },
  a_circle: { center: { x: 1, y: -2 }, radius: 0.5 },
  a_byte: "\\377",
  an_lsn: "16/B374D848",
  an_xid8: 2n ** 64n - 1n,
  an_xid: 4_294_967_295,
  a_cid: 7,
  a_tid: "(4294967295,65535)",
  boxes: [
    { high: { x: 1, y: 1 }, low: { x: 0, y: 0 } },
    null,
    { high: { x: 3, y: 4 }, low: { x: 3, y: 4 } },
  ],
  segments: [[{ start: { x: 1, y: 2 }, end: { x: 3, y: 4 } }], [null]],
  grid: [
    [
      [1, 2, null],
      [3, 4, 5],
    ],
  ],
  points: [{ x: 1.5, y: -2 }, null, { x: Infinity, y: 5e-324 }],
  amounts: ["1234567.89", null, "0.00", "-0.01"],
  a_numeric: "-12345678901234567890.000120",
  a_text: "quotes ' \" and \\ and \n and 𝒳",
  a_bytea: Uint8Array.of(0, 255, 92, 39),
  a_jsonb: { b: [1, null, "x"], "'": '"' },
  floats: [1.5, null, -0],
  texts: ['a"b', "NULL", null, "{,}", ""],
  uuids: [ID],
  moments: [],
};

export const EMPTY: Row<typeof everything> = {
  ...(Object.fromEntries(Object.keys(FULL).map((key) => [key, null])) as unknown as typeof FULL),
  id: 2,
};

export function conformance(
  name: string,
  open: () => Promise<Connection>,
  skip: string | false = false,
): void {
  describe(`${name} driver`, { skip }, () => {
    let connection: Connection;
    before(async () => {
      connection = await open();
      await create(connection, simulations, particles, everything, hostile);
    });
    after(() => connection?.close());

    test("a row of every type comes back as it was inserted", async () => {
      for (const row of [FULL, EMPTY]) {
        await connection.query(insertSql(everything), insertValues(everything, row));
        const [read] = await connection.query(
          selectByIdSql(everything),
          keyValues(everything, row),
        );
        assert.deepEqual({ ...read }, row);
      }
    });

    test("update, upsert and delete do what their texts say", async () => {
      const row = { id: ID, name: "first", units: { g: 1 }, created: 0n, note: null };
      await connection.query(upsertSql(simulations), upsertValues(simulations, row));
      await connection.query(
        upsertSql(simulations),
        upsertValues(simulations, { ...row, name: "second" }),
      );
      await connection.query(
        updateSql(simulations),
        updateValues(simulations, { ...row, note: "third" }),
      );
      const [read] = await connection.query(selectByIdSql(simulations), [ID]);
      assert.deepEqual({ ...read }, { ...row, note: "third" });
      await connection.query(deleteSql(simulations), [ID]);
      assert.equal((await connection.query(selectByIdSql(simulations), [ID])).length, 0);
    });

    test("names that need quotes, and values that look like SQL, stay what they are", async () => {
      const evil = "'); DROP TABLE particles; --";
      const db = database(connection, { hostile });
      const row = { 'id"': 1, order: evil, "FROM STDIN (FORMAT binary)": null, "ünï 'x'": 1.5 };
      await connection.query(insertSql(hostile), insertValues(hostile, row));
      const read = await db
        .selectFrom(hostile.name)
        .selectAll()
        .where("order", "=", evil)
        .execute();
      assert.deepEqual(
        read.map((found) => ({ ...found })),
        [row],
      );
    });

    test("a transaction is undone when its body throws", async () => {
      const db = database(connection, { simulations });
      const boom = new Error("boom");
      const attempt = transaction(db, { isolation: "serializable" }, async (trx) => {
        await trx
          .insertInto("simulations")
          .values({ id: OTHER_ID, name: "gone", units: { g: 1 } })
          .execute();
        throw boom;
      });
      await assert.rejects(attempt, (error) => error === boom);
      assert.equal((await connection.query(selectByIdSql(simulations), [OTHER_ID])).length, 0);
    });

    test("a body that swallows a failed statement does not commit", async () => {
      const db = database(connection, { simulations });
      const attempt = transaction(db, {}, async (trx) => {
        await trx
          .insertInto("simulations")
          .values({ id: OTHER_ID, name: "kept?", units: { g: 1 } })
          .execute();
        const again = trx
          .insertInto("simulations")
          .values({ id: OTHER_ID, name: "again", units: { g: 1 } });
        await again.execute().catch(() => {});
      });
      await assert.rejects(attempt, { code: "TRANSACTION_ABORTED" });
      assert.equal((await connection.query(selectByIdSql(simulations), [OTHER_ID])).length, 0);
    });

    test("the server's refusals are typed, and name table, column and constraint", async () => {
      const db = database(connection, { simulations, particles });
      const values = { id: ID, name: "n", units: { g: 1 } };
      await db.insertInto("simulations").values(values).execute();
      const refused = async (run: () => Promise<unknown>): Promise<TablesError> => {
        const error = await run().then(
          () => undefined,
          (reason: unknown) => reason,
        );
        assert.ok(error instanceof TablesError, String(error));
        assert.doesNotMatch(error.message, /secret/);
        return error;
      };
      const unique = await refused(() =>
        db
          .insertInto("simulations")
          .values({ ...values, name: "secret" })
          .execute(),
      );
      assert.deepEqual(
        [unique.code, unique.table, unique.constraint],
        ["UNIQUE_VIOLATION", "simulations", "simulations_pkey"],
      );
      const notNull = await refused(() =>
        connection.query("INSERT INTO simulations (id, units) VALUES ($1, '{}')", [OTHER_ID]),
      );
      assert.deepEqual([notNull.code, notNull.column], ["NOT_NULL_VIOLATION", "name"]);
      const particle = { simulation_id: OTHER_ID, ordinal: 0, mass: 1, pos_x: 0 };
      const key = await refused(() => db.insertInto("particles").values(particle).execute());
      assert.equal(key.code, "FOREIGN_KEY_VIOLATION");
      const check = await refused(() =>
        db
          .insertInto("particles")
          .values({ ...particle, mass: Number.NaN })
          .execute(),
      );
      assert.deepEqual(
        [check.code, check.constraint, check.column],
        ["CHECK_VIOLATION", "particles_mass_finite", "mass"],
      );
      const range = await refused(() => connection.query("SELECT $1::smallint", [40_000]));
      assert.equal(range.code, "OUT_OF_RANGE");
      const value = await refused(() => connection.query("SELECT $1::uuid", ["secret"]));
      assert.equal(value.code, "INVALID_VALUE");
      const server = await refused(() => connection.query("SELECT 'secret'::text::uuid"));
      assert.equal(server.code, "INVALID_VALUE");
      assert.equal(
        (await refused(() => connection.query("SELECT * FROM nowhere"))).code,
        "SCHEMA_DRIFT",
      );
      const syntax = await refused(() => connection.query("SELEC 1"));
      assert.deepEqual([syntax.code, syntax.sqlState], ["QUERY_FAILED", "42601"]);
      await db.deleteFrom("simulations").execute();
    });

    test(`${PARAMETER_LIMIT} parameters are taken and one more is refused`, async () => {
      const text = (count: number): string =>
        `SELECT ${Array.from({ length: count }, (_, k) => `$${k + 1}::int`).join("+")} AS total`;
      const list = (count: number): string =>
        `SELECT count(*) AS total FROM (VALUES ${Array.from({ length: count }, (_, k) => `($${k + 1}::int)`).join(",")}) AS v`;
      const parameters = Array.from({ length: PARAMETER_LIMIT }, () => 1);
      const [read] = await connection.query(list(PARAMETER_LIMIT), parameters);
      assert.equal(read?.["total"], BigInt(PARAMETER_LIMIT));
      await assert.rejects(connection.query(text(3), [...parameters, 1]), {
        code: "TOO_MANY_PARAMETERS",
      });
    });

    test("notifications arrive in order, until the listener leaves", async () => {
      const payloads: string[] = [];
      const both = Promise.withResolvers<void>();
      const stop = await connection.listen('chan"nel', (payload) => {
        payloads.push(payload);
        if (payloads.length === 2) both.resolve();
      });
      await connection.notify('chan"nel', "one");
      await connection.notify("another", "not this");
      await connection.notify('chan"nel', "two");
      await both.promise;
      await stop();
      assert.deepEqual(payloads, ["one", "two"]);
    });

    test("an aborted signal ends a statement with its reason", async () => {
      const reason = new Error("enough");
      await assert.rejects(
        connection.query("SELECT 1", [], { signal: AbortSignal.abort(reason) }),
        (error) => error === reason,
      );
      assert.deepEqual(
        [...(await connection.query("SELECT 1 AS one"))].map((row) => row["one"]),
        [1],
      );
    });
  });
}
