/** Migrations and drift, alike on every driver. */
import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, beforeEach, describe, test } from "node:test";
import { pathToFileURL } from "node:url";
import {
  bigint,
  boolean,
  driftReport,
  float8,
  generateMigration,
  integer,
  migrate,
  migrationCommand,
  revertMigrations,
  sqlDefault,
  table,
  text,
  timestamptz,
  uuid,
  type Connection,
} from "@hotpath/tables";

const owners = table("owners", { id: uuid().primaryKey(), name: text().unique() });
const first = [
  table("things", {
    id: integer().primaryKey(),
    size: integer().default(3),
    label: text().nullable(),
    old_name: text().nullable().index(),
    gone: text().nullable(),
  }),
];
const second = [
  owners,
  table(
    "things",
    {
      id: integer().primaryKey(),
      size: bigint().default(5n),
      label: text().default("none"),
      new_name: text().nullable().renamedFrom("old_name"),
      weight: float8().default(1).finite(),
      kept: boolean().default(false),
      made: timestamptz().default(sqlDefault("now()")),
      owner: uuid().nullable().references(owners, "id", { onDelete: "set null" }),
    },
    { unique: [["size", "label"]] },
  ),
];

export function migrationConformance(
  name: string,
  open: () => Promise<Connection>,
  skip: string | false = false,
): void {
  describe(`migrations with the ${name} driver`, { skip }, () => {
    let connection: Connection;
    let path: string;
    let folder: URL;
    before(async () => {
      connection = await open();
    });
    after(() => connection?.close());
    beforeEach(async () => {
      await connection.query("DROP TABLE IF EXISTS things, owners, hotpath_migrations CASCADE");
      path = mkdtempSync(join(tmpdir(), "hotpath-migrations-"));
      folder = pathToFileURL(`${path}/`);
    });
    after(() => path && rmSync(path, { recursive: true, force: true }));

    test("generated files bring the database to the definitions, keeping the rows", async () => {
      const created = await generateMigration(folder, first, "create things");
      assert.equal(created?.name, "0001_create_things.sql");
      assert.deepEqual(await migrate(connection, folder), ["0001_create_things.sql"]);
      assert.deepEqual(await driftReport(connection, first), []);
      await connection.query("INSERT INTO things (id, label, old_name) VALUES (1, 'a', 'kept')");

      const changed = await generateMigration(folder, second, "Grow!");
      assert.equal(changed?.name, "0002_grow.sql");
      assert.deepEqual(changed.review, [
        "rewrites things.size, and fails when a value does not fit bigint",
        "fails when things.label holds nulls",
        "drops column things.gone and its values",
        "fails when things.weight holds NaN or an infinity",
        "fails when things has rows that are not unique",
      ]);
      assert.match(readFileSync(join(path, "0002_grow.sql"), "utf8"), /-- REVIEW: drops column/);
      assert.ok((await driftReport(connection, second)).length > 0);
      assert.deepEqual(await migrate(connection, folder), ["0002_grow.sql"]);
      assert.deepEqual(await driftReport(connection, second), []);
      const [row] = await connection.query("SELECT id, size, label, new_name FROM things");
      assert.deepEqual({ ...row }, { id: 1, size: 3n, label: "a", new_name: "kept" });
      assert.equal(await generateMigration(folder, second, "nothing"), undefined);
      assert.deepEqual(await migrate(connection, folder), []);

      const back = await generateMigration(folder, first, "back again");
      assert.ok(back?.review.includes("drops table owners and its rows"));
      await migrate(connection, folder);
      assert.deepEqual(await driftReport(connection, first), []);
    });

    test("an edited, a missing and an inserted file are refused", async () => {
      writeFileSync(join(path, "0001_a.sql"), "CREATE TABLE things (a integer);");
      writeFileSync(join(path, "0003_c.sql"), "ALTER TABLE things ADD b integer;");
      await migrate(connection, folder);
      writeFileSync(join(path, "0002_b.sql"), "SELECT 1;");
      await assert.rejects(migrate(connection, folder), {
        code: "MIGRATION_CHANGED",
        message: /0002_b/,
      });
      rmSync(join(path, "0002_b.sql"));
      writeFileSync(join(path, "0001_a.sql"), "CREATE TABLE things (b integer);");
      await assert.rejects(migrate(connection, folder), {
        code: "MIGRATION_CHANGED",
        message: /edited/,
      });
      rmSync(join(path, "0001_a.sql"));
      await assert.rejects(migrate(connection, folder), {
        code: "MIGRATION_CHANGED",
        message: /gone/,
      });
      writeFileSync(join(path, "first.sql"), "");
      await assert.rejects(migrate(connection, folder), TypeError);
    });

    test("a file that fails changes nothing, and those before it stay", async () => {
      writeFileSync(join(path, "0001_a.sql"), "CREATE TABLE things (a integer);");
      writeFileSync(
        join(path, "0002_b.sql"),
        "INSERT INTO things VALUES (1); SELECT no_such_column FROM things;",
      );
      await assert.rejects(migrate(connection, folder), {
        code: "MIGRATION_FAILED",
        message: /0002_b/,
      });
      assert.deepEqual(
        await connection.query("SELECT * FROM things"),
        await connection.query("SELECT 1 WHERE FALSE"),
      );
      writeFileSync(join(path, "0002_b.sql"), "INSERT INTO things VALUES (1);");
      assert.deepEqual(await migrate(connection, folder), ["0002_b.sql"]);
    });

    test("two that start at once apply each file once", async () => {
      writeFileSync(join(path, "0001_a.sql"), "CREATE TABLE things (a integer);");
      const names = await Promise.all([migrate(connection, folder), migrate(connection, folder)]);
      assert.deepEqual(names.flat(), ["0001_a.sql"]);
    });

    test("going back is refused by default, and goes by .down.sql when allowed", async () => {
      writeFileSync(join(path, "0001_a.sql"), "CREATE TABLE things (a integer);");
      writeFileSync(join(path, "0002_b.sql"), "ALTER TABLE things ADD b integer;");
      writeFileSync(join(path, "0002_b.down.sql"), "ALTER TABLE things DROP b;");
      await migrate(connection, folder);
      await assert.rejects(revertMigrations(connection, folder, { to: 1 }), {
        code: "MIGRATION_REFUSED",
      });
      const all = revertMigrations(connection, folder, { to: 0, allowDataLoss: true });
      await assert.rejects(all, {
        code: "MIGRATION_REFUSED",
        message: /0001_a.sql back: it has no/,
      });
      assert.deepEqual(await revertMigrations(connection, folder, { to: 1, allowDataLoss: true }), [
        "0002_b.sql",
      ]);
      assert.deepEqual(await migrate(connection, folder), ["0002_b.sql"]);
    });

    test("drift names what was changed by hand", async () => {
      await generateMigration(folder, second, "all");
      await migrate(connection, folder);
      await connection.query("ALTER TABLE things DROP COLUMN kept");
      await connection.query("ALTER TABLE things ADD COLUMN extra text");
      await connection.query("ALTER TABLE things ALTER COLUMN size SET DEFAULT 6");
      await connection.query("ALTER TABLE things DROP CONSTRAINT things_owner_fkey");
      await connection.query("DROP INDEX things_size_label_key");
      const report = await driftReport(connection, second);
      assert.deepEqual(report.map(({ kind, name }) => `${kind} ${name}`).sort(), [
        "column extra",
        "column kept",
        "column size",
        "constraint things_owner_fkey",
        "index things_size_label_key",
      ]);
      const outcome = await migrationCommand({ action: "drift", connection, tables: second });
      assert.equal(outcome.exitCode, 1);
      assert.ok(
        outcome.lines.some((line) =>
          line.startsWith("column things.size: expected bigint NOT NULL DEFAULT"),
        ),
      );
      await connection.query("DROP TABLE things");
      assert.deepEqual(
        (await driftReport(connection, second)).map(({ kind, name }) => [kind, name]),
        [["table", "things"]],
      );
    });

    test("the command generates, applies and says so", async () => {
      const generate = { action: "generate", folder, tables: first, name: "start" } as const;
      assert.match(
        (await migrationCommand(generate)).lines.join("\n"),
        /Wrote 0001_start.sql:\nCREATE TABLE things/,
      );
      assert.deepEqual((await migrationCommand(generate)).lines, [
        "The definitions have not changed.",
      ]);
      const apply = { action: "apply", folder, connection } as const;
      assert.deepEqual((await migrationCommand(apply)).lines, ["Applied 0001_start.sql"]);
      assert.deepEqual((await migrationCommand(apply)).lines, ["Nothing to apply."]);
      assert.deepEqual(
        (await migrationCommand({ action: "drift", connection, tables: first })).lines,
        ["No drift."],
      );
      assert.deepEqual(readdirSync(path).sort(), ["0001_start.sql", "schema.json"]);
    });
  });
}
