/** COPY in and out, alike on every driver. Run by the drivers' test files. */
import assert from "node:assert/strict";
import { after, before, beforeEach, describe, test } from "node:test";
import {
  copyIn,
  copyOut,
  copyOutBatches,
  database,
  repeat,
  selectByIdSql,
  table,
  text,
  transaction,
  integer,
  bigint,
  float8,
  type Connection,
  type VariableColumn,
} from "@hotpath/tables";
import { TYPES } from "../../src/definition/column-type.ts";
import { create, everything, hostile, ID, particles, simulations } from "../definitions.ts";
import { EMPTY, FULL } from "../connection/conformance.ts";

const COUNT = 5000;

function input(count: number = COUNT) {
  return {
    columns: {
      simulation_id: repeat(ID),
      ordinal: Int32Array.from({ length: count }, (_, k) => k),
      mass: Float64Array.from({ length: count }, (_, k) => k / 7),
      pos_x: Float64Array.from({ length: count }, (_, k) => -k),
      label: Array.from({ length: count }, (_, k) => (k % 3 === 0 ? null : `p${k}`)),
    },
  };
}

export function copyConformance(
  name: string,
  open: () => Promise<Connection>,
  skip: string | false = false,
): void {
  describe(`COPY with the ${name} driver`, { skip }, () => {
    let connection: Connection;
    before(async () => {
      connection = await open();
      await create(connection, simulations, particles, everything, hostile);
    });
    after(() => connection?.close());
    beforeEach(async () => {
      await connection.query("TRUNCATE simulations, particles, everything CASCADE");
      const db = database(connection, { simulations });
      await db
        .insertInto("simulations")
        .values({ id: ID, name: "s", units: { g: 1 } })
        .execute();
    });
    const rowCount = async (): Promise<unknown> =>
      (await connection.query("SELECT count(*) AS n FROM particles"))[0]?.["n"];

    test("columns come back as they were written, in order, with their nulls", async () => {
      assert.equal(await copyIn(connection, particles, input()), COUNT);
      const read = await copyOut(connection, particles, { orderBy: ["ordinal"] });
      assert.equal(read.count, COUNT);
      assert.deepEqual(read.columns.mass, input().columns.mass);
      assert.deepEqual(read.columns.pos_x, input().columns.pos_x);
      assert.ok(read.columns.mass.buffer instanceof SharedArrayBuffer);
      const { label } = read.columns;
      assert.deepEqual(
        [0, 1, 2, 3, 4999].map((k) => label.at(k)),
        [null, "p1", "p2", null, "p4999"],
      );
      assert.deepEqual([...read.nulls.label.subarray(0, 2)], [0b0100_1001, 0b1001_0010]);
    });

    test("every type goes in and out as the same value that SELECT shows", async () => {
      const rows = [FULL, EMPTY, { ...FULL, id: 3 }];
      const columns = Object.fromEntries(
        everything.columnNames.map((column) => [
          column,
          rows.map((row) => row[column as keyof typeof row]),
        ]),
      );
      assert.equal(await copyIn(connection, everything, { columns } as never), 3);
      for (const row of rows) {
        const [read] = await connection.query(selectByIdSql(everything), [row.id]);
        assert.deepEqual({ ...read }, row);
      }
      const read = await copyOut(connection, everything, { orderBy: ["id"] });
      assert.equal(read.columns.a_bigint[0], FULL.a_bigint);
      assert.equal(read.columns.a_timestamp[0], -1n);
      assert.equal(read.columns.a_timestamptz[2], FULL.a_timestamptz);
      assert.equal(read.columns.a_date[0], -735_160);
      assert.equal(read.columns.a_time[0], 86_399_999_999n);
      assert.equal(
        Buffer.from(read.columns.a_uuid.subarray(32)).toString("hex"),
        ID.replaceAll("-", ""),
      );
      assert.deepEqual([...read.columns.an_oid], [FULL.an_oid, 0, FULL.an_oid]);
      assert.equal(read.columns.a_money[0], -(2n ** 63n));
      assert.deepEqual([...read.columns.a_macaddr.subarray(12)], [8, 0, 0x2b, 1, 2, 255]);
      assert.deepEqual([...read.columns.a_macaddr8.subarray(16)], [8, 0, 0x2b, 255, 254, 1, 2, 3]);
      assert.deepEqual([...read.columns.a_point], [-0, Number.NaN, 0, 0, -0, Number.NaN]);
      assert.deepEqual([...read.columns.a_box.subarray(8)], [2, 1e300, -0, -Infinity]);
      assert.deepEqual([...read.columns.an_lseg.subarray(0, 4)], [2, 1, 0.1, 3]);
      assert.deepEqual([...read.columns.a_line.subarray(6)], [0, -1.5, Number.NaN]);
      assert.deepEqual([...read.columns.a_circle], [1, -2, 0.5, 0, 0, 0, 1, -2, 0.5]);
      assert.deepEqual([...read.columns.a_byte], [255, 0, 255]);
      assert.deepEqual([...read.columns.an_lsn], [0x16_b374_d848n, 0n, 0x16_b374_d848n]);
      assert.equal(read.columns.an_xid8[2], 2n ** 64n - 1n);
      assert.deepEqual(
        [...read.columns.an_xid, ...read.columns.a_cid],
        [2 ** 32 - 1, 0, 2 ** 32 - 1, 7, 0, 7],
      );
      assert.deepEqual([...read.columns.a_tid.subarray(12)], [255, 255, 255, 255, 255, 255]);
      const zoned = new DataView(read.columns.a_timetz.buffer, read.columns.a_timetz.byteOffset);
      assert.equal(zoned.getBigInt64(24, true), 86_399_500_000n);
      assert.equal(zoned.getInt32(32, true), 19_800);
      assert.equal(read.columns.a_float8[1], 0);
      assert.deepEqual([...read.nulls.a_float8], [0b010]);
      for (const column of [
        "a_numeric",
        "a_text",
        "a_bytea",
        "a_jsonb",
        "floats",
        "texts",
        "uuids",
        "points",
        "boxes",
        "segments",
        "grid",
        "amounts",
        "moments",
      ] as const) {
        const values = read.columns[column] as VariableColumn<unknown>;
        assert.deepEqual(
          [0, 1, 2].map((k) => values.at(k)),
          [FULL[column], null, FULL[column]],
          column,
        );
      }
      // What came out goes in again, as typed arrays and variable columns.
      await connection.query("TRUNCATE everything");
      assert.equal(await copyIn(connection, everything, read), 3);
      const [again] = await connection.query(selectByIdSql(everything), [3]);
      assert.deepEqual({ ...again }, rows[2]);
    });

    test("every PostgreSQL type of fixed width has a column type", async () => {
      const rows = await connection.query<{ name: string; oid: number; size: number }>(
        `SELECT typname::text AS name, oid, typlen::int AS size FROM pg_type
         WHERE typlen > 0 AND typtype = 'b' AND typcategory <> 'A'
           AND typnamespace = 'pg_catalog'::regnamespace`,
      );
      const known = new Map(Object.values(TYPES).map(({ oid, width }) => [oid as number, width]));
      // aclitem has no binary form; a name's has no fixed width (it is text); reg… are oids whose meaning is
      // another in every database, which is why pg_upgrade refuses tables that hold them: use oid.
      const left = rows.filter(({ name }) => !/^(?:aclitem|name|reg\w+)$/.test(name));
      assert.deepEqual(
        left.filter(({ oid, size }) => known.get(oid) !== size),
        [],
      );
      assert.ok(left.length >= 28, `${left.length} types`);
    });

    test("the server orders a box's corners, and refuses shapes by table and column", async () => {
      const turned = { high: { x: 0, y: 5 }, low: { x: 3, y: 1 } };
      const ordered = { high: { x: 3, y: 5 }, low: { x: 0, y: 1 } };
      const given = { id: [1], a_box: [turned], boxes: [[turned, turned]] };
      await copyIn(connection, everything, { columns: given });
      const read = await copyOut(connection, everything, {
        columns: ["a_box", "boxes"],
        where: { a_box: ordered },
      });
      assert.deepEqual([...read.columns.a_box], [3, 5, 0, 1]);
      assert.deepEqual(read.columns.boxes.at(0), [ordered, ordered]);
      const near = { center: { x: 0, y: 0 }, radius: 1 };
      const none = { where: { a_circle: { in: [near, { ...near, radius: 2 }] } } };
      assert.equal((await copyOut(connection, everything, none)).count, 0);
      const refused = (columns: object, column: string): Promise<void> =>
        assert.rejects(copyIn(connection, everything, { columns } as never), {
          code: "INVALID_VALUE",
          table: "everything",
          column,
        });
      await refused({ id: [2], a_circle: [{ ...near, radius: -1 }] }, "a_circle");
      await refused({ id: [2], a_circle: Float64Array.of(0, 0, -1) }, "a_circle");
      await refused({ id: [2], a_line: Float64Array.of(0, 0, -1) }, "a_line");
    });

    test("arrays keep their dimensions, and others than the definition's are refused by name", async () => {
      const refused = (columns: object, column: string): Promise<void> =>
        assert.rejects(copyIn(connection, everything, { columns } as never), {
          code: "INVALID_VALUE",
          table: "everything",
          column,
        });
      await refused({ id: [1], floats: [[[1], [2]]] }, "floats");
      await refused({ id: [1], grid: [[[1], [2]]] }, "grid");
      await refused({ id: [1], grid: [[[[1], [2, 3]]]] }, "grid");
      await refused({ id: [1], grid: [[[1, [2]]]] }, "grid");
      const rows = { id: [1, 2], grid: [[[[1]], [[2]]], []] };
      assert.equal(await copyIn(connection, everything, { columns: rows }), 2);
      await connection.query("UPDATE everything SET floats = '[0:1][3:4]={{1,2},{3,NULL}}'");
      const { columns } = await copyOut(connection, everything, { orderBy: ["id"] });
      assert.deepEqual([columns.grid.at(0), columns.grid.at(1)], rows.grid);
      assert.throws(() => columns.floats.at(0), {
        code: "SCHEMA_DRIFT",
        table: "everything",
        column: "floats",
      });
      const [row] = await connection.query("SELECT floats FROM everything LIMIT 1");
      assert.deepEqual(row?.["floats"], [
        [1, 2],
        [3, null],
      ]);
    });

    test("into: rows land in the caller's own shared arrays", async () => {
      await copyIn(connection, particles, input());
      const mass = new Float64Array(new SharedArrayBuffer(COUNT * 8), 0, 100);
      const where = { simulation_id: ID, ordinal: { below: 100 } } as const;
      const read = await copyOut(connection, particles, {
        columns: ["mass"],
        where,
        orderBy: [["ordinal", "desc"]],
        into: { mass },
      });
      assert.equal(read.columns.mass.buffer, mass.buffer);
      assert.deepEqual([mass[0], mass[99], read.count], [99 / 7, 0, 100]);
      const full = copyOut(connection, particles, { columns: ["mass"], into: { mass } });
      await assert.rejects(full, { code: "COLUMNS_FULL", table: "particles", column: "mass" });
      assert.equal(await rowCount(), BigInt(COUNT));
    });

    test("conditions: in, isNull, ranges, limit", async () => {
      await copyIn(connection, particles, input(10));
      const count = async (
        where: Parameters<typeof copyOut<typeof particles>>[2],
      ): Promise<number> => (await copyOut(connection, particles, where)).count;
      assert.equal(await count({ where: { ordinal: { in: [1, 2, 77] } } }), 2);
      assert.equal(await count({ where: { ordinal: { in: [] } } }), 0);
      assert.equal(await count({ where: { label: { isNull: true } } }), 4);
      assert.equal(await count({ where: { ordinal: { above: 2, upTo: 5 } } }), 3);
      assert.equal(await count({ limit: 7 }), 7);
      assert.equal(await count({ where: { label: "'; DROP TABLE particles; --\\" } }), 0);
      await assert.rejects(count({ where: { simulation_id: "x' OR TRUE --" } }), {
        code: "INVALID_VALUE",
        column: "simulation_id",
      });
      await assert.rejects(count({ where: { label: "a\0b" } }), { code: "INVALID_VALUE" });
      await assert.rejects(count({ orderBy: [["mass", "desc; DROP" as "desc"]] }), TypeError);
      await assert.rejects(count({ where: { "mass OR TRUE": 1 } as never }), TypeError);
    });

    test("names that need quotes are copied in and out", async () => {
      const values = ["'", '"', "\\"];
      await copyIn(connection, hostile, {
        columns: { 'id"': Int32Array.of(1, 2, 3), order: values, "ünï 'x'": repeat(1) },
      });
      const read = await copyOut(connection, hostile, {
        where: { order: { in: values } },
        orderBy: ['id"'],
      });
      assert.deepEqual(
        [0, 1, 2].map((k) => read.columns.order.at(k)),
        values,
      );
    });

    test("nothing is written when a later row is refused, and the connection lives on", async () => {
      const repeated = input();
      repeated.columns.ordinal[4999] = 7;
      await assert.rejects(copyIn(connection, particles, repeated), {
        code: "UNIQUE_VIOLATION",
        table: "particles",
      });
      const notFinite = input();
      notFinite.columns.mass[4321] = Number.NaN;
      await assert.rejects(copyIn(connection, particles, notFinite), {
        code: "INVALID_VALUE",
        table: "particles",
        column: "mass",
        message: /value 4321 /,
      });
      const wrong = input();
      const columns = { ...wrong.columns, label: [...wrong.columns.label.slice(1), 5] };
      await assert.rejects(copyIn(connection, particles, { columns } as never), {
        code: "INVALID_VALUE",
        column: "label",
      });
      assert.equal(await rowCount(), 0n);
      assert.equal(await copyIn(connection, particles, input(3)), 3);
    });

    test("out of range, missing and unequal columns are refused by name", async () => {
      const { columns } = input(3);
      const refused = (changed: object, expected: object): Promise<void> =>
        assert.rejects(
          copyIn(connection, particles, { columns: { ...columns, ...changed } } as never),
          { table: "particles", ...expected },
        );
      await refused({ ordinal: [1, 2, 2 ** 31] }, { code: "OUT_OF_RANGE", column: "ordinal" });
      await refused({ ordinal: undefined }, { code: "COLUMN_MISMATCH", column: "ordinal" });
      await refused({ ordinal: Int32Array.of(1, 2) }, { code: "COLUMN_MISMATCH" });
      await refused(
        { ordinal: Float64Array.of(1, 2, 3) },
        { code: "INVALID_VALUE", column: "ordinal" },
      );
      await refused({ ordinal: [1, null, 3] }, { code: "NOT_NULL_VIOLATION", column: "ordinal" });
      await assert.rejects(
        copyIn(connection, particles, { columns: { ...columns, nope: [1, 2, 3] } } as never),
        TypeError,
      );
      const early = { id: Int32Array.of(1), a_timestamptz: BigInt64Array.of(-(2n ** 63n) + 1n) };
      await assert.rejects(copyIn(connection, everything, { columns: early }), {
        code: "OUT_OF_RANGE",
        table: "everything",
      });
    });

    test("a schema that drifted is noticed by count, size and null", async () => {
      await connection.query("CREATE TABLE drift (a bigint, b double precision)");
      await connection.query("INSERT INTO drift VALUES (1, NULL)");
      const narrow = table("drift", { a: integer() });
      await assert.rejects(copyOut(connection, narrow), { code: "SCHEMA_DRIFT", column: "a" });
      const strict = table("drift", { b: float8() });
      await assert.rejects(copyOut(connection, strict), { code: "SCHEMA_DRIFT", column: "b" });
      const missing = table("drift", { a: bigint(), gone: text() });
      await assert.rejects(copyOut(connection, missing), { code: "SCHEMA_DRIFT" });
      await assert.rejects(copyIn(connection, narrow, { columns: { a: Int32Array.of(1) } }), {
        code: /INVALID_VALUE|COPY_FAILED|SCHEMA_DRIFT/,
      });
      await connection.query("DROP TABLE drift");
    });

    test("large values pass, rows beyond maxRowBytes do not", async () => {
      const label = ["x".repeat(3_000_000), "y".repeat(70_000), "z"];
      const { columns } = input(3);
      await copyIn(connection, particles, { columns: { ...columns, label } });
      const read = await copyOut(connection, particles, {
        columns: ["label"],
        orderBy: ["ordinal"],
      });
      assert.deepEqual(
        [0, 1, 2].map((k) => read.columns.label.at(k)),
        label,
      );
      await assert.rejects(
        copyOut(connection, particles, { columns: ["label"], maxRowBytes: 1 << 20 }),
        { code: "ROW_TOO_LARGE", table: "particles" },
      );
      assert.equal(await rowCount(), 3n);
    });

    test("batches have the asked size, share nothing, and may be left early", async () => {
      await copyIn(connection, particles, input());
      const sizes: number[] = [];
      let next = 0;
      for await (const batch of copyOutBatches(connection, particles, {
        batchRows: 700,
        orderBy: ["ordinal"],
      })) {
        sizes.push(batch.count);
        for (const ordinal of batch.columns.ordinal) assert.equal(ordinal, next++);
        assert.equal(
          batch.columns.label.at(0),
          (next - batch.count) % 3 === 0 ? null : `p${next - batch.count}`,
        );
      }
      assert.deepEqual(sizes, [700, 700, 700, 700, 700, 700, 700, 100]);
      for await (const batch of copyOutBatches(connection, particles, { batchRows: 10 })) {
        assert.equal(batch.count, 10);
        break;
      }
      assert.equal(await rowCount(), BigInt(COUNT));
    });

    test("an aborted signal ends a COPY with its reason, and nothing is written", async () => {
      const reason = new Error("enough");
      const signal = AbortSignal.abort(reason);
      await assert.rejects(
        copyIn(connection, particles, input(), { signal }),
        (error) => error === reason,
      );
      await assert.rejects(copyOut(connection, particles, { signal }), (error) => error === reason);
      assert.equal(await rowCount(), 0n);
      await copyIn(connection, particles, input());
      const stop = new AbortController();
      const batches = copyOutBatches(connection, particles, { batchRows: 10, signal: stop.signal });
      await batches.next();
      stop.abort(reason);
      const read = async (): Promise<void> => {
        for await (const _batch of batches);
      };
      await assert.rejects(read(), (error) => error === reason);
      assert.equal(await rowCount(), BigInt(COUNT));
    });

    test("COPY takes part in the transaction it is given", async () => {
      const db = database(connection, { simulations, particles });
      const attempt = transaction(db, {}, async (trx) => {
        await copyIn(trx, particles, input(9));
        assert.equal((await copyOut(trx, particles)).count, 9);
        throw new Error("no");
      });
      await assert.rejects(attempt, /no/);
      assert.equal(await rowCount(), 0n);
      assert.equal((await copyOut(db, particles)).count, 0);
    });
  });
}
