/** 400 pieces of work of about a millisecond each on two threads: parallel() beside one thread and piscina. */
import { interleave, type BenchCase } from "../../../tools/bench/harness.ts";
import { PROCESSES, variant } from "./thread-compare.ts";

const PIECES = { smoke: 20, quick: 200, full: 400 } as const;

const bench: BenchCase = {
  name: "cpu-fanout",
  title: "CPU-bound pieces on 2 threads: ours, one thread, piscina",
  async run({ size }) {
    const options = { size, count: PIECES[size], scale: (ms: number) => ms };
    const { ours, one, piscina } = await interleave(
      {
        ours: variant({ ...options, script: "ours", name: "cpu-fanout" }),
        one: variant({ ...options, script: "ours", name: "one-thread" }),
        piscina: variant({ ...options, script: "piscina", name: "cpu-fanout" }),
      },
      PROCESSES[size],
    );
    const row = {
      subject: "parallel() on 2 threads",
      value: ours.median,
      unit: "ms",
      better: "lower",
      spread: ours.spread,
      checksum: ours.checksum ?? "",
    } as const;
    return [
      { ...row, rival: "one thread", rivalValue: one.median },
      { ...row, rival: "piscina", rivalValue: piscina.median },
    ];
  },
};

export default bench;
