/**
 * SQL literals, for the one place that takes no parameters: COPY (SELECT … WHERE …).
 *
 * Every literal is a quoted string with an explicit cast, `'…'::uuid`, so that nothing in a value can
 * end it: quotes are doubled, backslashes go into an E'' string, NUL and lone surrogates are refused.
 */
import { TablesError } from "../errors.ts";
import { typeSql, type TypeName } from "../definition/column-type.ts";
import { encodeText, refusalOf } from "../connection/value-text.ts";

/** @throws TablesError INVALID_VALUE when the value cannot be one of that type */
export function literal(value: unknown, type: TypeName, table: string, column: string): string {
  const refuse = (why: string): never => {
    throw new TablesError("INVALID_VALUE", `Cannot filter ${table} by ${column}: ${why}`, {
      table,
      column,
    });
  };
  if (value === null || value === undefined)
    return refuse("null never equals anything; use isNull");
  const text = encodeText(value, type) ?? refuse(`the value ${refusalOf(value, type).why}`);
  if (text.includes("\0")) refuse("the value contains NUL");
  if (!text.isWellFormed()) refuse("the value contains a lone surrogate");
  return `${quoteText(text)}::${typeSql(type)}`;
}

export function quoteText(text: string): string {
  const doubled = text.replaceAll("'", "''");
  return doubled.includes("\\") ? `E'${doubled.replaceAll("\\", "\\\\")}'` : `'${doubled}'`;
}
