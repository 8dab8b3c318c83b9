/**
 * Finds what is routed at a path.
 *
 *     "/a/b"  ──> statics: Map(path)          paths without parameters, one look-up
 *     other   ──> tree of segments            literal, then :parameter, then *rest; goes back when a
 *                                             branch ends in nothing
 *
 * A path that has escapes is matched by its decoded segments, so that "/%61" is "/a" (RFC 3986 section
 * 6.2.2) and an escaped slash never parts segments. "." and ".." are never a parameter's value: a client
 * that resolves paths does not send them, and a handler that opens files must not get them.
 */
import { malformed } from "../message/problem.ts";
import { parsePattern, type PatternSegment } from "./path-pattern.ts";

/** What a leaf holds: method → value, with the names that the pattern gives to the parameters. */
interface Leaf<Value> {
  readonly methods: Map<string, { readonly value: Value; readonly names: readonly string[] }>;
}

interface Branch<Value> {
  readonly literals: Map<string, Branch<Value>>;
  parameter: Branch<Value> | undefined;
  rest: Leaf<Value> | undefined;
  readonly leaf: Leaf<Value>;
}

export interface Found<Value> {
  readonly kind: "found";
  readonly value: Value;
  readonly params: Readonly<Record<string, string>>;
}

/** `methods` is empty when nothing at all is routed at the path. */
export interface NotFound {
  readonly kind: "none";
  readonly methods: readonly string[];
}

const NO_PARAMS: Readonly<Record<string, string>> = Object.freeze({});

export class RouteTree<Value> {
  readonly #statics = new Map<string, Map<string, Found<Value>>>();
  readonly #root: Branch<Value> = branch();

  /** Throws a TypeError when the method is routed at this path already. */
  add(method: string, pattern: string, value: Value): void {
    const segments = parsePattern(pattern);
    const leaf = leafFor(this.#root, segments);
    if (leaf.methods.has(method)) {
      throw new TypeError(`Cannot route ${method} ${pattern}: there is a route of that shape`);
    }
    const names = segments.flatMap((segment) => (segment.kind === "literal" ? [] : [segment.name]));
    leaf.methods.set(method, { value, names });
    if (names.length > 0) return;
    const methods = this.#statics.get(pattern) ?? new Map<string, Found<Value>>();
    methods.set(method, { kind: "found", value, params: NO_PARAMS });
    this.#statics.set(pattern, methods);
  }

  /** A HEAD is served by a GET. Throws a problem 400 for escapes that are none. */
  find(method: string, path: string): Found<Value> | NotFound {
    const found = this.#statics.get(path)?.get(method);
    if (found !== undefined) return found;
    const search = new Search<Value>(method, segmentsOf(path));
    if (search.walk(this.#root, 0)) return search.result!;
    return { kind: "none", methods: [...search.seen] };
  }
}

/** One look-up in the tree, with what it has gathered on the way down. */
class Search<Value> {
  readonly #method: string;
  readonly #segments: readonly string[];
  readonly #values: string[] = [];
  readonly seen = new Set<string>();
  result: Found<Value> | undefined = undefined;

  constructor(method: string, segments: readonly string[]) {
    this.#method = method;
    this.#segments = segments;
  }

  walk(at: Branch<Value>, depth: number): boolean {
    const segment = this.#segments[depth];
    if (segment === undefined) return this.#take(at.leaf);
    const literal = at.literals.get(segment);
    if (literal !== undefined && this.walk(literal, depth + 1)) return true;
    if (at.parameter !== undefined && segment !== "" && segment !== "." && segment !== "..") {
      this.#values.push(segment);
      if (this.walk(at.parameter, depth + 1)) return true;
      this.#values.pop();
    }
    if (at.rest === undefined) return false;
    this.#values.push(this.#segments.slice(depth).join("/"));
    if (this.#take(at.rest)) return true;
    this.#values.pop();
    return false;
  }

  #take({ methods }: Leaf<Value>): boolean {
    const entry =
      methods.get(this.#method) ?? (this.#method === "HEAD" ? methods.get("GET") : undefined);
    if (entry === undefined) {
      for (const method of methods.keys()) this.seen.add(method);
      if (methods.has("GET")) this.seen.add("HEAD");
      return false;
    }
    const params: Record<string, string> = {};
    entry.names.forEach((name, i) => (params[name] = this.#values[i]!));
    this.result = { kind: "found", value: entry.value, params };
    return true;
  }
}

function segmentsOf(path: string): string[] {
  const segments = path.slice(1).split("/");
  if (!path.includes("%")) return segments;
  try {
    return segments.map(decodeURIComponent);
  } catch (cause) {
    throw malformed("the path has escapes that are not UTF-8", cause);
  }
}

function leafFor<Value>(root: Branch<Value>, segments: readonly PatternSegment[]): Leaf<Value> {
  let at = root;
  for (const segment of segments) {
    if (segment.kind === "rest") return (at.rest ??= { methods: new Map() });
    at = segment.kind === "parameter" ? (at.parameter ??= branch()) : literal(at, segment.text);
  }
  return at.leaf;
}

function literal<Value>(at: Branch<Value>, text: string): Branch<Value> {
  let next = at.literals.get(text);
  if (next === undefined) at.literals.set(text, (next = branch()));
  return next;
}

function branch<Value>(): Branch<Value> {
  return {
    literals: new Map(),
    parameter: undefined,
    rest: undefined,
    leaf: { methods: new Map() },
  };
}
