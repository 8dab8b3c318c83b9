/**
 * Thread tasks without threads: for simulations, for `threads: 0`, and inside a pool's thread.
 *
 * Each call is run by the task that waits for it. Arguments and results are cloned as they would be on
 * their way to a thread, so a program that relies on sharing an object fails here too.
 */
import { currentScope } from "../runtime/runtime.ts";
import { pack, transfersOf, unpack } from "./crossing.ts";
import { cloneFailure } from "./call.ts";
import type { CallRequest, Place } from "./place.ts";

export class InProcess implements Place {
  readonly threads = 1;

  async call(request: CallRequest): Promise<unknown> {
    const body = request.definition.body as (...args: unknown[]) => unknown;
    const args = cross(request.args, request);
    if (!request.each) return cross([await body(...args)], request)[0];
    const results: unknown[] = [];
    for (const arg of args) results.push(await body(arg));
    return cross(results, request);
  }

  /** Every thread that a program may ask for is this one. */
  checkThread(_index: number): void {}

  start(): void {}

  close(): Promise<void> {
    return Promise.resolve();
  }
}

function cross(values: readonly unknown[], request: CallRequest): unknown[] {
  try {
    const copy = structuredClone(
      values.map((value) => pack(value)),
      {
        transfer: transfersOf(values) as ArrayBuffer[],
      },
    );
    return copy.map((value) => unpack(value));
  } catch (error) {
    throw cloneFailure(error, request.definition, currentScope().describe());
  }
}
