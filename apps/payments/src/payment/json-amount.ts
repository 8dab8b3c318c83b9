/** JSON whose member "amount" keeps its text, so that money never is a binary fraction. */

export interface JsonWithAmount {
  readonly value: unknown;
  /** The digits as they came; undefined when the outermost object has no such member or it is no number. */
  readonly amountText: string | undefined;
}

/** SyntaxError when it is not JSON. */
export function parseJsonWithAmount(text: string): JsonWithAmount {
  const sources = new Map<unknown, string | undefined>();
  const keepSource = function (
    this: unknown,
    key: string,
    value: unknown,
    context: { readonly source?: string },
  ): unknown {
    if (key === "amount") sources.set(this, typeof value === "number" ? context.source : undefined);
    return value;
  };
  const value: unknown = JSON.parse(text, keepSource as Parameters<typeof JSON.parse>[1]);
  return { value, amountText: sources.get(value) };
}
