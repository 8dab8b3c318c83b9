/**
 * PostgreSQL identifiers: which need quotes, as values and as types.
 *
 * A name is written bare when it is lower-case ASCII letters, digits and underscores, does not start
 * with a digit, and is not a word that the grammar reserves; otherwise it is quoted, with quotes doubled.
 */

const NAME_BYTES = 63;
const PLAIN = /^[a-z_][a-z0-9_]*$/;
const encoder = new TextEncoder();

/** Words that PostgreSQL 18 refuses as a bare column or table name (its appendix C, "reserved"). */
export type ReservedWord =
  | "all"
  | "analyse"
  | "analyze"
  | "and"
  | "any"
  | "array"
  | "as"
  | "asc"
  | "asymmetric"
  | "authorization"
  | "between"
  | "bigint"
  | "binary"
  | "bit"
  | "boolean"
  | "both"
  | "case"
  | "cast"
  | "char"
  | "character"
  | "check"
  | "coalesce"
  | "collate"
  | "collation"
  | "column"
  | "concurrently"
  | "constraint"
  | "create"
  | "cross"
  | "current_catalog"
  | "current_date"
  | "current_role"
  | "current_schema"
  | "current_time"
  | "current_timestamp"
  | "current_user"
  | "dec"
  | "decimal"
  | "default"
  | "deferrable"
  | "desc"
  | "distinct"
  | "do"
  | "else"
  | "end"
  | "except"
  | "exists"
  | "extract"
  | "false"
  | "fetch"
  | "float"
  | "for"
  | "foreign"
  | "freeze"
  | "from"
  | "full"
  | "grant"
  | "greatest"
  | "group"
  | "grouping"
  | "having"
  | "ilike"
  | "in"
  | "initially"
  | "inner"
  | "inout"
  | "int"
  | "integer"
  | "intersect"
  | "interval"
  | "into"
  | "is"
  | "isnull"
  | "join"
  | "json"
  | "lateral"
  | "leading"
  | "least"
  | "left"
  | "like"
  | "limit"
  | "localtime"
  | "localtimestamp"
  | "national"
  | "natural"
  | "nchar"
  | "none"
  | "normalize"
  | "not"
  | "notnull"
  | "null"
  | "nullif"
  | "numeric"
  | "offset"
  | "on"
  | "only"
  | "or"
  | "order"
  | "out"
  | "outer"
  | "overlaps"
  | "overlay"
  | "placing"
  | "position"
  | "precision"
  | "primary"
  | "real"
  | "references"
  | "returning"
  | "right"
  | "row"
  | "select"
  | "session_user"
  | "setof"
  | "similar"
  | "smallint"
  | "some"
  | "substring"
  | "symmetric"
  | "system_user"
  | "table"
  | "tablesample"
  | "then"
  | "time"
  | "timestamp"
  | "to"
  | "trailing"
  | "treat"
  | "trim"
  | "true"
  | "union"
  | "unique"
  | "user"
  | "using"
  | "values"
  | "varchar"
  | "variadic"
  | "verbose"
  | "when"
  | "where"
  | "window"
  | "with"
  | "xmlattributes"
  | "xmlconcat"
  | "xmlelement"
  | "xmlexists"
  | "xmlforest"
  | "xmlnamespaces"
  | "xmlparse"
  | "xmlpi"
  | "xmlroot"
  | "xmlserialize"
  | "xmltable";

