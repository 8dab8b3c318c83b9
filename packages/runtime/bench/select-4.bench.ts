/**
 * Receiving from whichever of four channels, and what that leaves behind: the same program is measured
 * again after ten million rounds of it, and the heap may not have grown.
 */
import { join } from "node:path";
import {
  interleave,
  runScript,
  type BenchCase,
  type Sample,
} from "../../../tools/bench/harness.ts";

const OURS = join(import.meta.dirname, "ours.ts");
const ROUNDS = { smoke: 1, quick: 20, full: 60 } as const;
const PROCESSES = { smoke: 1, quick: 3, full: 7 } as const;
const SELECTS = { smoke: 20_000, quick: 1_000_000, full: 10_000_000 } as const;
const COUNT = 20_000;

function process(name: string, count: number, rounds: number): Promise<Sample> {
  const args = ["--expose-gc", OURS, name, String(count), String(rounds)];
  return runScript(globalThis.process.execPath, args);
}

const bench: BenchCase = {
  name: "select-4",
  title: "receive from whichever of four channels; heap growth over ten million selects",
  async run({ size }) {
    const { ours } = await interleave(
      { ours: () => process("select-4", COUNT, ROUNDS[size]) },
      PROCESSES[size],
    );
    const growth = await process("select-4-heap", SELECTS[size], 0);
    return [
      {
        subject: "@hotpath/runtime, select of 4",
        value: (ours.median * 1e6) / COUNT,
        unit: "ns a select",
        better: "lower",
        spread: ours.spread,
        checksum: ours.checksum ?? "",
      },
      {
        subject: `heap growth over ${SELECTS[size]} selects`,
        value: growth.value,
        unit: "bytes",
        better: "lower",
      },
    ];
  },
};

export default bench;
