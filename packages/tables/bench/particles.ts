/** The table of the COPY benchmarks: 8 columns of 8 bytes, the particles of a simulation. */
import { bigint, createSql, float8, table, type Connection } from "@hotpath/tables";

export const particles = table("bench_particles", {
  id: bigint().primaryKey(),
  mass: float8(),
  pos_x: float8(),
  pos_y: float8(),
  pos_z: float8(),
  vel_x: float8(),
  vel_y: float8(),
  vel_z: float8(),
});

export const FLOATS = ["mass", "pos_x", "pos_y", "pos_z", "vel_x", "vel_y", "vel_z"] as const;
export type FloatName = (typeof FLOATS)[number];

export type Columns = { readonly id: BigInt64Array } & {
  readonly [Name in FloatName]: Float64Array;
};

/** Seeded: the same numbers in every run. Full mantissas, as a simulation has them. */
export function generate(count: number, seed: number): Columns {
  let state = seed >>> 0;
  const next = (): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32 + 1 / (state + 3);
  };
  const columns: Record<string, Float64Array | BigInt64Array> = {
    id: BigInt64Array.from({ length: count }, (_, k) => BigInt(k)),
  };
  for (const name of FLOATS) columns[name] = Float64Array.from({ length: count }, next);
  return columns as unknown as Columns;
}

export function emptyColumns(count: number): Columns {
  const columns: Record<string, Float64Array | BigInt64Array> = { id: new BigInt64Array(count) };
  for (const name of FLOATS) columns[name] = new Float64Array(count);
  return columns as unknown as Columns;
}

/** Proves that two variants saw the same rows, in whatever order: sums per column. */
export function checksum(columns: Columns): string {
  let id = 0n;
  for (const value of columns.id) id += value;
  const sums = FLOATS.map((name) => {
    // Sums of the bits are exact, so they do not depend on the order.
    const bits = new BigUint64Array(
      columns[name].buffer,
      columns[name].byteOffset,
      columns[name].length,
    );
    let sum = 0n;
    for (const value of bits) sum = BigInt.asUintN(64, sum + value);
    return sum.toString(36);
  });
  return [id, ...sums].join(":");
}

export async function createParticles(connection: Connection): Promise<void> {
  await connection.query(createSql(particles).trim().replace(/;$/, ""));
}
