/** Where things lie in the shared memory: the same as wasm/memory-map.ts, which draws it. */
export const MEMORY_MAP = {
  published: 40,
  misses: 48,
  evictions: 52,
  dirtyCount: 80,
  settledTo: 88,
  framesAt: 32,
  frameCount: 8,
  fresh: 16,
  reservedFrom: 36,
  segments: 0x120000,
  segmentBytes: 32,
  states: 0x1a0000,
} as const;

/** What `beginLoad` answers instead of a frame. */
export const RESIDENT = 0;
export const BUSY: number = -1;
export const FULL: number = -2;

/** Bytes of a memory with `frames` frames. */
export function memoryBytes(frames: number): number {
  const framesAt = (MEMORY_MAP.states + frames * 8 + 0xfff) & ~0xfff;
  return framesAt + frames * 4096;
}

/** How many frames fit. */
export function framesIn(bytes: number): number {
  return Math.floor((bytes - MEMORY_MAP.states - 4096) / (4096 + 8));
}
