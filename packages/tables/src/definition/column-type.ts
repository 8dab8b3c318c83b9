/**
 * The PostgreSQL types that a column may have: their name, object ids and shape in binary COPY.
 *
 * `width` is the exact size of a non-null value in PostgreSQL's binary format; 0 means that the size
 * varies. Object ids are fixed by PostgreSQL (src/include/catalog/pg_type.dat).
 */

export interface TypeFacts {
  readonly sql: string;
  readonly oid: number;
  readonly arrayOid: number;
  readonly width: number;
}

export const TYPES = {
  smallint: { sql: "smallint", oid: 21, arrayOid: 1005, width: 2 },
  integer: { sql: "integer", oid: 23, arrayOid: 1007, width: 4 },
  bigint: { sql: "bigint", oid: 20, arrayOid: 1016, width: 8 },
  float4: { sql: "real", oid: 700, arrayOid: 1021, width: 4 },
  float8: { sql: "double precision", oid: 701, arrayOid: 1022, width: 8 },
  boolean: { sql: "boolean", oid: 16, arrayOid: 1000, width: 1 },
  date: { sql: "date", oid: 1082, arrayOid: 1182, width: 4 },
  time: { sql: "time without time zone", oid: 1083, arrayOid: 1183, width: 8 },
  timestamp: { sql: "timestamp without time zone", oid: 1114, arrayOid: 1115, width: 8 },
  timestamptz: { sql: "timestamp with time zone", oid: 1184, arrayOid: 1185, width: 8 },
  interval: { sql: "interval", oid: 1186, arrayOid: 1187, width: 16 },
  uuid: { sql: "uuid", oid: 2950, arrayOid: 2951, width: 16 },
  oid: { sql: "oid", oid: 26, arrayOid: 1028, width: 4 },
  money: { sql: "money", oid: 790, arrayOid: 791, width: 8 },
  timetz: { sql: "time with time zone", oid: 1266, arrayOid: 1270, width: 12 },
  macaddr: { sql: "macaddr", oid: 829, arrayOid: 1040, width: 6 },
  macaddr8: { sql: "macaddr8", oid: 774, arrayOid: 775, width: 8 },
  point: { sql: "point", oid: 600, arrayOid: 1017, width: 16 },
  box: { sql: "box", oid: 603, arrayOid: 1020, width: 32 },
  lseg: { sql: "lseg", oid: 601, arrayOid: 1018, width: 32 },
  line: { sql: "line", oid: 628, arrayOid: 629, width: 24 },
  circle: { sql: "circle", oid: 718, arrayOid: 719, width: 24 },
  byteChar: { sql: '"char"', oid: 18, arrayOid: 1002, width: 1 },
  pgLsn: { sql: "pg_lsn", oid: 3220, arrayOid: 3221, width: 8 },
  xid8: { sql: "xid8", oid: 5069, arrayOid: 271, width: 8 },
  xid: { sql: "xid", oid: 28, arrayOid: 1011, width: 4 },
  cid: { sql: "cid", oid: 29, arrayOid: 1012, width: 4 },
  tid: { sql: "tid", oid: 27, arrayOid: 1010, width: 6 },
  numeric: { sql: "numeric", oid: 1700, arrayOid: 1231, width: 0 },
  text: { sql: "text", oid: 25, arrayOid: 1009, width: 0 },
  bytea: { sql: "bytea", oid: 17, arrayOid: 1001, width: 0 },
  json: { sql: "json", oid: 114, arrayOid: 199, width: 0 },
  jsonb: { sql: "jsonb", oid: 3802, arrayOid: 3807, width: 0 },
} as const;

export type ScalarTypeName = keyof typeof TYPES;
export type ArrayTypeName = `${ScalarTypeName}[]`;
/** `"float8"`, or `"float8[]"` for an array of them. */
export type TypeName = ScalarTypeName | ArrayTypeName;

/** Types whose binary value always has the same size: they decode into one typed array. */
export type FixedTypeName = {
  [Type in ScalarTypeName]: (typeof TYPES)[Type]["width"] extends 0 ? never : Type;
}[ScalarTypeName];

export function isArrayType(type: TypeName): type is ArrayTypeName {
  return type.endsWith("[]");
}

export function elementType(type: TypeName): ScalarTypeName {
  return (isArrayType(type) ? type.slice(0, -2) : type) as ScalarTypeName;
}

/** The type as DDL spells it: `double precision[]`. */
export function typeSql(type: TypeName): string {
  const { sql }: TypeFacts = TYPES[elementType(type)];
  return isArrayType(type) ? `${sql}[]` : sql;
}

/** Size of a value in binary COPY, or 0 where it varies. */
export function binaryWidth(type: TypeName): number {
  return isArrayType(type) ? 0 : TYPES[elementType(type)].width;
}
