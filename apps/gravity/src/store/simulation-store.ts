/**
 * The state of simulations in PostgreSQL: a row each, and their particles, which travel only as columns.
 *
 * Invariants:
 *  1. Particles and the row that describes them change in one transaction.
 *  2. save() is idempotent: it may be repeated when it is not known whether it was committed.
 */
import { Bodies, type CollisionRule, type IntegratorName } from "@hotpath/nbody";
import {
  connect,
  copyIn,
  copyOut,
  database,
  instant,
  microseconds,
  migrate,
  repeat,
  TablesError,
  transaction,
  type Connection,
  type CopyTarget,
  type KyselyTable,
  type Row,
  type Update,
} from "@hotpath/tables";
import type { Kysely } from "kysely";
import type { Logger } from "pino";
import type { GravityConfig } from "../config.ts";
import { particles, schema, type simulations } from "./schema.ts";
import type { NewSimulation, Simulation, SimulationPatch, Status } from "./simulation.ts";

const MIGRATIONS = new URL("migrations/", import.meta.url);
const STATEMENT_TIMEOUT_MS = 60_000;
/** Doubled with every try, up to the second. */
const REOPEN_MS = { first: 250, most: 5_000 } as const;
/** After these the database may be back a moment later, and every operation here may be repeated. */
const UNREACHABLE: ReadonlySet<string> = new Set([
  "DATABASE_UNREACHABLE",
  "CONNECTION_LOST",
  "CONNECTION_CLOSED",
  "COMMIT_UNKNOWN",
  "POOL_TIMEOUT",
]);

interface Tables {
  readonly simulations: KyselyTable<typeof simulations>;
  readonly particles: KyselyTable<typeof particles>;
}

/** Particles in shared memory, and the keys of their rows in the same order. */
export interface LoadedBodies {
  readonly bodies: Bodies;
  readonly ids: BigInt64Array;
}

/** Thrown by every operation until open() has succeeded. */
class NotOpen extends Error {
  override readonly name = "NotOpen";
  override readonly message = "the database is not open yet";
}

export class SimulationStore {
  readonly #config: GravityConfig;
  readonly #logger: Logger;
  readonly #giveUp = new AbortController();
  #connection: Connection | undefined;
  #database: Kysely<Tables> | undefined;

  constructor(config: GravityConfig, logger: Logger) {
    this.#config = config;
    this.#logger = logger;
  }

  /** Connects and migrates; tries again until the database is there or stopOpening() is called. */
  async open(): Promise<void> {
    for (let delayMs: number = REOPEN_MS.first; !this.#giveUp.signal.aborted; delayMs *= 2) {
      try {
        await this.#connect();
        return;
      } catch (error) {
        if (!this.isUnreachable(error)) throw error;
        const reason = (error as Error).message;
        this.#logger.error({ reason }, "the database cannot be reached; trying again");
        await this.#pause(Math.min(delayMs, REOPEN_MS.most));
      }
    }
  }

  stopOpening(): void {
    this.#giveUp.abort();
  }

  async close(): Promise<void> {
    this.#giveUp.abort();
    await this.#connection?.close();
  }

  isUnreachable(error: unknown): boolean {
    return (
      error instanceof NotOpen || (error instanceof TablesError && UNREACHABLE.has(error.code))
    );
  }

  async ping(): Promise<void> {
    if (this.#connection === undefined) throw new NotOpen();
    await this.#connection.query("SELECT 1", []);
  }

  async insert(simulation: NewSimulation, bodies: Bodies): Promise<Simulation> {
    const { id, units, errorTarget, snapshotEvery, perParticle, ...same } = simulation;
    return transaction(this.#db, {}, async (trx) => {
      const row = await trx
        .insertInto("simulations")
        .values({
          ...same,
          id,
          status: "accepted",
          gravity: units.G,
          softening: units.softening,
          error_target: errorTarget,
          snapshot_every: snapshotEvery,
          per_particle: perParticle,
        })
        .returningAll()
        .executeTakeFirstOrThrow();
      await writeParticles(trx, simulation, bodies);
      return simulationOf(row);
    });
  }

  async find(id: string): Promise<Simulation | undefined> {
    const row = await this.#db
      .selectFrom("simulations")
      .selectAll()
      .where("id", "=", id)
      .executeTakeFirst();
    return row === undefined ? undefined : simulationOf(row);
  }

  /** Newest first. */
  async list(limit: number, status: Status | undefined): Promise<Simulation[]> {
    let query = this.#db.selectFrom("simulations").selectAll();
    if (status !== undefined) query = query.where("status", "=", status);
    const rows = await query.orderBy("created", "desc").limit(limit).execute();
    return rows.map(simulationOf);
  }

  /** What an earlier process left, oldest first. */
  async unfinished(): Promise<Simulation[]> {
    const rows = await this.#db
      .selectFrom("simulations")
      .selectAll()
      .where("status", "in", ["accepted", "running"])
      .orderBy("created", "asc")
      .execute();
    return rows.map(simulationOf);
  }

  /** Changes the row if its status is one of `from`; whether it was. */
  async claim(id: string, from: readonly Status[], patch: SimulationPatch): Promise<boolean> {
    const { numUpdatedRows } = await this.#db
      .updateTable("simulations")
      .set(columnsOf(patch))
      .where("id", "=", id)
      .where("status", "in", [...from])
      .executeTakeFirst();
    return numUpdatedRows === 1n;
  }

  async update(id: string, patch: SimulationPatch): Promise<void> {
    await this.#db.updateTable("simulations").set(columnsOf(patch)).where("id", "=", id).execute();
  }

