/** Nested arrays as PostgreSQL holds them: the length of each dimension, and all elements in one row. */
import type { ScalarTypeName } from "../definition/column-type.ts";

export interface FlatArray {
  /** Outermost first; empty when there are no elements. */
  readonly lengths: readonly number[];
  readonly elements: readonly unknown[];
}

/** undefined when it is no array, or one whose parts differ in length or depth. */
export function flatten(value: unknown, type: ScalarTypeName): FlatArray | undefined {
  if (!isList(value)) return undefined;
  const lengths = [value.length];
  let elements: readonly unknown[] = Array.from(value);
  while (isPart(elements[0], type)) {
    const { length } = elements[0];
    const parts: unknown[] = [];
    for (const part of elements) {
      if (!isPart(part, type) || part.length !== length) return undefined;
      for (const element of Array.from(part)) parts.push(element);
    }
    lengths.push(length);
    elements = parts;
  }
  return elements.length === 0 ? { lengths: [], elements } : { lengths, elements };
}

/** The other way: groups elements by the lengths of all dimensions but the first. */
export function nest<Element, Group>(
  elements: readonly (Element | Group)[],
  lengths: readonly number[],
  group: (parts: readonly (Element | Group)[]) => Group,
): Group {
  let parts = elements;
  for (const length of lengths.slice(1).reverse()) {
    const groups: Group[] = [];
    for (let at = 0; at < parts.length; at += length)
      groups.push(group(parts.slice(at, at + length)));
    parts = groups;
  }
  return group(parts);
}

type List = ArrayLike<unknown>;

function isList(value: unknown): value is List {
  return Array.isArray(value) || (ArrayBuffer.isView(value) && !(value instanceof DataView));
}

/** Whether an element is a dimension of the array: bytes are a value, and so is an array within JSON. */
function isPart(element: unknown, type: ScalarTypeName): element is List {
  if (type === "json" || type === "jsonb") return false;
  return type === "bytea" ? Array.isArray(element) : isList(element);
}
