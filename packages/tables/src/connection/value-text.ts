/**
 * Values in PostgreSQL's text format: parameters of statements and fields of rows.
 *
 * Both drivers are given the same codecs, so a row is the same object whichever server answered. The
 * session always has DateStyle ISO and TimeZone UTC (see connect), which is all that this reads.
 */
import {
  elementType,
  isArrayType,
  TYPES,
  type ScalarTypeName,
  type TypeName,
} from "../definition/column-type.ts";
import { TablesError } from "../errors.ts";
import { decodeShapeText, encodeShapeText, type GeometricType } from "../copy/geometry.ts";
import { decodeLsn, encodeByte, encodeLsn, encodeMoney, encodeTid } from "../copy/rare-value.ts";
import { decodeArray, encodeArray } from "./array-text.ts";
import { decodeMoment, encodeMoment } from "./moment-text.ts";

export interface TextCodec {
  readonly type: TypeName;
  /** undefined when the value is not one of the type. */
  readonly encode: (value: unknown) => string | undefined;
  readonly decode: (text: string) => unknown;
}

const UUID = /^[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}$/i;
const NUMERIC = /^(?:[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?|NaN|[+-]?Infinity)$/i;
const DATE = /^(?:\d{4,7}-\d{2}-\d{2}(?: BC)?|-?infinity)$/;
const TIMETZ = /^\d{2}:\d{2}(?::\d{2}(?:\.\d{1,6})?)?[+-]\d{2}(?::\d{2}){0,2}$/;
const MACADDR = /^(?:[0-9a-f]{2}:){5}[0-9a-f]{2}$/i;
const MACADDR8 = /^(?:[0-9a-f]{2}:){7}[0-9a-f]{2}$/i;
const TIME = /^\d{2}:\d{2}(?::\d{2}(?:\.\d{1,6})?)?$/;

type Codec = Pick<TextCodec, "encode" | "decode">;

const asIs = (text: string): unknown => text;
const matching = (pattern: RegExp): Codec => ({
  encode: (value) => (typeof value === "string" && pattern.test(value) ? value : undefined),
  decode: asIs,
});
const whole = (least: number, greatest: number): Codec => ({
  encode: (value) =>
    Number.isInteger(value) && (value as number) >= least && (value as number) <= greatest
      ? String(value)
      : undefined,
  decode: Number,
});
const float: Codec = {
  encode: (value) => {
    if (typeof value !== "number") return undefined;
    return Object.is(value, -0) ? "-0" : String(value);
  },
  decode: Number,
};
const document: Codec = {
  encode: (value) => JSON.stringify(value),
  decode: (text) => JSON.parse(text) as unknown,
};
const moment = (zone: boolean): Codec => ({
  encode: (value) => encodeMoment(value, zone),
  decode: decodeMoment,
});

const shape = (type: GeometricType): Codec => ({
  encode: (value) => encodeShapeText(value, type),
  decode: (text) => decodeShapeText(text, type),
});
/** A string that `parse` finds a meaning in. */
const parsed = (parse: (text: string) => unknown): Codec => ({
  encode: (value) => (typeof value === "string" && parse(value) !== undefined ? value : undefined),
  decode: asIs,
});

const CODECS: Readonly<Record<ScalarTypeName, Codec>> = {
  smallint: whole(-32_768, 32_767),
  integer: whole(-2_147_483_648, 2_147_483_647),
  bigint: {
    encode: (value) => {
      if (typeof value === "number" && Number.isSafeInteger(value)) return String(value);
      return typeof value === "bigint" && BigInt.asIntN(64, value) === value
        ? String(value)
        : undefined;
    },
    decode: BigInt,
  },
  // The text is the shortest decimal of a 32-bit float; the value is that float.
  float4: { encode: float.encode, decode: (text) => Math.fround(Number(text)) },
  float8: float,
  boolean: {
    encode: (value) => (typeof value === "boolean" ? (value ? "t" : "f") : undefined),
    decode: (text) => text === "t",
  },
  date: matching(DATE),
  time: matching(TIME),
  timestamp: moment(false),
  timestamptz: moment(true),
  interval: { encode: (value) => (typeof value === "string" ? value : undefined), decode: asIs },
  uuid: matching(UUID),
  oid: whole(0, 4_294_967_295),
  money: {
    encode: parsed(encodeMoney).encode,
    // The C locale writes -$1,234.50.
    decode: (text) => text.replaceAll(/[$,]/g, ""),
  },
  timetz: matching(TIMETZ),
  macaddr: matching(MACADDR),
  macaddr8: matching(MACADDR8),
  point: shape("point"),
  box: shape("box"),
  lseg: shape("lseg"),
  line: shape("line"),
  circle: shape("circle"),
  byteChar: parsed(encodeByte),
  // PostgreSQL 19 pads the second number with zeros; we are the same on every server.
  pgLsn: { encode: parsed(encodeLsn).encode, decode: (text) => decodeLsn(encodeLsn(text)!) },
  xid8: {
    encode: (value) =>
      typeof value === "bigint" && BigInt.asUintN(64, value) === value ? String(value) : undefined,
    decode: BigInt,
  },
  xid: whole(0, 4_294_967_295),
  cid: whole(0, 4_294_967_295),
  tid: parsed(encodeTid),
  numeric: {
    encode: (value) => {
      const text = typeof value === "number" || typeof value === "bigint" ? String(value) : value;
      return typeof text === "string" && NUMERIC.test(text) ? text : undefined;
    },
    decode: asIs,
  },
  text: { encode: (value) => (typeof value === "string" ? value : undefined), decode: asIs },
  bytea: {
    encode: (value) =>
      value instanceof Uint8Array
        ? `\\x${Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString("hex")}`
        : undefined,
    decode: (text) => new Uint8Array(Buffer.from(text.slice(2), "hex")),
  },
  json: document,
  jsonb: document,
};

/** The value in PostgreSQL's text format; undefined when it is not one of the type. */
export function encodeText(value: unknown, type: TypeName): string | undefined {
  const codec = CODECS[elementType(type)];
  return isArrayType(type)
    ? encodeArray(value, elementType(type), codec.encode)
    : codec.encode(value);
}

export function decodeText(text: string, type: TypeName): unknown {
  const codec = CODECS[elementType(type)];
  return isArrayType(type)
    ? decodeArray(text, elementType(type), codec.decode)
    : codec.decode(text);
}

/**
 * The most parameters that one statement can have. The protocol counts them in 16 bits (65,535); the
 * postgres driver stops two short of that, and we are the same on every driver.
 */
export const PARAMETER_LIMIT = 65_533;

/** @throws TablesError TOO_MANY_PARAMETERS */
export function assertParameterCount(parameters: readonly unknown[]): void {
  if (parameters.length <= PARAMETER_LIMIT) return;
  throw new TablesError(
    "TOO_MANY_PARAMETERS",
    `Cannot run a statement with ${parameters.length} parameters; ${PARAMETER_LIMIT} is the most. copyIn has no such limit`,
  );
}

/** @throws TablesError INVALID_VALUE or OUT_OF_RANGE when the value is not one of the codec's type */
export function encodeParameter(value: unknown, codec: TextCodec): string {
  const text = codec.encode(value);
  if (text !== undefined) return text;
  const { code, why } = refusalOf(value, codec.type);
  throw new TablesError(code, `Cannot bind a parameter: the value ${why}`);
}

/** The types of whole numbers. */
const RANGED: ReadonlySet<TypeName> = new Set<TypeName>([
  "smallint",
  "integer",
  "bigint",
  "oid",
  "xid",
  "xid8",
  "cid",
  "timestamp",
  "timestamptz",
]);

/** Why `encode` refused a value. */
export function refusalOf(
  value: unknown,
  type: TypeName,
): { readonly code: "OUT_OF_RANGE" | "INVALID_VALUE"; readonly why: string } {
  const whole = typeof value === "bigint" || Number.isInteger(value);
  return whole && RANGED.has(type)
    ? { code: "OUT_OF_RANGE", why: `is outside the range of ${type}` }
    : { code: "INVALID_VALUE", why: `is not one of type ${type}` };
}

/** One codec per object id, scalars and arrays, for a driver's type map. */
export const CODECS_BY_OID: ReadonlyMap<number, TextCodec> = new Map(
  (Object.keys(TYPES) as ScalarTypeName[]).flatMap((scalar) => {
    const array = `${scalar}[]` as const;
    const elements: TextCodec = {
      type: array,
      encode: (value) => encodeText(value, array),
      decode: (text) => decodeText(text, array),
    };
    return [
      // Straight to the type's own functions: a point read decodes a value per column.
      [TYPES[scalar].oid, { type: scalar, ...CODECS[scalar] }] as const,
      [TYPES[scalar].arrayOid, elements] as const,
    ];
  }),
);
