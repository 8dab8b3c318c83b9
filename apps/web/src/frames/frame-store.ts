/**
 * The frames of one simulation that the page keeps, within a limit of bytes.
 *
 * Invariants:
 *   1. Frames stand in ascending order of index; an index is held at most once.
 *   2. Every held frame's index is a multiple of `stride`, except possibly the newest.
 *   3. The sum of positions held is at most `capacityBytes` (but two frames are always kept): when
 *      it would be passed, `stride` doubles and every other frame is let go.
 *
 * So a run of any length is kept whole in time, ever more coarsely, and the viewer interpolates.
 * Owns its copies of positions: the responses they came from can be collected.
 */
import type { Frame } from "../api/frames.ts";

export class FrameStore {
  readonly capacity: number;
  #stride: number;
  #frames: Frame[] = [];

  /** `expected`: how many frames the run will have in all, so that the first stride is the last one. */
  constructor(particles: number, capacityBytes: number, expected: number) {
    this.capacity = Math.max(2, Math.floor(capacityBytes / (12 * Math.max(1, particles))));
    this.#stride = 1;
    while (Math.ceil(expected / this.#stride) > this.capacity) this.#stride *= 2;
  }

  get stride(): number {
    return this.#stride;
  }

  get length(): number {
    return this.#frames.length;
  }

  get newest(): Frame | undefined {
    return this.#frames.at(-1);
  }

  at(place: number): Frame | undefined {
    return this.#frames[place];
  }

  /** Keeps a frame that is newer than all held; others are passed over. */
  add(frame: Frame): void {
    const newest = this.newest;
    if (newest !== undefined && frame.index <= newest.index) return;
    if (newest !== undefined && newest.index % this.#stride !== 0) this.#frames.pop();
    this.#frames.push({ ...frame, positions: frame.positions.slice() });
    while (this.#frames.length > this.capacity) this.#thin();
  }

  /** The place of the last frame at or before `index`: O(log n). -1 where there is none. */
  placeOf(index: number): number {
    let low = 0;
    let high = this.#frames.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#frames[middle]!.index <= index) low = middle + 1;
      else high = middle;
    }
    return low - 1;
  }

  #thin(): void {
    this.#stride *= 2;
    const newest = this.#frames.at(-1)!;
    this.#frames = this.#frames.filter(
      (frame) => frame.index % this.#stride === 0 || frame === newest,
    );
  }
}
