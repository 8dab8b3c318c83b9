/** RocksDB's side of the mix: compiled from bench/rivals/storage when g++ and librocksdb-dev are there. */
import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { MissingRival, runScript, type Sample } from "../../../tools/bench/harness.ts";
import { VariantFolder } from "./variant-folder.ts";

const SOURCE = fileURLToPath(
  new URL("../../../bench/rivals/storage/rocksdb-mix.cc", import.meta.url),
);

/** Compiles into the folder; answers the program. */
export function compileRocksdbMix(folder: string): string {
  const program = `${folder}/rocksdb-mix`;
  const flags = ["-O2", "-std=c++17", SOURCE, "-lrocksdb", "-lpthread", "-o", program];
  try {
    execFileSync("g++", flags, { stdio: "pipe" });
  } catch {
    throw new MissingRival("needs g++ and RocksDB: apt-get install g++ librocksdb-dev");
  }
  return program;
}

export interface MixSize {
  readonly rows: number;
  readonly scanned: number;
  readonly seconds: number;
}

export async function runRocksdbMix(
  program: string,
  { rows, scanned, seconds }: MixSize,
  threads: number,
  sync: boolean,
): Promise<Sample> {
  using folder = new VariantFolder();
  const numbers = [rows, scanned, seconds, threads, sync ? 1 : 0].map(String);
  return await runScript(program, [`${folder.path}/db`, ...numbers]);
}
