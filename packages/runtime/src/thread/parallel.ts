/**
 * One task over many inputs, on all threads: for work that computes.
 *
 * Inputs are sent in chunks, because a message costs about 10 µs on each side. Each chunk is an eighth of
 * a thread's share of what is left: large at first, single at the end, so that the threads end together
 * although inputs differ in cost. Results come in the order of the inputs.
 */
import { currentScope } from "../runtime/runtime.ts";
import { group } from "../task/group.ts";
import { definitionOf, type ThreadTask } from "./define-task.ts";
import { placeOf } from "./place.ts";

export interface ParallelOptions {
  /** How many inputs go to a thread at once. Default: fewer and fewer, at the end one. */
  readonly chunk?: number;
}

const SHARES = 8;

/** Calls the task once for each input. The first failure cancels what is left and is thrown. */
export async function parallel<Input, Result>(
  task: ThreadTask<readonly [Input], Result>,
  inputs: Iterable<Input>,
  options: ParallelOptions = {},
): Promise<Result[]> {
  const definition = definitionOf(task);
  if (definition === undefined) {
    throw new TypeError(
      "parallel needs a task that defineTask made: a closure cannot leave its thread",
    );
  }
  const place = placeOf(currentScope().runtime);
  const all = [...inputs];
  const { chunk } = options;
  if (chunk !== undefined && !(Number.isSafeInteger(chunk) && chunk >= 1)) {
    throw new RangeError(`A chunk has at least 1 input: ${chunk} is not`);
  }
  const results: Result[][] = [];
  // Enough that every thread has its next chunk before it asks, and little enough to cancel.
  await group(
    async (tasks) => {
      for (let start = 0, k = 0; start < all.length; k++) {
        const share = Math.ceil((all.length - start) / (place.threads * SHARES));
        const args = all.slice(start, start + (chunk ?? share));
        start += args.length;
        tasks.spawn(
          async () => {
            const request = { definition, args, options: {}, each: true };
            results[k] = (await place.call(request)) as Result[];
          },
          { name: definition.name },
        );
      }
    },
    { limit: place.threads * 4 },
  );
  return results.flat();
}
