/** Who may name a frame: 1,024 places on all threads together. Their layout: a frame, who owns the place, and what read.ts says. */
import { lock, unlock } from "./frames";
import { HAZARDS, HAZARDS_USED, HAZARD_BYTES, HAZARD_LIMIT } from "./memory-map";

/** A hazard of one's own: its address, or 0 when all are in use. */
export function takeHazard(owner: u32): usize {
  lock();
  let at: usize = 0;
  const used = load<u32>(HAZARDS_USED);
  for (let k: u32 = 0; k < HAZARD_LIMIT; k++) {
    const candidate = HAZARDS + (k as usize) * HAZARD_BYTES;
    if (load<u32>(candidate + 4) != 0) continue;
    memory.fill(candidate, 0, HAZARD_BYTES);
    store<u32>(candidate + 4, owner);
    if (k >= used) atomic.store<u32>(HAZARDS_USED, k + 1);
    at = candidate;
    break;
  }
  unlock();
  return at;
}

export function releaseHazard(at: usize): void {
  atomic.store<u32>(at, 0);
  store<u32>(at + 4, 0);
}

/** Gives back the hazards of a thread that ended without doing so. */
export function releaseHazardsOf(owner: u32): u32 {
  let released: u32 = 0;
  for (let k: u32 = 0; k < load<u32>(HAZARDS_USED); k++) {
    const at = HAZARDS + (k as usize) * HAZARD_BYTES;
    if (load<u32>(at + 4) != owner) continue;
    releaseHazard(at);
    released++;
  }
  return released;
}
