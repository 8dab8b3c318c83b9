/** The tree finds what a plain search through the patterns in order of precedence finds. */
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { parsePattern } from "../../src/routing/path-pattern.ts";
import { RouteTree } from "../../src/routing/route-tree.ts";

const segment = fc.constantFrom("a", "b", ":p", ":q", "c");
const pattern = fc
  .tuple(fc.array(segment, { minLength: 1, maxLength: 4 }), fc.boolean())
  .map(([parts, rest]) => `/${[...parts, ...(rest ? ["*rest"] : [])].join("/")}`)
  .filter((text) => new Set(text.match(/:\w/g)).size === (text.match(/:\w/g)?.length ?? 0));
const path = fc
  .array(fc.constantFrom("a", "b", "c", "d", ""), { minLength: 1, maxLength: 6 })
  .map((parts) => `/${parts.join("/")}`);

test("finds what a search through all patterns finds", () => {
  const seed = Date.now() & 0xffffff;
  console.log(`seed ${seed}`);
  const property = fc.property(fc.array(pattern), fc.array(path), (patterns, paths) => {
    const tree = new RouteTree<string>();
    const shapes = new Map<string, string>();
    for (const candidate of patterns) {
      const shape = candidate.replaceAll(/:\w+/g, ":");
      if (shapes.has(shape)) continue;
      shapes.set(shape, candidate);
      tree.add("GET", candidate, candidate);
    }
    for (const target of paths) {
      const found = tree.find("GET", target);
      const expected = search([...shapes.values()], target);
      assert.equal(found.kind === "found" ? found.value : undefined, expected, target);
    }
  });
  fc.assert(property, { seed, numRuns: 2000 });
});

/** Literal before parameter before rest, decided at the first segment where two patterns differ. */
function search(patterns: readonly string[], target: string): string | undefined {
  const parts = target.slice(1).split("/");
  const ranked = patterns.filter((text) => matches(text, parts)).map((text) => [rank(text), text]);
  ranked.sort(([a], [b]) => (a! < b! ? -1 : 1));
  return ranked[0]?.[1];
}

function matches(text: string, parts: readonly string[]): boolean {
  const segments = parsePattern(text);
  const last = segments.at(-1)!;
  if (last.kind === "rest" ? parts.length < segments.length : parts.length !== segments.length) {
    return false;
  }
  return segments.every((segment, i) =>
    segment.kind === "literal"
      ? segment.text === parts[i]
      : segment.kind === "rest" || parts[i] !== "",
  );
}

function rank(text: string): string {
  return parsePattern(text)
    .map(({ kind }) => ({ literal: "0", parameter: "1", rest: "2" })[kind])
    .join("");
}
