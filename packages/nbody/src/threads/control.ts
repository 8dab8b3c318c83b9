/**
 * How threads share the shares of a job. Six words of shared memory, no locks:
 *
 *   TICKET      shares << 16 | next    taking a share is one atomic add; a ticket whose `next` has
 *                                      reached `shares` is void
 *   DONE        shares completed       the owner waits for it to reach `shares`
 *   GENERATION  counts the jobs        idle workers sleep on it
 *   ATTACHMENT  which bodies and kernel the job is for
 *   FAILED      1 after a worker has thrown
 *   CLOSING     1 when workers should end
 *
 * `shares` and `next` are one word so that a worker that comes late, between two jobs, can never pair
 * the old count with the new one: it takes a share of the new job, or none.
 * The owner takes shares as well, so that a worker that does not wake in time costs time, not progress.
 */
export const WORD = {
  ticket: 0,
  done: 1,
  generation: 2,
  attachment: 3,
  failed: 4,
  closing: 5,
} as const;

export const CONTROL_BYTES = 64;

export type Control = Int32Array<SharedArrayBuffer>;

/** How often an idle thread looks before it sleeps: about 50 µs, longer than a step leaves it idle. */
export const SPINS = 4000;

/** Opens a job of so many shares to everybody. */
export function openJob(control: Control, attachment: number, shares: number): void {
  Atomics.store(control, WORD.attachment, attachment);
  Atomics.store(control, WORD.done, 0);
  Atomics.store(control, WORD.ticket, shares << 16);
  Atomics.add(control, WORD.generation, 1);
  Atomics.notify(control, WORD.generation);
}

/** Takes the next share; undefined when none is left. */
export function takeShare(control: Control): number | undefined {
  const ticket = Atomics.add(control, WORD.ticket, 1);
  const next = ticket & 0xffff;
  return next < ticket >>> 16 ? next : undefined;
}

export function shareDone(control: Control): void {
  Atomics.add(control, WORD.done, 1);
  Atomics.notify(control, WORD.done);
}
