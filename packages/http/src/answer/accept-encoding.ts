/** Which codings a client takes, and how much it likes them (RFC 9110 section 12.5.3). */

/**
 * The first of `offered` with the highest weight; undefined when none is acceptable or the client
 * prefers none. `offered` is in the server's order of preference.
 */
export function preferredEncoding<Coding extends string>(
  header: string | undefined,
  offered: readonly Coding[],
): Coding | undefined {
  if (header === undefined || offered.length === 0) return undefined;
  const weights = weightsOf(header);
  const any = weights.get("*");
  const identity = weights.get("identity") ?? 0;
  let best: Coding | undefined;
  let highest = 0;
  for (const coding of offered) {
    const weight = weights.get(coding) ?? any ?? 0;
    if (weight > highest) {
      highest = weight;
      best = coding;
    }
  }
  return identity > highest ? undefined : best;
}

function weightsOf(header: string): Map<string, number> {
  const weights = new Map<string, number>();
  for (const part of header.slice(0, 1000).split(",")) {
    const match =
      /^[ \t]*([\w!#$%&'*+.^`|~-]+)[ \t]*(?:;[ \t]*q=([01](?:\.\d{0,3})?))?[ \t]*$/i.exec(part);
    if (match === null) continue;
    weights.set(match[1]!.toLowerCase(), Math.min(1, Number(match[2] ?? 1)));
  }
  return weights;
}
