/**
 * Errors between threads.
 *
 * Structured clone turns an error of a class of one's own into a plain Error without its fields
 * (measured on Node 26.10: instanceof false, name "Error", code undefined). So an error is taken apart
 * into name, message, stack, cause, errors and its own cloneable fields, and put together again with
 * the prototype of the class of that name, if this thread knows one.
 */
import { LaggedError } from "../channel/broadcast.ts";
import * as runtimeErrors from "../errors.ts";

interface EncodedError {
  readonly kind: "error";
  readonly className: string;
  readonly message: string;
  readonly stack: string | undefined;
  readonly fields: readonly (readonly [string, unknown])[];
  readonly cause: EncodedValue | undefined;
  readonly errors: readonly EncodedValue[] | undefined;
}

/** Something thrown, as postMessage can carry it. */
export type EncodedValue = EncodedError | { readonly kind: "value"; readonly value: unknown };

type ErrorClass = abstract new (...args: never[]) => Error;

const DEEPEST = 8;
const HANDLED = new Set(["name", "message", "stack", "cause", "errors", "origin", "reason"]);

const classes = new Map<string, ErrorClass>();
registerError(
  ...[
    Error,
    TypeError,
    RangeError,
    SyntaxError,
    ReferenceError,
    EvalError,
    URIError,
    AggregateError,
  ],
  runtimeErrors.RuntimeError,
  runtimeErrors.TimeoutError,
  runtimeErrors.ClosedError,
  runtimeErrors.CancelError,
  runtimeErrors.InvariantError,
  LaggedError,
);

/**
 * Makes errors of these classes arrive as what they are. Call it in the module that defines them, which
 * both threads import. Their constructors are not run: fields that are #private do not arrive.
 */
export function registerError(...errorClasses: ErrorClass[]): void {
  for (const errorClass of errorClasses) classes.set(errorClass.name, errorClass);
}

export function encodeError(error: unknown, depth: number = 0): EncodedValue {
  if (!(error instanceof Error)) return { kind: "value", value: cloneable(error) };
  const cause: unknown = error.cause;
  const errors = error instanceof AggregateError ? (error.errors as unknown[]) : undefined;
  const deeper = (inner: unknown): EncodedValue =>
    depth < DEEPEST ? encodeError(inner, depth + 1) : { kind: "value", value: String(inner) };
  return {
    kind: "error",
    className: error.constructor.name,
    message: error.message,
    stack: error.stack,
    fields: fieldsOf(error),
    cause: cause === undefined ? undefined : deeper(cause),
    errors: errors?.slice(0, 100).map(deeper),
  };
}

export function decodeError(encoded: EncodedValue): unknown {
  if (encoded.kind === "value") return encoded.value;
  const error = new Error(encoded.message);
  const known = classes.get(encoded.className);
  if (known !== undefined) Object.setPrototypeOf(error, known.prototype as object);
  for (const [name, value] of encoded.fields) hidden(error, name, value, true);
  if (known === undefined || error.name === "Error") hidden(error, "name", encoded.className);
  if (encoded.stack !== undefined) hidden(error, "stack", encoded.stack);
  if (encoded.cause !== undefined) {
    hidden(error, "cause", decodeError(encoded.cause));
    if (error instanceof runtimeErrors.CancelError) hidden(error, "reason", error.cause);
  }
  if (encoded.errors !== undefined) hidden(error, "errors", encoded.errors.map(decodeError));
  return error;
}

function hidden(error: Error, name: string, value: unknown, enumerable: boolean = false): void {
  Object.defineProperty(error, name, { value, enumerable, configurable: true, writable: true });
}

/** Own fields such as `code` and `retryable`; what cannot be cloned stays behind. */
function fieldsOf(error: Error): [string, unknown][] {
  const fields: [string, unknown][] = [];
  for (const name of Object.keys(error)) {
    if (HANDLED.has(name) && name !== "name") continue;
    const value = (error as unknown as Record<string, unknown>)[name];
    const clone = cloneable(value);
    if (clone !== undefined) fields.push([name, clone]);
  }
  return fields;
}

function cloneable(value: unknown): unknown {
  if (typeof value !== "object" || value === null) {
    return typeof value === "function" || typeof value === "symbol" ? undefined : value;
  }
  try {
    return structuredClone(value);
  } catch {
    return undefined;
  }
}
