/** The filter and order of copyOut, as SQL text with literals: COPY takes no parameters. */
import type { AnyColumn } from "../definition/column.ts";
import type { TypeName } from "../definition/column-type.ts";
import type { AnyTable } from "../definition/table.ts";
import { quoteIdentifier } from "../sql/identifier.ts";
import { literal } from "../sql/literal.ts";
import { known } from "../sql/statements.ts";

/** One condition on a column: a value it equals, or one of these. */
export type Condition<Value> =
  | Value
  | { readonly in: readonly Value[] }
  | { readonly isNull: boolean }
  | {
      readonly above?: Value;
      readonly from?: Value;
      readonly below?: Value;
      readonly upTo?: Value;
    };

/** Conditions that must all hold. Only scalar columns can be compared. */
export type Where<T extends AnyTable> = {
  readonly [Name in keyof T["columns"]]?: Condition<T["columns"][Name]["$value"]>;
};

export type OrderBy<Name extends string> = readonly (
  | Name
  | readonly [column: Name, direction: "asc" | "desc"]
)[];

export interface Selection {
  readonly names: readonly string[];
  readonly where?: Readonly<Record<string, unknown>> | undefined;
  readonly orderBy?: OrderBy<string> | undefined;
  readonly limit?: number | undefined;
}

/** The text between `COPY (` and `) TO STDOUT`. */
export function selectionSql(table: AnyTable, selection: Selection): string {
  const parts = [
    `SELECT ${known(table, selection.names).map(quoteIdentifier).join(", ")}`,
    `FROM ${quoteIdentifier(table.name)}`,
  ];
  const conditions = conditionsSql(table, selection.where ?? {});
  if (conditions.length > 0) parts.push(`WHERE ${conditions.join(" AND ")}`);
  const order = (selection.orderBy ?? []).map((item) => orderSql(table, item));
  if (order.length > 0) parts.push(`ORDER BY ${order.join(", ")}`);
  if (selection.limit !== undefined) parts.push(`LIMIT ${wholeNumber(selection.limit)}`);
  return parts.join(" ");
}

function wholeNumber(limit: number): string {
  if (!Number.isSafeInteger(limit) || limit < 0) {
    throw new RangeError(`"limit" must be a whole number >= 0: current value is ${limit}`);
  }
  return String(limit);
}

function orderSql(table: AnyTable, item: OrderBy<string>[number]): string {
  const [name, direction] = typeof item === "string" ? [item, "asc"] : item;
  if (direction !== "asc" && direction !== "desc") {
    throw new TypeError(`"orderBy" of table "${table.name}" has an unknown direction`);
  }
  known(table, [name]);
  return `${quoteIdentifier(name)}${direction === "desc" ? " DESC" : ""}`;
}

/** Points have no "=", and that of boxes and circles compares their areas. */
const SAME_SHAPE: ReadonlySet<TypeName> = new Set<TypeName>(["point", "box", "circle"]);
const COMPARISONS = { above: ">", from: ">=", below: "<", upTo: "<=" } as const;

function conditionsSql(table: AnyTable, where: Readonly<Record<string, unknown>>): string[] {
  return Object.entries(where).flatMap(([name, condition]) => {
    if (condition === undefined) return [];
    known(table, [name]);
    return conditionSql(table, name, table.columns[name]!, condition);
  });
}

function conditionSql(
  table: AnyTable,
  name: string,
  column: AnyColumn,
  condition: unknown,
): string[] {
  const quoted = quoteIdentifier(name);
  const value = (given: unknown): string => literal(given, column.type, table.name, name);
  const equal = SAME_SHAPE.has(column.type) ? "~=" : "=";
  if (!isOperator(condition)) return [`${quoted} ${equal} ${value(condition)}`];
  if ("isNull" in condition)
    return [`${quoted} IS ${condition["isNull"] === true ? "" : "NOT "}NULL`];
  if ("in" in condition) {
    const choices = condition["in"] as readonly unknown[];
    if (choices.length === 0) return ["FALSE"];
    const list = choices.map(value).join(", ");
    return [equal === "=" ? `${quoted} IN (${list})` : `${quoted} ${equal} ANY (ARRAY[${list}])`];
  }
  return Object.entries(condition).map(([key, given]) => {
    return `${quoted} ${COMPARISONS[key as keyof typeof COMPARISONS]} ${value(given)}`;
  });
}

const OPERATOR_KEYS = new Set(["in", "isNull", ...Object.keys(COMPARISONS)]);

/** A plain object whose keys are all operators; a JSON or bytea value is none. */
function isOperator(condition: unknown): condition is Readonly<Record<string, unknown>> {
  if (typeof condition !== "object" || condition === null) return false;
  if (Object.getPrototypeOf(condition) !== Object.prototype) return false;
  const keys = Object.keys(condition);
  return keys.length > 0 && keys.every((key) => OPERATOR_KEYS.has(key));
}
