/** The migrations as one command, for a command line: `hotpath tables <action>`. */
import type { Connection } from "../connection/connect.ts";
import type { AnyTable } from "../definition/table.ts";
import { driftReport } from "./drift.ts";
import { generateMigration } from "./generate.ts";
import { migrate, revertMigrations } from "./migrate.ts";

export type MigrationCommand =
  | {
      readonly action: "generate";
      readonly folder: URL;
      readonly tables: readonly AnyTable[];
      readonly name: string;
    }
  | { readonly action: "apply"; readonly folder: URL; readonly connection: Connection }
  | {
      readonly action: "drift";
      readonly connection: Connection;
      readonly tables: readonly AnyTable[];
    }
  | {
      readonly action: "revert";
      readonly folder: URL;
      readonly connection: Connection;
      readonly to: number;
      readonly allowDataLoss: boolean;
    };

export interface CommandOutcome {
  /** What to print. */
  readonly lines: readonly string[];
  /** 0: as it should be; 1: there is drift. */
  readonly exitCode: 0 | 1;
}

export async function migrationCommand(command: MigrationCommand): Promise<CommandOutcome> {
  switch (command.action) {
    case "generate": {
      const made = await generateMigration(command.folder, command.tables, command.name);
      if (made === undefined) return done(["The definitions have not changed."]);
      return done([
        `Wrote ${made.name}:`,
        made.sql,
        ...made.review.map((line) => `Review: ${line}`),
      ]);
    }
    case "apply": {
      const names = await migrate(command.connection, command.folder);
      return done(
        names.length === 0 ? ["Nothing to apply."] : names.map((name) => `Applied ${name}`),
      );
    }
    case "drift": {
      const drifts = await driftReport(command.connection, command.tables);
      const lines = drifts.map(
        ({ kind, table, name, expected = "nothing", actual = "nothing" }) =>
          `${kind} ${kind === "table" ? name : `${table}.${name}`}: expected ${expected}, found ${actual}`,
      );
      return lines.length === 0 ? done(["No drift."]) : { lines, exitCode: 1 };
    }
    case "revert": {
      const names = await revertMigrations(command.connection, command.folder, command);
      return done(names.map((name) => `Took ${name} back`));
    }
  }
}

function done(lines: readonly string[]): CommandOutcome {
  return { lines, exitCode: 0 };
}
