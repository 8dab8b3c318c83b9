/**
 * Functions that run on other threads.
 *
 * A closure cannot leave its thread, so a task is named by its module and its own name: the thread
 * imports the same module, where the same defineTask registers the same function. Calling the defined
 * task gives a Task like any other: it ends before its scope, cancelling it reaches the other thread,
 * it can be a case of select.
 */
import { currentScope } from "../runtime/runtime.ts";
import { spawnIn, type Task } from "../task/task.ts";
import { durationMs, type Duration } from "../time/duration.ts";
import { placeOf } from "./place.ts";

export interface CallOptions {
  /** The thread that must run it, counted from 0; its work is not stolen. Default: any. */
  readonly thread?: number;
  /** How long a cancelled call may go on before its thread is ended. Default: the pool's, 5 s. */
  readonly grace?: Duration;
  /** For dumps and error messages. Default: the task's name. */
  readonly name?: string;
}

/** A function that runs on a thread when it is called. */
export interface ThreadTask<Args extends readonly unknown[], Result> {
  /**
   * Spawns the call in the current scope. Arguments and result are copied (structured clone); shared
   * primitives and shared memory are shared; `transfer(value, list)` moves buffers.
   */
  (...args: Args): Task<Result>;
  readonly taskName: string;
  /** The URL of the module that defines it. */
  readonly module: string;
  /** The same task with other options. */
  with(options: CallOptions): (...args: Args) => Task<Result>;
  /** The function itself, on the calling thread. */
  local(...args: Args): Result | PromiseLike<Result>;
}

export interface TaskDefinition {
  readonly module: string;
  readonly name: string;
  readonly body: (...args: never[]) => unknown;
}

const definitions = new Map<string, TaskDefinition>();
const defined = new WeakMap<object, TaskDefinition>();
const unnamedInModule = new Map<string, number>();

/** The definition that `module` registered in this thread; undefined before it is imported. */
export function findDefinition(module: string, name: string): TaskDefinition | undefined {
  return definitions.get(`${module}#${name}`);
}

export function definitionOf(task: object): TaskDefinition | undefined {
  return defined.get(task);
}

/**
 * Defines a task that can run on any thread. Call it at the top level of a module, with
 * `import.meta.url`, and give the function a name that is unique there.
 */
export function defineTask<Args extends readonly unknown[], Result>(
  module: string,
  body: (...args: Args) => Result | PromiseLike<Result>,
  options: { readonly name?: string } = {},
): ThreadTask<Args, Result> {
  checkModule(module, body);
  const definition: TaskDefinition = {
    module,
    name: options.name ?? (body.name === "" ? unnamed(module) : body.name),
    body,
  };
  const key = `${module}#${definition.name}`;
  if (definitions.has(key)) {
    throw new TypeError(
      `Cannot define the task "${definition.name}" twice in ${module}: give one another name`,
    );
  }
  definitions.set(key, definition);
  const call = (options: CallOptions, args: Args): Task<Result> =>
    spawnCall(definition, options, args);
  const task = Object.assign((...args: Args) => call({}, args), {
    taskName: definition.name,
    module,
    with: (options: CallOptions) => {
      checkOptions(options);
      return (...args: Args) => call(options, args);
    },
    local: body,
  });
  defined.set(task, definition);
  return task;
}

function spawnCall<Result>(
  definition: TaskDefinition,
  options: CallOptions,
  args: readonly unknown[],
): Task<Result> {
  const scope = currentScope();
  const place = placeOf(scope.runtime);
  if (options.thread !== undefined) place.checkThread(options.thread);
  const call = { definition, args, options, each: false };
  return spawnIn(scope, () => place.call(call) as Promise<Result>, options.name ?? definition.name);
}

/** Anonymous functions are told apart by their order, which is the same in every thread. */
function unnamed(module: string): string {
  const count = (unnamedInModule.get(module) ?? 0) + 1;
  unnamedInModule.set(module, count);
  return `task ${count}`;
}

function checkModule(module: unknown, body: unknown): void {
  if (typeof module !== "string" || !/^(file|data|node|https?):/.test(module)) {
    throw new TypeError(
      `defineTask needs the URL of the module, import.meta.url, as its first argument: not ${String(module)}`,
    );
  }
  if (typeof body !== "function") {
    throw new TypeError("defineTask needs the function as its second argument");
  }
}

function checkOptions(options: CallOptions): void {
  if (options.grace !== undefined) durationMs(options.grace);
  if (
    options.thread !== undefined &&
    !(Number.isSafeInteger(options.thread) && options.thread >= 0)
  ) {
    throw new RangeError(`A thread is a whole number from 0: not ${options.thread}`);
  }
}
