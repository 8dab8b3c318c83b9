/** One operation of the host that calls back once: connecting, opening, looking a name up. */
import { currentScope } from "../runtime/runtime.ts";
import { Park, type WaitOptions } from "../wait/park.ts";
import type { Waitable } from "../wait/waiter.ts";
import type { Settle } from "./net.ts";

/** Starts the operation; answers how to call it off, or undefined when the host cannot. */
export type HostStart<T> = (settle: Settle<T>) => (() => void) | void;

export interface HostCallOptions<T> extends WaitOptions {
  /** What to do with a result that comes after the caller has given up: close it. */
  readonly dispose?: ((value: T) => void) | undefined;
}

class HostCall implements Waitable {
  readonly #subject: string;
  callOff: (() => void) | void = undefined;

  constructor(subject: string) {
    this.#subject = subject;
  }

  describe(): string {
    return this.#subject;
  }

  abandon(): void {
    this.callOff?.();
  }
}

/** Parks the caller until the host calls back; when the caller gives up the operation is called off. */
export function hostCall<T>(
  verb: string,
  subject: string,
  start: HostStart<T>,
  options?: HostCallOptions<T>,
): Promise<T> {
  const scope = currentScope();
  if (scope.cancellation !== undefined) return scope.refuse();
  const call = new HostCall(subject);
  const park = new Park<T>(scope, call, verb);
  const promise = park.wait(options);
  // A signal that had aborted before has ended the wait already: nothing is begun.
  if (!park.settled) call.callOff = start(settling(park, options?.dispose));
  return promise;
}

/** As `hostCall`, for what must be seen through: cancellation of the scope does not end the wait. */
export function hostDuty<T>(verb: string, subject: string, start: HostStart<T>): Promise<T> {
  const park = new Park<T>(currentScope(), new HostCall(subject), verb, undefined, false);
  const promise = park.wait();
  start(settling(park, undefined));
  return promise;
}

function settling<T>(park: Park<T>, dispose: ((value: T) => void) | undefined): Settle<T> {
  return (error, value) => {
    if (park.settled) {
      if (error === undefined) dispose?.(value as T);
    } else if (error === undefined) park.wake(park, value as T);
    else park.fail(park, error);
  };
}
