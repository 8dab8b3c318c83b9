/**
 * Reads the service's binary frames. A frame is, little-endian:
 *
 *   0        4      8      12    16      24            32              32 + 12 n
 *   | magic  | index | step | n   | time  | energyError | n × (x, y, z) |
 *     u32      u32     u32    u32   f64     f64           float32
 *
 * `positions` are views into the response's buffer where the machine is little-endian (every machine
 * with a browser is); a frame therefore keeps its response alive, and the frame store copies what it keeps.
 */
import { ApiProblem } from "./problem.ts";

export const FRAME_MAGIC = 0x31465048;
export const FRAME_HEADER_BYTES = 32;

export interface Frame {
  readonly index: number;
  readonly step: number;
  readonly time: number;
  readonly energyError: number;
  /** x, y, z of each particle in turn. */
  readonly positions: Float32Array;
}

export interface DecodedFrames {
  readonly frames: readonly Frame[];
}

export function frameBytes(particles: number): number {
  return FRAME_HEADER_BYTES + 12 * particles;
}

/** Decodes frames laid end to end. A cut-off last frame or a wrong magic is an ApiProblem. */
export function decodeFrames(buffer: ArrayBuffer): DecodedFrames {
  const view = new DataView(buffer);
  const frames: Frame[] = [];
  let offset = 0;
  while (offset < buffer.byteLength) {
    if (buffer.byteLength - offset < FRAME_HEADER_BYTES) throw unreadable(offset, "is cut off");
    if (view.getUint32(offset, true) !== FRAME_MAGIC) throw unreadable(offset, "is not a frame");
    const n = view.getUint32(offset + 12, true);
    const end = offset + frameBytes(n);
    if (end > buffer.byteLength) throw unreadable(offset, "is cut off");
    frames.push({
      index: view.getUint32(offset + 4, true),
      step: view.getUint32(offset + 8, true),
      time: view.getFloat64(offset + 16, true),
      energyError: view.getFloat64(offset + 24, true),
      positions: new Float32Array(buffer, offset + FRAME_HEADER_BYTES, 3 * n),
    });
    offset = end;
  }
  return { frames };
}

function unreadable(offset: number, why: string): ApiProblem {
  return new ApiProblem(
    "unreadable",
    "Unreadable frames",
    `The recorded positions could not be read: what stands at byte ${offset} ${why}.`,
  );
}
