/**
 * Values from one thread to another: SharedChannel beside MessagePort.
 * Batched: chunks of 1024 u32, received and summed on the other side. Round trip: one value there and
 * back, both sides waiting asynchronously, on warm threads; then the same with both threads blocking, and
 * a barrier of two threads, which has no rival.
 */
import { interleave, type BenchCase } from "../../../tools/bench/harness.ts";
import { PROCESSES, variant } from "./thread-compare.ts";

const BATCHED = { smoke: 200 * 1024, quick: 4000 * 1024, full: 8000 * 1024 } as const;
const SINGLE = { smoke: 10_000, quick: 500_000, full: 1_000_000 } as const;
const TRIPS = { smoke: 200, quick: 10_000, full: 20_000 } as const;

const bench: BenchCase = {
  name: "shared-channel",
  title: "u32 values and round trips between threads: SharedChannel, MessagePort",
  async run({ size }) {
    const trips = TRIPS[size];
    const batched = { size, count: BATCHED[size], scale: (ms: number) => BATCHED[size] / ms / 1e3 };
    const trip = { size, count: trips, scale: (ms: number) => (ms * 1e3) / trips };
    const medians = await interleave(
      {
        batches: variant({ ...batched, script: "ours", name: "batches" }),
        batchesPort: variant({ ...batched, script: "port", name: "batches" }),
        singles: variant({
          script: "ours",
          name: "singles",
          size,
          count: SINGLE[size],
          scale: (ms) => SINGLE[size] / ms / 1e3,
        }),
        trip: variant({ ...trip, script: "ours", name: "round-trip" }),
        tripPort: variant({ ...trip, script: "port", name: "round-trip" }),
        tripSync: variant({ ...trip, script: "ours", name: "round-trip-sync" }),
        barrier: variant({ ...trip, script: "ours", name: "barrier" }),
      },
      PROCESSES[size],
    );
    const port = "MessagePort";
    const us = { unit: "µs a round trip", better: "lower" } as const;
    const perSecond = { unit: "million u32/s", better: "higher" } as const;
    const { batches, batchesPort, singles, trip: async, tripPort, tripSync, barrier } = medians;
    return [
      {
        ...perSecond,
        subject: "sendAll to receiveBatch",
        value: batches.median,
        rival: port,
        rivalValue: batchesPort.median,
        checksum: batches.checksum ?? "",
      },
      { ...perSecond, subject: "send to receive, one by one", value: singles.median },
      {
        ...us,
        subject: "both waiting",
        value: async.median,
        rival: port,
        rivalValue: tripPort.median,
        checksum: async.checksum ?? "",
      },
      { ...us, subject: "both blocking", value: tripSync.median },
      { subject: "barrier of 2", value: barrier.median, unit: "µs a round", better: "lower" },
    ];
  },
};

export default bench;
