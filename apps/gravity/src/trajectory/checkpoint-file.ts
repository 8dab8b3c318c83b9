/**
 * The last checkpoint of a running simulation: one file, replaced atomically, written by the worker that
 * runs it and read by the one that takes it up again.
 *
 *   0   u32 magic 0x4b435048 ("HPCK")
 *   4   u32 version 2
 *   8   f64 total energy at step 0
 *   16  f64 bounces before the system was made
 *   24  the system's own checkpoint (@hotpath/nbody)
 *
 * Little-endian. A crash leaves the old file or the new one, never a part: the bytes are on the disk
 * before the name is.
 */
import {
  closeSync,
  fsyncSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";

const MAGIC = 0x4b435048;
const VERSION = 2;
const HEADER_BYTES = 24;

export interface Checkpoint {
  readonly initialEnergy: number;
  /** Those that the system does not count: it was made anew after them. */
  readonly bouncesBefore: number;
  readonly system: Uint8Array;
}

export function checkpointPath(folder: string, id: string): string {
  return join(folder, `${id}.checkpoint`);
}

export function writeCheckpoint(path: string, checkpoint: Checkpoint): void {
  const header = Buffer.alloc(HEADER_BYTES);
  header.writeUInt32LE(MAGIC, 0);
  header.writeUInt32LE(VERSION, 4);
  header.writeDoubleLE(checkpoint.initialEnergy, 8);
  header.writeDoubleLE(checkpoint.bouncesBefore, 16);
  const fd = openSync(`${path}.new`, "w");
  try {
    writeSync(fd, header);
    for (let done = 0; done < checkpoint.system.length;) {
      done += writeSync(fd, checkpoint.system, done);
    }
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
  renameSync(`${path}.new`, path);
}

/** Undefined when there is none, or none that this version can read: the run then begins anew. */
export function readCheckpoint(path: string): Checkpoint | undefined {
  let bytes: Buffer;
  try {
    bytes = readFileSync(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
  if (
    bytes.length < HEADER_BYTES ||
    bytes.readUInt32LE(0) !== MAGIC ||
    bytes.readUInt32LE(4) !== VERSION
  ) {
    return undefined;
  }
  return {
    initialEnergy: bytes.readDoubleLE(8),
    bouncesBefore: bytes.readDoubleLE(16),
    system: bytes.subarray(HEADER_BYTES),
  };
}

export function removeCheckpoint(path: string): void {
  rmSync(path, { force: true });
  rmSync(`${path}.new`, { force: true });
}