/** Every member of ReservedWord: `satisfies` makes a missing or extra word a compile error. */
const RESERVED_WORDS = {
  all: true,
  analyse: true,
  analyze: true,
  and: true,
  any: true,
  array: true,
  as: true,
  asc: true,
  asymmetric: true,
  authorization: true,
  between: true,
  bigint: true,
  binary: true,
  bit: true,
  boolean: true,
  both: true,
  case: true,
  cast: true,
  char: true,
  character: true,
  check: true,
  coalesce: true,
  collate: true,
  collation: true,
  column: true,
  concurrently: true,
  constraint: true,
  create: true,
  cross: true,
  current_catalog: true,
  current_date: true,
  current_role: true,
  current_schema: true,
  current_time: true,
  current_timestamp: true,
  current_user: true,
  dec: true,
  decimal: true,
  default: true,
  deferrable: true,
  desc: true,
  distinct: true,
  do: true,
  else: true,
  end: true,
  except: true,
  exists: true,
  extract: true,
  false: true,
  fetch: true,
  float: true,
  for: true,
  foreign: true,
  freeze: true,
  from: true,
  full: true,
  grant: true,
  greatest: true,
  group: true,
  grouping: true,
  having: true,
  ilike: true,
  in: true,
  initially: true,
  inner: true,
  inout: true,
  int: true,
  integer: true,
  intersect: true,
  interval: true,
  into: true,
  is: true,
  isnull: true,
  join: true,
  json: true,
  lateral: true,
  leading: true,
  least: true,
  left: true,
  like: true,
  limit: true,
  localtime: true,
  localtimestamp: true,
  national: true,
  natural: true,
  nchar: true,
  none: true,
  normalize: true,
  not: true,
  notnull: true,
  null: true,
  nullif: true,
  numeric: true,
  offset: true,
  on: true,
  only: true,
  or: true,
  order: true,
  out: true,
  outer: true,
  overlaps: true,
  overlay: true,
  placing: true,
  position: true,
  precision: true,
  primary: true,
  real: true,
  references: true,
  returning: true,
  right: true,
  row: true,
  select: true,
  session_user: true,
  setof: true,
  similar: true,
  smallint: true,
  some: true,
  substring: true,
  symmetric: true,
  system_user: true,
  table: true,
  tablesample: true,
  then: true,
  time: true,
  timestamp: true,
  to: true,
  trailing: true,
  treat: true,
  trim: true,
  true: true,
  union: true,
  unique: true,
  user: true,
  using: true,
  values: true,
  varchar: true,
  variadic: true,
  verbose: true,
  when: true,
  where: true,
  window: true,
  with: true,
  xmlattributes: true,
  xmlconcat: true,
  xmlelement: true,
  xmlexists: true,
  xmlforest: true,
  xmlnamespaces: true,
  xmlparse: true,
  xmlpi: true,
  xmlroot: true,
  xmlserialize: true,
  xmltable: true,
} as const satisfies Record<ReservedWord, true>;

const RESERVED: ReadonlySet<string> = new Set(Object.keys(RESERVED_WORDS));

/** @throws TypeError when PostgreSQL could not hold the name exactly */
export function assertIdentifier(name: string, what: string): void {
  if (typeof name !== "string" || name === "") throw new TypeError(`Empty ${what}`);
  if (name.includes("\0")) throw new TypeError(`NUL in ${what} ${JSON.stringify(name)}`);
  if (!name.isWellFormed())
    throw new TypeError(`Lone surrogate in ${what} ${JSON.stringify(name)}`);
  const sizeBytes = encoder.encode(name).length;
  if (sizeBytes > NAME_BYTES) {
    throw new TypeError(
      `The ${what} ${JSON.stringify(name)} has ${sizeBytes} bytes; PostgreSQL keeps ${NAME_BYTES}`,
    );
  }
}

/** Orders names by their UTF-8 bytes, as the type checker orders string literals. */
export function compareIdentifiers(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}

export function quoteIdentifier(name: string): string {
  if (PLAIN.test(name) && !RESERVED.has(name)) return name;
  assertIdentifier(name, "identifier");
  return `"${name.replaceAll('"', '""')}"`;
}

type Letter =
  | "a"
  | "b"
  | "c"
  | "d"
  | "e"
  | "f"
  | "g"
  | "h"
  | "i"
  | "j"
  | "k"
  | "l"
  | "m"
  | "n"
  | "o"
  | "p"
  | "q"
  | "r"
  | "s"
  | "t"
  | "u"
  | "v"
  | "w"
  | "x"
  | "y"
  | "z"
  | "_";
type Digit = "0" | "1" | "2" | "3" | "4" | "5" | "6" | "7" | "8" | "9";

type PlainRest<Text extends string> = Text extends ""
  ? true
  : Text extends `${Letter | Digit}${infer Rest}`
    ? PlainRest<Rest>
    : false;

type DoubleQuotes<
  Text extends string,
  Done extends string = "",
> = Text extends `${infer Head}"${infer Rest}`
  ? DoubleQuotes<Rest, `${Done}${Head}""`>
  : `${Done}${Text}`;

/** The type of `quoteIdentifier(name)`: `Quoted<"order">` is `"\"order\""`. */
export type Quoted<Name extends string> = Name extends ReservedWord
  ? `"${Name}"`
  : Name extends `${Letter}${infer Rest}`
    ? PlainRest<Rest> extends true
      ? Name
      : `"${DoubleQuotes<Name>}"`
    : `"${DoubleQuotes<Name>}"`;
