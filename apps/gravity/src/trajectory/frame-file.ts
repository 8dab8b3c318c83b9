/**
 * Recorded frames of one simulation: a file of records of one size, appended by the worker that runs
 * the simulation and read by the API.
 *
 *   record   0  u32 magic 0x31465048 ("HPF1")
 *            4  u32 index of the frame
 *            8  u32 step
 *           12  u32 n
 *           16  f64 simulated time
 *           24  f64 relative energy error
 *           32  n × { f32 x, f32 y, f32 z }
 *
 * n is the number of particles at the start, and a particle keeps its place: one that was merged into another
 * is NaN from then on.
 *
 * All little-endian. A record that a crash left incomplete is beyond floor(size / record) and does not
 * count; the next writer truncates it away.
 */
import { closeSync, fstatSync, ftruncateSync, openSync, writeSync } from "node:fs";
import { open, rm } from "node:fs/promises";
import { endianness } from "node:os";
import { join } from "node:path";

export const FRAME_HEADER_BYTES = 32;
export const FRAME_MAGIC = 0x31465048;

/** One response carries at most this much; the client asks again from the next index. */
const CHUNK_BYTES = 8 << 20;

export interface FrameInfo {
  readonly step: number;
  /** In the simulation's own unit. */
  readonly time: number;
  /** |E − E₀| / |E₀|. */
  readonly energyError: number;
}

/** Positions, struct of arrays, n long each; `id` is each body's place in a frame. */
export interface Positions {
  readonly n: number;
  readonly id: Uint32Array;
  readonly x: Float64Array;
  readonly y: Float64Array;
  readonly z: Float64Array;
}

export function frameBytes(n: number): number {
  return FRAME_HEADER_BYTES + n * 12;
}

export function framePath(folder: string, id: string): string {
  return join(folder, `${id}.frames`);
}

/** The writing end, synchronous: a worker thread has nothing else to do while the disk takes a frame. */
export class FrameWriter {
  readonly #fd: number;
  readonly #n: number;
  readonly #record: Buffer;
  #count: number;

  /** Keeps the first `keep` frames of a file that is already there and drops the rest. */
  constructor(path: string, n: number, keep: number) {
    if (endianness() !== "LE") throw new Error("frames are written by little-endian machines only");
    this.#fd = openSync(path, keep === 0 ? "w+" : "r+");
    this.#n = n;
    this.#record = Buffer.alloc(frameBytes(n));
    this.#count = Math.min(keep, Math.floor(fstatSync(this.#fd).size / frameBytes(n)));
    ftruncateSync(this.#fd, this.#count * frameBytes(n));
  }

  get count(): number {
    return this.#count;
  }

  append(bodies: Positions, info: FrameInfo): void {
    const record = this.#record;
    record.writeUInt32LE(FRAME_MAGIC, 0);
    record.writeUInt32LE(this.#count, 4);
    record.writeUInt32LE(info.step, 8);
    record.writeUInt32LE(this.#n, 12);
    record.writeDoubleLE(info.time, 16);
    record.writeDoubleLE(info.energyError, 24);
    const out = new Float32Array(
      record.buffer,
      record.byteOffset + FRAME_HEADER_BYTES,
      this.#n * 3,
    );
    const { n, id, x, y, z } = bodies;
    if (n < this.#n) out.fill(Number.NaN);
    for (let i = 0; i < n; i++) {
      const k = 3 * id[i]!;
      out[k] = x[i]!;
      out[k + 1] = y[i]!;
      out[k + 2] = z[i]!;
    }
    const at = this.#count * record.length;
    let written = 0;
    while (written < record.length) {
      written += writeSync(this.#fd, record, written, record.length - written, at + written);
    }
    this.#count++;
  }

  close(): void {
    closeSync(this.#fd);
  }
}

export interface FrameRange {
  /** Frames in the file at the moment of asking. */
  readonly recorded: number;
  readonly bytes: Uint8Array;
}

/** Frames [from, to), fewer if the answer would grow past the chunk limit; none is not an error. */
export async function readFrames(
  path: string,
  n: number,
  from: number,
  to: number,
): Promise<FrameRange> {
  const file = await open(path, "r").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return undefined;
    throw error;
  });
  if (file === undefined) return { recorded: 0, bytes: new Uint8Array(0) };
  try {
    const size = frameBytes(n);
    const recorded = Math.floor((await file.stat()).size / size);
    const most = Math.max(1, Math.floor(CHUNK_BYTES / size));
    const count = Math.max(0, Math.min(to, recorded, from + most) - from);
    const bytes = Buffer.allocUnsafe(count * size);
    const { bytesRead } = await file.read(bytes, 0, bytes.length, from * size);
    return { recorded, bytes: bytes.subarray(0, bytesRead - (bytesRead % size)) };
  } finally {
    await file.close();
  }
}

export async function removeFrames(path: string): Promise<void> {
  await rm(path, { force: true });
}
