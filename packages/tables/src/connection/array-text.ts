/** One-dimensional arrays in PostgreSQL's text format: `{1,NULL,"a \"b\""}`. */

export function encodeArray(
  value: unknown,
  encode: (element: unknown) => string | undefined,
): string | undefined {
  if (!Array.isArray(value) && !isTypedArray(value)) return undefined;
  const parts: string[] = [];
  for (const element of value as Iterable<unknown>) {
    if (element === null || element === undefined) {
      parts.push("NULL");
      continue;
    }
    const text = encode(element);
    if (text === undefined) return undefined;
    parts.push(`"${text.replaceAll("\\", "\\\\").replaceAll('"', '\\"')}"`);
  }
  return `{${parts.join(",")}}`;
}

function isTypedArray(value: unknown): boolean {
  return ArrayBuffer.isView(value) && !(value instanceof DataView);
}

/** @throws SyntaxError for an array of more than one dimension */
export function decodeArray(text: string, decode: (element: string) => unknown): unknown[] {
  const start = text.indexOf("{") + 1;
  const values: unknown[] = [];
  let at = start;
  while (text[at] !== "}") {
    if (text[at] === ",") at++;
    if (text[at] === "{") throw new SyntaxError("Arrays of more than one dimension are not read");
    const [element, next] = text[at] === '"' ? quoted(text, at + 1) : bare(text, at);
    values.push(element === undefined ? null : decode(element));
    at = next;
  }
  return values;
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

function bare(text: string, start: number): [string | undefined, number] {
  let at = start;
  while (text[at] !== "," && text[at] !== "}") {
    if (at >= text.length) throw new SyntaxError("Unfinished array");
    at++;
  }
  const element = text.slice(start, at);
  return [element === "NULL" ? undefined : element, at];
}
