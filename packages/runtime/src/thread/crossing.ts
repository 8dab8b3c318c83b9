/**
 * What crosses to another thread: values are copied, shared primitives are shared, buffers may be moved.
 *
 * Primitives are found among the arguments, and within arrays and plain objects up to DEEPEST levels;
 * only the first WIDEST entries of an array are looked at, so a large array costs nothing. One that lies
 * elsewhere makes the call fail: structured clone refuses it.
 */
import type { Transferable } from "node:worker_threads";
import { SharedPrimitive, adopt, isHandle } from "../across/primitive.ts";

const DEEPEST = 3;
const WIDEST = 32;

const moving = new WeakMap<object, readonly Transferable[]>();

/**
 * Marks a value, an argument or a result, to take these buffers and ports with it: they are moved, not
 * copied, and cannot be used here any more.
 */
export function transfer<T extends object>(value: T, list: readonly Transferable[]): T {
  moving.set(value, list);
  return value;
}

/** The buffers that go with these values. */
export function transfersOf(values: readonly unknown[]): Transferable[] {
  const list: Transferable[] = [];
  for (const value of values) {
    const own = typeof value === "object" && value !== null ? moving.get(value) : undefined;
    if (own !== undefined) list.push(...own);
  }
  return list;
}

/** Puts handles in the place of primitives; copies only what contains one. */
export function pack(value: unknown, depth: number = 0): unknown {
  return replace(value, depth, (inner) =>
    inner instanceof SharedPrimitive ? inner.handle : undefined,
  );
}

/** Puts primitives in the place of handles. */
export function unpack(value: unknown, depth: number = 0): unknown {
  return replace(value, depth, (inner) => (isHandle(inner) ? adopt(inner) : undefined));
}

function replace(value: unknown, depth: number, swap: (value: object) => unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  const swapped = swap(value);
  if (swapped !== undefined) return swapped;
  if (depth > DEEPEST) return value;
  if (Array.isArray(value)) return replaceInArray(value, depth, swap);
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) return value;
  let copy: Record<string, unknown> | undefined;
  for (const [name, inner] of Object.entries(value)) {
    const other = replace(inner, depth + 1, swap);
    if (other === inner) continue;
    copy ??= { ...value } as Record<string, unknown>;
    copy[name] = other;
  }
  return copy ?? value;
}

function replaceInArray(
  values: readonly unknown[],
  depth: number,
  swap: (value: object) => unknown,
): unknown {
  let copy: unknown[] | undefined;
  for (let k = 0; k < values.length && k < WIDEST; k++) {
    const other = replace(values[k], depth + 1, swap);
    if (other === values[k]) continue;
    copy ??= [...values];
    copy[k] = other;
  }
  return copy ?? values;
}
