/**
 * What can be a case of `select`: an operation that can be tried, and queued for, but not yet begun.
 *
 * select runs two phases. First it polls every case in order: the first that is ready is carried out
 * and wins, and nothing has been queued anywhere. Only when none is ready does it enlist one Waiter per
 * case, all with the same Park. Whoever settles the Park first wins; in the same step the other waiters
 * leave their queues and their targets' `abandon` is called. No phase ever needs to be undone.
 */
import type { Waitable, Waiter } from "../wait/waiter.ts";

/** What `poll` answers when the caller would have to wait. */
export const NOT_READY: unique symbol = Symbol("not ready");
/** What a receiving case answers, or is woken with, when its channel is closed and empty. */
export const CLOSED: unique symbol = Symbol("closed");

/** `Outcome` is what the winning case adds to the result of select, usually `{ value: T }`. */
export interface Selectable<Outcome> extends Waitable {
  /** Carries the operation out if that is possible now: its value, CLOSED or NOT_READY; or throws. */
  poll(): unknown;
  /** Queues the waiter. REQUIRES: poll has just answered NOT_READY. */
  enlist(waiter: Waiter): void;
  /** Only for the type checker. */
  readonly outcome?: Outcome;
}

/** The outcome of a case that always has a value. */
export interface Got<T> {
  readonly value: T;
}
