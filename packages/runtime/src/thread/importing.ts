/**
 * Which modules this thread is importing to find tasks in them.
 *
 * A program whose main module defines a task is imported again by every thread. Its top level must not
 * run the program a second time there, so `run` refuses while a module is imported for its tasks.
 */
import { RuntimeError } from "../errors.ts";

const modules = new Set<string>();

export function startImport(module: string): void {
  modules.add(module);
}

export function finishImport(module: string): void {
  modules.delete(module);
}

/** Throws when the caller is the top level of a module that a thread imports. */
export function checkNotImporting(): void {
  const [module] = modules;
  if (module === undefined) return;
  throw new RuntimeError(
    "THREAD",
    `${module} defines tasks for threads and calls run at its top level, which would start the program ` +
      "again in every thread: put the tasks into a module of their own, or call run only if import.meta.main",
  );
}
