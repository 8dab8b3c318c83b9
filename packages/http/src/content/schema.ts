/**
 * Values checked by a schema of the user's choice, through the Standard Schema interface
 * (standardschema.dev), which zod, valibot, arktype and others implement. Only the interface is
 * known here; no schema library is a dependency.
 */
import { invalid, type Violation } from "../message/problem.ts";

/** The part of the Standard Schema interface that is used. */
export interface StandardSchema<Input = unknown, Output = Input> {
  readonly "~standard": {
    readonly version: 1;
    readonly vendor: string;
    readonly validate: (value: unknown) => SchemaResult<Output> | Promise<SchemaResult<Output>>;
    readonly types?: { readonly input: Input; readonly output: Output } | undefined;
    /** The Standard JSON Schema interface, where a library has it. */
    readonly jsonSchema?:
      | {
          readonly input: (options: { readonly target: JsonSchemaTarget }) => JsonSchema;
          readonly output: (options: { readonly target: JsonSchemaTarget }) => JsonSchema;
        }
      | undefined;
  };
}

export type JsonSchemaTarget = "draft-2020-12";
export type JsonSchema = Record<string, unknown>;

type SchemaResult<Output> =
  | { readonly value: Output; readonly issues?: undefined }
  | { readonly issues: readonly SchemaIssue[] };

interface SchemaIssue {
  readonly message: string;
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined;
  /** Zod: which keys an object does not have. */
  readonly keys?: readonly string[];
  /** Zod: what each branch of a union complains of. */
  readonly errors?: readonly (readonly SchemaIssue[])[];
}

export type SchemaInput<S> = S extends StandardSchema<infer Input, infer _> ? Input : never;
export type SchemaOutput<S> = S extends StandardSchema<infer _, infer Output> ? Output : never;

/** Violations that one answer names; a hostile body may have millions. */
const MOST_VIOLATIONS = 100;

/**
 * The schema's output for a value; throws a problem 422 that names every offending path. `at` names
 * the value itself in violations that have no path. Answers without a promise when the schema does.
 */
export function check<S extends StandardSchema>(
  schema: S,
  value: unknown,
  at: string = "(body)",
): SchemaOutput<S> | Promise<SchemaOutput<S>> {
  const result = schema["~standard"].validate(value);
  if (result instanceof Promise) return result.then((settled) => outputOf<S>(settled, at));
  return outputOf<S>(result, at);
}

function outputOf<S>(result: SchemaResult<unknown>, at: string): SchemaOutput<S> {
  if (result.issues === undefined) return result.value as SchemaOutput<S>;
  throw invalid(violationsOf(result.issues, at));
}

/** A schema's issues as violations, at most 100 of them. */
export function violationsOf(issues: readonly SchemaIssue[], at: string): Violation[] {
  const found: Violation[] = [];
  for (const issue of issues) {
    collect(issue, [], at, found);
    if (found.length >= MOST_VIOLATIONS) break;
  }
  return found.slice(0, MOST_VIOLATIONS);
}

function collect(
  issue: SchemaIssue,
  above: readonly string[],
  at: string,
  found: Violation[],
): void {
  const path = [...above, ...pathOf(issue)];
  if (Array.isArray(issue.keys) && issue.keys.length > 0) {
    // One violation a key, at the key: the path of the object that has it helps nobody.
    for (const key of issue.keys as readonly string[]) {
      found.push({ path: [...path, key].join("."), message: "unknown field" });
    }
  } else if (Array.isArray(issue.errors) && issue.errors.length > 0) {
    const branch = meantBranch(issue.errors as readonly (readonly SchemaIssue[])[]);
    for (const inner of branch) collect(inner, path, at, found);
  } else {
    found.push({ path: path.length === 0 ? at : path.join("."), message: issue.message });
  }
}

function pathOf(issue: SchemaIssue): string[] {
  return (issue.path ?? []).map((part) => String(typeof part === "object" ? part.key : part));
}

/**
 * The branch of a union that the value was meant for: the one that complains least of the value's own
 * fields. Faults further down do not count, so a list with many bad entries is still that list.
 */
function meantBranch(branches: readonly (readonly SchemaIssue[])[]): readonly SchemaIssue[] {
  let best = branches[0]!;
  let least = Infinity;
  for (const branch of branches) {
    let complaints = 0;
    for (const issue of branch) {
      if ((issue.path?.length ?? 0) <= 1) complaints += issue.keys?.length ?? 1;
    }
    if (complaints < least) {
      least = complaints;
      best = branch;
    }
  }
  return best;
}
