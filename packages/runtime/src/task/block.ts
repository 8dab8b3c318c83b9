/**
 * A block: code in a scope of its own, which ends after everything that was spawned in it.
 *
 * `withTimeout`, `moveOnAfter`, `shield` and `group` are blocks that differ in their scope.
 */
import { CancelError } from "../errors.ts";
import { ambient, type Scope } from "./scope.ts";

export async function runBlock<T>(scope: Scope, body: () => T | PromiseLike<T>): Promise<T> {
  let value: unknown;
  let failed = false;
  try {
    value = await ambient.run(scope, body);
  } catch (error) {
    failed = true;
    value = error;
    if (scope.liveTasks > 0) scope.abort(error);
  }
  if (scope.liveTasks > 0) await scope.drain();
  scope.close();
  if (scope.failures !== undefined) {
    const errors = joinErrors(scope, failed, value);
    if (errors !== undefined) throw errors.error;
  }
  if (failed) throw value;
  return value as T;
}

/**
 * What a scope ends with when tasks in it failed: the one error, or all of them as an AggregateError.
 * A CancelError of the body gives way to them: if the scope's surroundings are cancelled, the next
 * suspension point there says so again, while an error that is dropped here is lost.
 */
export function joinErrors(
  scope: Scope,
  failed: boolean,
  value: unknown,
): { readonly error: unknown } | undefined {
  const errors = scope.takeFailures();
  if (errors.length === 0) return undefined;
  if (failed && !(value instanceof CancelError) && !errors.includes(value)) errors.unshift(value);
  if (errors.length === 1) return { error: errors[0] };
  const error = new AggregateError(errors, `${errors.length} tasks failed in ${scope.describe()}`);
  return { error };
}
