/**
 * SELECT by id, prepared, of one row of 8 columns: through a Connection and on the bare postgres driver,
 * which ours is built on, with 4 connections each; one at a time, and 64 at a time. Unit: reads a second.
 */
import { interleave, type BenchCase } from "../../../tools/bench/harness.ts";
import { connect, copyIn } from "@hotpath/tables";
import { createParticles, generate, particles } from "./particles.ts";
import { benchServer, variant } from "./server.ts";

const READS = { smoke: 200, quick: 3_000, full: 10_000 } as const;
const ROUNDS = { smoke: 1, quick: 9, full: 15 } as const;

const bench: BenchCase = {
  name: "sql-point",
  title: "SELECT by id, prepared: ours beside the bare postgres driver",
  async run({ size, progress }) {
    const reads = READS[size];
    await using server = await benchServer();
    const connection = await connect({ url: server.url });
    await createParticles(connection);
    await copyIn(connection, particles, { columns: generate(10_000, 1) });
    await connection.query("VACUUM (ANALYZE, FREEZE) bench_particles");
    await connection.close();
    progress(`${ROUNDS[size]} rounds of ${reads} reads`);
    const medians = await interleave(
      {
        one: () => variant("point-hotpath@1", server, reads),
        oneRival: () => variant("point-postgres@1", server, reads),
        many: () => variant("point-hotpath@64", server, reads),
        manyRival: () => variant("point-postgres@64", server, reads),
      },
      ROUNDS[size],
    );
    return [
      { depth: "one at a time", ours: medians.one, rival: medians.oneRival },
      { depth: "64 at a time", ours: medians.many, rival: medians.manyRival },
    ].map(({ depth, ours, rival }) => ({
      subject: `hotpath query, ${depth}`,
      value: ours.median,
      unit: "reads/s",
      better: "higher" as const,
      spread: ours.spread,
      rival: `postgres 3, ${depth}`,
      rivalValue: rival.median,
    }));
  },
};

export default bench;
