/**
 * 1,000,000 particles (8 columns of 8 bytes) from a real PostgreSQL on loopback to typed arrays, beside
 * node-postgres and the postgres driver (rows, then conversion to the same arrays) and psql writing the
 * same binary COPY to /dev/null. Unit: milliseconds; then the resident memory it takes.
 */
import { interleave, type BenchCase, type BenchResult } from "../../../tools/bench/harness.ts";
import { connect, copyIn } from "@hotpath/tables";
import { createParticles, generate, particles } from "./particles.ts";
import { benchServer, psql, variant } from "./server.ts";

const ROWS = { smoke: 2_000, quick: 200_000, full: 1_000_000 } as const;
const ROUNDS = { smoke: 1, quick: 3, full: 5 } as const;
const COPY = "\\copy bench_particles to '/dev/null' with (format binary)";

const RIVALS = {
  pg: "node-postgres 8, rows and conversion",
  postgres: "postgres 3, rows and conversion",
  psql: "psql \\copy binary to /dev/null",
} as const;

const bench: BenchCase = {
  name: "copy-out",
  title: "particles from PostgreSQL to typed arrays: ours, node-postgres, postgres, psql \\copy",
  async run({ size, progress }) {
    const rows = ROWS[size];
    await using server = await benchServer();
    const connection = await connect({ url: server.url });
    await createParticles(connection);
    await copyIn(connection, particles, { columns: generate(rows, 1) });
    await connection.query("VACUUM (ANALYZE, FREEZE) bench_particles");
    await connection.close();
    progress(`${ROUNDS[size]} rounds of ${rows} rows`);
    const medians = await interleave(
      {
        ours: () => variant("out-hotpath", server, rows),
        pg: () => variant("out-pg", server, rows),
        postgres: () => variant("out-postgres", server, rows),
        psql: () => psql(server, COPY, 3),
        memory: () => variant("memory", server, rows),
      },
      ROUNDS[size],
    );
    const { ours, memory } = medians;
    for (const rival of ["pg", "postgres"] as const) {
      if (medians[rival].checksum !== ours.checksum) throw new Error(`${rival} read other rows`);
    }
    const results: BenchResult[] = (["pg", "postgres", "psql"] as const).map((rival) => ({
      subject: "hotpath copyOut",
      value: ours.median,
      unit: "ms",
      better: "lower",
      spread: ours.spread,
      checksum: ours.checksum ?? "",
      rival: RIVALS[rival],
      rivalValue: medians[rival].median,
    }));
    results.push({
      subject: "resident memory of copyOut",
      value: memory.median,
      unit: "× the columns",
      better: "lower",
      spread: memory.spread,
    });
    return results;
  },
};

export default bench;
