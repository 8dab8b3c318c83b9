/**
 * 300,000 particles (8 columns of 8 bytes) from typed arrays into a real PostgreSQL with fsync on, beside
 * INSERTs of as many rows as their parameters allow, in one transaction, prepared (100, 250, 1000 and 4000
 * rows a statement were slower or the same). The limit is a COPY that the server reads from a local file:
 * no client at all. Unit: milliseconds.
 */
import { interleave, type BenchCase } from "../../../tools/bench/harness.ts";
import { join } from "node:path";
import { connect, copyIn } from "@hotpath/tables";
import { createParticles, generate, particles } from "./particles.ts";
import { benchServer, variant } from "./server.ts";

const ROWS = { smoke: 2_000, quick: 100_000, full: 300_000 } as const;
const ROUNDS = { smoke: 1, quick: 3, full: 3 } as const;

const RIVALS = {
  pg: "node-postgres 8, multi-row INSERT",
  postgres: "postgres 3, multi-row INSERT",
  file: "the server's own COPY from a local file",
} as const;

const bench: BenchCase = {
  name: "copy-in",
  title:
    "particles from typed arrays to PostgreSQL: ours, multi-row INSERT by two drivers, the server alone",
  async run({ size, progress }) {
    const rows = ROWS[size];
    await using server = await benchServer();
    const connection = await connect({ url: server.url });
    await createParticles(connection);
    await copyIn(connection, particles, { columns: generate(rows, 7) });
    const file = join(server.folder, "rows.bin");
    await connection.query(`COPY bench_particles TO '${file}' (FORMAT binary)`);
    progress(`${ROUNDS[size]} rounds of ${rows} rows`);
    const medians = await interleave(
      {
        ours: () => variant("in-hotpath", server, rows),
        pg: () => variant("in-pg", server, rows),
        postgres: () => variant("in-postgres", server, rows),
        file: async () => {
          await connection.query("TRUNCATE bench_particles");
          const start = performance.now();
          await connection.query(`COPY bench_particles FROM '${file}' (FORMAT binary)`);
          return { value: performance.now() - start };
        },
      },
      ROUNDS[size],
    );
    await connection.close();
    return (["pg", "postgres", "file"] as const).map((rival) => ({
      subject: "hotpath copyIn",
      value: medians.ours.median,
      unit: "ms",
      better: "lower" as const,
      spread: medians.ours.spread,
      checksum: medians.ours.checksum ?? "",
      rival: RIVALS[rival],
      rivalValue: medians[rival].median,
    }));
  },
};

export default bench;
