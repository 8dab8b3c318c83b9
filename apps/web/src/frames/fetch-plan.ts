/** Which frames to ask the service for next. */
import { frameBytes } from "../api/frames.ts";
import type { FrameStore } from "./frame-store.ts";

/** A response's size that is a fraction of a second on a home network and a moment to decode. */
const RESPONSE_BYTES = 4 << 20;
const MOST_FRAMES = 256;

export interface FrameRange {
  readonly from: number;
  /** Exclusive. */
  readonly to: number;
}

/**
 * The next range, or undefined where nothing is missing. While every frame is kept, ranges are as
 * long as a response may be; once the store keeps only every `stride`th, frames are asked for singly.
 */
export function nextRange(
  store: Pick<FrameStore, "newest" | "stride">,
  particles: number,
  recorded: number,
  over: boolean,
): FrameRange | undefined {
  const last = store.newest?.index ?? -1;
  if (last + 1 >= recorded) return undefined;
  if (store.stride === 1) {
    const most = Math.max(1, Math.floor(RESPONSE_BYTES / frameBytes(particles)));
    const from = last + 1;
    return { from, to: Math.min(recorded, from + Math.min(most, MOST_FRAMES)) };
  }
  const next = last < 0 ? 0 : (Math.floor(last / store.stride) + 1) * store.stride;
  if (next < recorded) return { from: next, to: next + 1 };
  return over ? { from: recorded - 1, to: recorded } : undefined;
}
