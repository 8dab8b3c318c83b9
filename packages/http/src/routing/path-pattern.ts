/**
 * Path patterns: `/simulations/:id/files/*rest`. A segment is a literal, a `:name` that takes any one
 * non-empty segment, or, at the end, a `*name` that takes all that follows, slashes included.
 */

type Segment<S extends string> = S extends `:${infer Name}`
  ? { readonly [K in Name]: string }
  : S extends `*${infer Name}`
    ? { readonly [K in Name]: string }
    : unknown;

/** What a pattern's parameters are, as a type: `"/a/:id/b"` gives `{ readonly id: string }`. */
export type PathParams<Path extends string> = Path extends `${infer Head}/${infer Tail}`
  ? Segment<Head> & PathParams<Tail>
  : Segment<Path>;

export type PatternSegment =
  | { readonly kind: "literal"; readonly text: string }
  | { readonly kind: "parameter"; readonly name: string }
  | { readonly kind: "rest"; readonly name: string };

const NAME = /^[A-Za-z]\w*$/;

/** Throws a TypeError for a pattern that cannot be meant. */
export function parsePattern(pattern: string): PatternSegment[] {
  if (!pattern.startsWith("/")) throw wrong(pattern, 'it does not begin with "/"');
  const parts = pattern.slice(1).split("/");
  const segments = parts.map((part, i) => segmentOf(pattern, part, i === parts.length - 1));
  const names = segments.flatMap((segment) => (segment.kind === "literal" ? [] : [segment.name]));
  if (new Set(names).size < names.length) throw wrong(pattern, "two parameters have one name");
  return segments;
}

function segmentOf(pattern: string, part: string, last: boolean): PatternSegment {
  const sigil = part[0];
  if (sigil !== ":" && sigil !== "*") {
    if (/[?#%\s]/.test(part)) throw wrong(pattern, `"${part}" is not plain text`);
    return { kind: "literal", text: part };
  }
  const name = part.slice(1);
  if (!NAME.test(name)) throw wrong(pattern, `"${part}" is not a name`);
  if (sigil === ":") return { kind: "parameter", name };
  if (!last) throw wrong(pattern, `"${part}" must be the last segment`);
  return { kind: "rest", name };
}

function wrong(pattern: string, why: string): TypeError {
  return new TypeError(`Cannot route ${JSON.stringify(pattern)}: ${why}`);
}
