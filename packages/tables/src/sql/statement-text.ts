/**
 * The statements of src/sql/statements.ts as types, so that their text is known to the type checker.
 *
 * Column names become a tuple in the order in which the compiler keeps string literals: by bytes, which
 * is the order of `Table.columnNames`. TypeScript 7 sorts so always and TypeScript 6 with
 * `stableTypeOrdering`; an older compiler fails the probe below and sees `string` instead of a wrong text.
 */
import type { AnyTable, ColumnMap, FilledName, KeyName } from "../definition/table.ts";
import type { Quoted } from "./identifier.ts";

type Overloads<Names> = (Names extends unknown ? (pick: () => Names) => void : never) extends (
  pick: infer Intersection,
) => void
  ? Intersection
  : never;
type LastName<Names> = Overloads<Names> extends () => infer Last ? Last : never;

/** The members of a union of names as a tuple, in the compiler's order. */
export type NamesOf<Names, Done extends readonly string[] = []> = [Names] extends [never]
  ? Done
  : LastName<Names> extends infer Last extends string
    ? NamesOf<Exclude<Names, Last>, [Last, ...Done]>
    : never;

type Probe = NamesOf<"hotpath probe b" | "hotpath probe a" | "hotpath probe c">;
type Sorted = Probe extends ["hotpath probe a", "hotpath probe b", "hotpath probe c"]
  ? true
  : false;

/** `a, b, c` */
type List<Names extends readonly string[], Done extends string = ""> = Names extends readonly [
  infer First extends string,
  ...infer Rest extends readonly string[],
]
  ? List<Rest, Done extends "" ? Quoted<First> : `${Done}, ${Quoted<First>}`>
  : Done;

/** `$1, $2, $3` */
type Places<
  Names extends readonly string[],
  Count extends readonly unknown[] = [],
  Done extends string = "",
> = Names extends readonly [string, ...infer Rest extends readonly string[]]
  ? Places<
      Rest,
      [...Count, 0],
      Done extends "" ? "$1" : `${Done}, $${[...Count, 0]["length"] & number}`
    >
  : Done;

/** `a = $1, b = $2`, joined by `Glue`, counting on from `Count`. */
type Pairs<
  Names extends readonly string[],
  Glue extends string,
  Count extends readonly unknown[] = [],
  Done extends string = "",
> = Names extends readonly [infer First extends string, ...infer Rest extends readonly string[]]
  ? Pairs<
      Rest,
      Glue,
      [...Count, 0],
      `${Done extends "" ? "" : `${Done}${Glue}`}${Quoted<First>} = $${[...Count, 0]["length"] & number}`
    >
  : Done;

/** `a = EXCLUDED.a, b = EXCLUDED.b` */
type Excludeds<Names extends readonly string[], Done extends string = ""> = Names extends readonly [
  infer First extends string,
  ...infer Rest extends readonly string[],
]
  ? Excludeds<
      Rest,
      `${Done extends "" ? "" : `${Done}, `}${Quoted<First>} = EXCLUDED.${Quoted<First>}`
    >
  : Done;

type Names<Columns extends ColumnMap> = NamesOf<keyof Columns & string>;
type KeyNames<Columns extends ColumnMap> = NamesOf<KeyName<Columns> & string>;
/** What an insert names when nothing else is asked: what the database does not fill itself. */
export type InsertNames<Columns extends ColumnMap> = NamesOf<
  Exclude<keyof Columns & string, FilledName<Columns>>
>;
type OtherNames<Columns extends ColumnMap> = NamesOf<
  Exclude<keyof Columns & string, KeyName<Columns>>
>;

type Returning<Columns extends ColumnMap> =
  KeyNames<Columns> extends readonly [] ? "" : ` RETURNING ${List<KeyNames<Columns>>}`;
type WhereKey<Columns extends ColumnMap, Before extends readonly unknown[] = []> = Pairs<
  KeyNames<Columns>,
  " AND ",
  Before
>;

type Text<Literal extends string> = Sorted extends true ? Literal : string;

export type InsertSql<T extends AnyTable> = InsertColumnsSql<T, InsertNames<T["columns"]>>;

export type InsertColumnsSql<
  T extends AnyTable,
  Given extends readonly string[],
> = Text<`INSERT INTO ${Quoted<T["name"]>} (${List<Given>}) VALUES (${Places<Given>})${Returning<T["columns"]>}`>;

export type SelectByIdSql<T extends AnyTable> =
  Text<`SELECT ${List<Names<T["columns"]>>} FROM ${Quoted<T["name"]>} WHERE ${WhereKey<T["columns"]>}`>;

export type UpdateSql<
  T extends AnyTable,
  Given extends readonly string[],
> = Text<`UPDATE ${Quoted<T["name"]>} SET ${Pairs<Given, ", ">} WHERE ${WhereKey<T["columns"], Given>}`>;

export type UpdateAllSql<T extends AnyTable> = UpdateSql<T, OtherNames<T["columns"]>>;

export type DeleteSql<T extends AnyTable> =
  Text<`DELETE FROM ${Quoted<T["name"]>} WHERE ${WhereKey<T["columns"]>}`>;

export type UpsertSql<T extends AnyTable> =
  Text<`INSERT INTO ${Quoted<T["name"]>} (${List<Names<T["columns"]>>}) VALUES (${Places<
    Names<T["columns"]>
  >}) ON CONFLICT (${List<KeyNames<T["columns"]>>}) DO ${OtherNames<
    T["columns"]
  > extends readonly []
    ? "NOTHING"
    : `UPDATE SET ${Excludeds<OtherNames<T["columns"]>>}`}`>;

export type CopyInSql<
  T extends AnyTable,
  Given extends readonly string[],
> = Text<`COPY ${Quoted<T["name"]>} (${List<Given>}) FROM STDIN (FORMAT binary)`>;

export type CopyOutSql<
  T extends AnyTable,
  Given extends readonly string[],
> = Text<`COPY ${Quoted<T["name"]>} (${List<Given>}) TO STDOUT (FORMAT binary)`>;

export type AllNames<T extends AnyTable> = Names<T["columns"]>;
export type AllInsertNames<T extends AnyTable> = InsertNames<T["columns"]>;
