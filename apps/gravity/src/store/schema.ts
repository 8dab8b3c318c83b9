/** The tables. Migrations in migrations/ are what a database is made from; this is what the code knows of it. */
import {
  bigint,
  boolean,
  float8,
  integer,
  jsonb,
  sqlDefault,
  table,
  text,
  timestamptz,
  uuid,
} from "@hotpath/tables";
import type { Initial, RunFailure } from "./simulation.ts";

export const simulations = table(
  "simulations",
  {
    id: uuid().primaryKey(),
    name: text(),
    status: text(),
    initial: jsonb<Initial>(),
    gravity: float8(),
    softening: float8(),
    integrator: text(),
    solver: text(),
    error_target: float8().nullable(),
    theta: float8().nullable(),
    collisions: text().default("none"),
    restitution: float8().default(1),
    per_particle: boolean().default(false),
    dt: float8(),
    steps: integer(),
    snapshot_every: integer(),
    n: integer(),
    step: integer().default(0),
    time: float8().default(0),
    frames: integer().default(0),
    forces: text().nullable(),
    force_error: float8().nullable(),
    initial_energy: float8().nullable(),
    energy_error: float8().nullable(),
    message: text().nullable(),
    merged: integer().default(0),
    bounces: integer().default(0),
    failure: jsonb<RunFailure>().nullable(),
    created: timestamptz().default(sqlDefault("now()")),
    started: timestamptz().nullable(),
    finished: timestamptz().nullable(),
  },
  { indexes: [["created"], ["status"]] },
);

/**
 * One row a particle, in the order of `id`: insertion order, kept by every write. The last three columns are
 * read and written only where the simulation says `per_particle`; `number` is the index that the particle
 * had at the start, kept when others merge.
 */
export const particles = table(
  "particles",
  {
    id: bigint().identity(),
    simulation_id: uuid().references(simulations, "id", { onDelete: "cascade" }),
    mass: float8(),
    pos_x: float8(),
    pos_y: float8(),
    pos_z: float8(),
    vel_x: float8(),
    vel_y: float8(),
    vel_z: float8(),
    softening: float8().default(0),
    radius: float8().default(0),
    number: integer().default(0),
  },
  { indexes: [["simulation_id", "id"]] },
);

export const schema = { simulations, particles };
