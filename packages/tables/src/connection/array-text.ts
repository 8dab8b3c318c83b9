/** Arrays in PostgreSQL's text format: `{1,NULL,"a \"b\""}`, `{{1,2},{3,4}}`; of boxes `{(1,1),(0,0);…}`. */
import type { ScalarTypeName } from "../definition/column-type.ts";
import { flatten, nest } from "./array-shape.ts";

/** PostgreSQL separates boxes by semicolons, and everything else by commas (pg_type.typdelim). */
function delimiterOf(type: ScalarTypeName): string {
  return type === "box" ? ";" : ",";
}

export function encodeArray(
  value: unknown,
  type: ScalarTypeName,
  encode: (element: unknown) => string | undefined,
): string | undefined {
  const flat = flatten(value, type);
  if (flat === undefined) return undefined;
  const parts: string[] = [];
  for (const element of flat.elements) {
    if (element === null || element === undefined) {
      parts.push("NULL");
      continue;
    }
    const text = encode(element);
    if (text === undefined) return undefined;
    parts.push(`"${text.replaceAll("\\", "\\\\").replaceAll('"', '\\"')}"`);
  }
  const delimiter = delimiterOf(type);
  return nest(parts, flat.lengths, (group) => `{${group.join(delimiter)}}`);
}

export function decodeArray(
  text: string,
  type: ScalarTypeName,
  decode: (element: string) => unknown,
): unknown[] {
  // Bounds that do not start at 1 stand before the array: [0:1]={1,2}
  return arrayAt(text, text.indexOf("{"), delimiterOf(type), decode)[0];
}

/** @returns the array that starts at `start`, and where it has ended */
function arrayAt(
  text: string,
  start: number,
  delimiter: string,
  decode: (element: string) => unknown,
): [unknown[], number] {
  const values: unknown[] = [];
  let at = start + 1;
  while (text[at] !== "}") {
    if (text[at] === delimiter) at++;
    if (text[at] === "{") {
      const [part, next] = arrayAt(text, at, delimiter, decode);
      values.push(part);
      at = next;
      continue;
    }
    const [element, next] = text[at] === '"' ? quoted(text, at + 1) : bare(text, at, delimiter);
    values.push(element === undefined ? null : decode(element));
    at = next;
  }
  return [values, at + 1];
}

function quoted(text: string, start: number): [string, number] {
  let element = "";
  let at = start;
  while (text[at] !== '"') {
    if (at >= text.length) throw new SyntaxError("Unfinished array");
    if (text[at] === "\\") at++;
    element += text[at]!;
    at++;
  }
  return [element, at + 1];
}

function bare(text: string, start: number, delimiter: string): [string | undefined, number] {
  let at = start;
  while (text[at] !== delimiter && text[at] !== "}") {
    if (at >= text.length) throw new SyntaxError("Unfinished array");
    at++;
  }
  const element = text.slice(start, at);
  return [element === "NULL" ? undefined : element, at];
}