  /** The particles' columns, decoded straight into the kernels' own memory. */
  async loadBodies(simulation: Simulation): Promise<LoadedBodies> {
    const { id, perParticle } = simulation;
    const n = simulation.n - simulation.merged;
    const bodies = Bodies.allocate(n);
    const ids = new BigInt64Array(n);
    const into = { id: ids, ...columnsIn(bodies), ...(perParticle ? ownColumnsIn(bodies) : {}) };
    const { count } = await copyOut(this.#db, particles, {
      columns: Object.keys(into) as (keyof typeof into)[],
      where: { simulation_id: id },
      orderBy: ["id"],
      into,
    });
    if (count !== n) throw new Error(`simulation ${id} has ${count} particles instead of ${n}`);
    return { bodies, ids };
  }

  /** Particles that are fewer than were loaded get new rows, in the same order. */
  async save(simulation: Simulation, loaded: LoadedBodies, patch: SimulationPatch): Promise<void> {
    const { id } = simulation;
    await transaction(this.#db, {}, async (trx) => {
      await trx.deleteFrom("particles").where("simulation_id", "=", id).execute();
      const { bodies, ids } = loaded;
      await writeParticles(trx, simulation, bodies, ids.length === bodies.n ? ids : undefined);
      await trx.updateTable("simulations").set(columnsOf(patch)).where("id", "=", id).execute();
    });
  }

  async remove(id: string): Promise<void> {
    await this.#db.deleteFrom("simulations").where("id", "=", id).execute();
  }

  get #db(): Kysely<Tables> {
    if (this.#database === undefined) throw new NotOpen();
    return this.#database;
  }

  async #connect(): Promise<void> {
    const { databaseUrl, dataDir } = this.#config;
    const target =
      databaseUrl === undefined ? { dataDir: `${dataDir}/postgres` } : { url: databaseUrl };
    const connection = await connect({ ...target, statementTimeoutMs: STATEMENT_TIMEOUT_MS });
    try {
      const applied = await migrate(connection, MIGRATIONS);
      if (applied.length > 0) this.#logger.info({ applied }, "migrated");
    } catch (error) {
      await connection.close();
      throw error;
    }
    this.#connection = connection;
    this.#database = database(connection, schema);
  }

  async #pause(delayMs: number): Promise<void> {
    const { signal } = this.#giveUp;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, delayMs);
      signal.addEventListener("abort", () => (clearTimeout(timer), resolve()), { once: true });
    });
  }
}

async function writeParticles(
  target: CopyTarget,
  { id, perParticle }: Pick<NewSimulation, "id" | "perParticle">,
  bodies: Bodies,
  ids?: BigInt64Array,
): Promise<void> {
  const columns = {
    simulation_id: repeat(id),
    ...columnsIn(bodies),
    ...(perParticle ? ownColumnsIn(bodies) : {}),
  };
  await copyIn(target, particles, {
    count: bodies.n,
    columns: ids === undefined ? columns : { id: ids, ...columns },
  });
}

function columnsIn(
  bodies: Bodies,
): Record<
  "mass" | "pos_x" | "pos_y" | "pos_z" | "vel_x" | "vel_y" | "vel_z",
  Float64Array<SharedArrayBuffer>
> {
  const { mass, x, y, z, vx, vy, vz } = bodies;
  return { mass, pos_x: x, pos_y: y, pos_z: z, vel_x: vx, vel_y: vy, vel_z: vz };
}

/** `number` is the identity that a body keeps through mergers: its first index. */
function ownColumnsIn({ softening, radius, id }: Bodies): {
  readonly softening: Float64Array<SharedArrayBuffer>;
  readonly radius: Float64Array<SharedArrayBuffer>;
  readonly number: Int32Array<SharedArrayBuffer>;
} {
  return { softening, radius, number: new Int32Array(id.buffer, id.byteOffset, id.length) };
}

function simulationOf(row: Row<typeof simulations>): Simulation {
  return {
    id: row.id,
    name: row.name,
    status: row.status as Status,
    initial: row.initial,
    units: { G: row.gravity, softening: row.softening },
    integrator: row.integrator as IntegratorName,
    solver: row.solver as Simulation["solver"],
    errorTarget: row.error_target,
    theta: row.theta,
    collisions: row.collisions as CollisionRule,
    restitution: row.restitution,
    perParticle: row.per_particle,
    dt: row.dt,
    steps: row.steps,
    snapshotEvery: row.snapshot_every,
    n: row.n,
    step: row.step,
    time: row.time,
    frames: row.frames,
    forces: row.forces,
    forceError: row.force_error,
    initialEnergy: row.initial_energy,
    energyError: row.energy_error,
    message: row.message,
    merged: row.merged,
    bounces: row.bounces,
    failure: row.failure,
    created: instant(row.created),
    started: row.started === null ? null : instant(row.started),
    finished: row.finished === null ? null : instant(row.finished),
  };
}

function columnsOf(patch: SimulationPatch): Update<typeof simulations> {
  const { initialEnergy, energyError, forceError, started, finished, ...same } = patch;
  return {
    ...same,
    ...(initialEnergy === undefined ? {} : { initial_energy: initialEnergy }),
    ...(forceError === undefined ? {} : { force_error: forceError }),
    ...(energyError === undefined ? {} : { energy_error: energyError }),
    ...(started === undefined ? {} : { started: started === null ? null : microseconds(started) }),
    ...(finished === undefined
      ? {}
      : { finished: finished === null ? null : microseconds(finished) }),
  };
}
