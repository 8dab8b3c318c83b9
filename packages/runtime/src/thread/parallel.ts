/**
 * One task over many inputs, on all threads: for work that computes.
 *
 * Inputs are sent in chunks, because a message costs about 10 µs on each side; a chunk is a sixteenth of
 * a thread's fair share, so that the threads end together although inputs differ in cost. Results come
 * in the order of the inputs.
 */
import { currentScope } from "../runtime/runtime.ts";
import { group } from "../task/group.ts";
import { definitionOf, type ThreadTask } from "./define-task.ts";
import { placeOf } from "./place.ts";

export interface ParallelOptions {
  /** How many inputs go to a thread at once. Default: a sixteenth of what each thread will get. */
  readonly chunk?: number;
}

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
  const chunk = options.chunk ?? Math.max(1, Math.floor(all.length / (place.threads * 16)));
  if (!(Number.isSafeInteger(chunk) && chunk >= 1)) {
    throw new RangeError(`A chunk has at least 1 input: ${chunk} is not`);
  }
  const results: Result[][] = [];
  // Enough that every thread has its next chunk before it asks, and little enough to cancel.
  await group(
    async (tasks) => {
      for (let start = 0, k = 0; start < all.length; start += chunk, k++) {
        const args = all.slice(start, start + chunk);
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
