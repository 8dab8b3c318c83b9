/** Query parameters, checked like everything else that a client sends. */
import { invalid } from "../http/problem.ts";

export function integerQuery(
  query: URLSearchParams,
  name: string,
  preset: number,
  min: number,
  max: number,
): number {
  const text = query.get(name);
  if (text === null) return preset;
  const value = Number(text);
  if (!/^\d+$/.test(text) || !Number.isSafeInteger(value) || value < min || value > max) {
    throw invalid([{ path: name, message: `must be a whole number from ${min} to ${max}` }]);
  }
  return value;
}
