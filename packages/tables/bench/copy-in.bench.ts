/**
 * 300,000 particles (8 columns of 8 bytes) from typed arrays into a real PostgreSQL with fsync on, beside
 * INSERTs of as many rows as their parameters allow, in one transaction, prepared. Unit: milliseconds.
 */
import { interleave, type BenchCase } from "../../../tools/bench/harness.ts";
import { connect } from "@hotpath/tables";
import { createParticles } from "./particles.ts";
import { benchServer, variant } from "./server.ts";

const ROWS = { smoke: 2_000, quick: 100_000, full: 300_000 } as const;
const ROUNDS = { smoke: 1, quick: 3, full: 3 } as const;

const RIVALS = {
  pg: "node-postgres 8, multi-row INSERT",
  postgres: "postgres 3, multi-row INSERT",
} as const;

const bench: BenchCase = {
  name: "copy-in",
  title: "particles from typed arrays to PostgreSQL: ours, multi-row INSERT by two drivers",
  async run({ size, progress }) {
    const rows = ROWS[size];
    await using server = await benchServer();
    const connection = await connect({ url: server.url });
    await createParticles(connection);
    await connection.close();
    progress(`${ROUNDS[size]} rounds of ${rows} rows`);
    const medians = await interleave(
      {
        ours: () => variant("in-hotpath", server, rows),
        pg: () => variant("in-pg", server, rows),
        postgres: () => variant("in-postgres", server, rows),
      },
      ROUNDS[size],
    );
    return (["pg", "postgres"] as const).map((rival) => ({
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
