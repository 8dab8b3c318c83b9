/** The tables. Migrations in migrations/ are what a database is made from; this is what the code knows of it. */
import {
  bigint,
  float8,
  integer,
  jsonb,
  sqlDefault,
  table,
  text,
  timestamptz,
  uuid,
} from "@hotpath/tables";
import type { Initial } from "./simulation.ts";

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
    created: timestamptz().default(sqlDefault("now()")),
    started: timestamptz().nullable(),
    finished: timestamptz().nullable(),
  },
  { indexes: [["created"], ["status"]] },
);

/** One row a particle, in the order of `id`: insertion order, kept by every write. */
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
  },
  { indexes: [["simulation_id", "id"]] },
);

export const schema = { simulations, particles };
