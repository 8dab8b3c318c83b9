/**
 * One value in PostgreSQL's binary format, in plain TypeScript: slow, obvious, complete. It serves
 * values given one by one (`at(i)`, arrays of JavaScript values); the typed columns have their own codec.
 *
 * All numbers are big-endian. Times count from 2000-01-01, ours from 1970-01-01.
 */
import {
  elementType,
  isArrayType,
  TYPES,
  type ScalarTypeName,
  type TypeName,
} from "../definition/column-type.ts";
import { encodeText } from "../connection/value-text.ts";
import {
  decodeMoment,
  encodeMoment,
  INFINITY_US,
  MINUS_INFINITY_US,
} from "../connection/moment-text.ts";
import { decodeNumeric, encodeNumeric } from "./numeric.ts";
import { decodeInterval, encodeInterval, decodeTime, encodeTime } from "./interval.ts";
import { flatten, nest } from "../connection/array-shape.ts";
import { decodeShape, encodeShape } from "./geometry.ts";
import {
  decodeAddress,
  decodeByte,
  decodeLsn,
  decodeMoney,
  decodeTid,
  decodeTimetz,
  encodeAddress,
  encodeByte,
  encodeLsn,
  encodeMoney,
  encodeTid,
  encodeTimetz,
} from "./rare-value.ts";

/** Microseconds from 1970-01-01 to 2000-01-01. */
export const EPOCH_US = 946_684_800_000_000n;
/** Days from 1970-01-01 to 2000-01-01. */
export const EPOCH_DAYS = 10_957;

const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { fatal: true });

function view(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function fixed(width: number, write: (view: DataView) => void): Uint8Array {
  const bytes = new Uint8Array(width);
  write(view(bytes));
  return bytes;
}

export function decodeBinary(bytes: Uint8Array, type: TypeName): unknown {
  return isArrayType(type)
    ? decodeArray(bytes, elementType(type))
    : decodeScalar(bytes, elementType(type));
}

function decodeScalar(bytes: Uint8Array, type: ScalarTypeName): unknown {
  const at = view(bytes);
  switch (type) {
    case "smallint":
      return at.getInt16(0);
    case "integer":
      return at.getInt32(0);
    case "bigint":
      return at.getBigInt64(0);
    case "float4":
      return at.getFloat32(0);
    case "float8":
      return at.getFloat64(0);
    case "boolean":
      return bytes[0] === 1;
    case "date":
      return dayText(at.getInt32(0));
    case "time":
      return decodeTime(at.getBigInt64(0));
    case "timestamp":
    case "timestamptz":
      return fromServerMicroseconds(at.getBigInt64(0));
    case "interval":
      return decodeInterval(at.getBigInt64(0), at.getInt32(8), at.getInt32(12));
    case "uuid":
      return Buffer.from(bytes)
        .toString("hex")
        .replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
    case "oid":
    case "xid":
    case "cid":
      return at.getUint32(0);
    case "xid8":
      return at.getBigUint64(0);
    case "pgLsn":
      return decodeLsn(at.getBigUint64(0));
    case "tid":
      return decodeTid(at);
    case "byteChar":
      return decodeByte(bytes[0]!);
    case "money":
      return decodeMoney(at.getBigInt64(0));
    case "timetz":
      return decodeTimetz(at.getBigInt64(0), at.getInt32(8));
    case "macaddr":
    case "macaddr8":
      return decodeAddress(bytes);
    case "point":
    case "box":
    case "lseg":
    case "line":
    case "circle":
      return decodeShape(at, type);
    case "numeric":
      return decodeNumeric(at);
    case "text":
      return decoder.decode(copied(bytes));
    case "bytea":
      return bytes.slice();
    case "json":
      return JSON.parse(decoder.decode(copied(bytes)));
    case "jsonb":
      return JSON.parse(decoder.decode(copied(bytes.subarray(1))));
  }
}

/** TextDecoder refuses shared memory. */
function copied(bytes: Uint8Array): Uint8Array {
  return bytes.buffer instanceof ArrayBuffer ? bytes : bytes.slice();
}

/** undefined when the value is not one of the type. */
export function encodeBinary(value: unknown, type: TypeName): Uint8Array | undefined {
  if (isArrayType(type)) return encodeArray(value, elementType(type));
  const scalar = elementType(type);
  const text = encodeText(value, scalar);
  if (text === undefined) return undefined;
  switch (scalar) {
    case "smallint":
      return fixed(2, (at) => at.setInt16(0, Number(text)));
    case "integer":
      return fixed(4, (at) => at.setInt32(0, Number(text)));
    case "bigint":
      return fixed(8, (at) => at.setBigInt64(0, BigInt(text)));
    case "float4":
      return fixed(4, (at) => at.setFloat32(0, value as number));
    case "float8":
      return fixed(8, (at) => at.setFloat64(0, value as number));
    case "boolean":
      return Uint8Array.of(value === true ? 1 : 0);
    case "date": {
      const days = dayNumber(text);
      return days === undefined ? undefined : fixed(4, (at) => at.setInt32(0, days));
    }
    case "time": {
      const us = encodeTime(text);
      return us === undefined ? undefined : fixed(8, (at) => at.setBigInt64(0, us));
    }
    case "timestamp":
    case "timestamptz":
      return fixed(8, (at) => at.setBigInt64(0, toServerMicroseconds(decodeMoment(normal(text)))));
    case "interval":
      return encodeInterval(text);
    case "uuid":
      return new Uint8Array(Buffer.from(text.replaceAll("-", ""), "hex"));
    case "oid":
    case "xid":
    case "cid":
      return fixed(4, (at) => at.setUint32(0, Number(text)));
    case "xid8":
      return fixed(8, (at) => at.setBigUint64(0, BigInt(text)));
    case "pgLsn":
      return fixed(8, (at) => at.setBigUint64(0, encodeLsn(text)!));
    case "tid":
      return encodeTid(text);
    case "byteChar":
      return Uint8Array.of(encodeByte(text)!);
    case "money":
      return fixed(8, (at) => at.setBigInt64(0, encodeMoney(text)!));
    case "timetz":
      return encodeTimetz(text);
    case "macaddr":
    case "macaddr8":
      return encodeAddress(text);
    case "point":
    case "box":
    case "lseg":
    case "line":
    case "circle":
      return encodeShape(value, scalar);
    case "numeric":
      return encodeNumeric(text);
    case "text":
    case "json":
      return text.isWellFormed() && !text.includes("\0") ? encoder.encode(text) : undefined;
    case "bytea":
      return (value as Uint8Array).slice();
    case "jsonb":
      return text.isWellFormed()
        ? Buffer.concat([Uint8Array.of(1), encoder.encode(text)])
        : undefined;
  }
}

function normal(text: string): string {
  return text.replace("T", " ").replace("Z", "+00");
}

/** Server's microseconds (since 2000) as ours (since 1970); the infinities stay what they are. */
export function fromServerMicroseconds(us: bigint): bigint {
  return us === INFINITY_US || us === MINUS_INFINITY_US ? us : us + EPOCH_US;
}

export function toServerMicroseconds(us: bigint): bigint {
  return us === INFINITY_US || us === MINUS_INFINITY_US ? us : us - EPOCH_US;
}

const INFINITE_DAY = 0x7fff_ffff;

function dayText(serverDays: number): string {
  if (serverDays === INFINITE_DAY) return "infinity";
  if (serverDays === -INFINITE_DAY - 1) return "-infinity";
  const us = BigInt(serverDays + EPOCH_DAYS) * 86_400_000_000n;
  return encodeMoment(us, false)!.replace(" 00:00:00", "");
}

function dayNumber(text: string): number | undefined {
  if (text === "infinity") return INFINITE_DAY;
  if (text === "-infinity") return -INFINITE_DAY - 1;
  const us = decodeMoment(text.replace(/( BC)?$/, " 00:00:00$1"));
  return Number(us / 86_400_000_000n) - EPOCH_DAYS;
}

/** Array: dimensions, has-null flag, element oid, then per dimension length and lower bound, then values. */
function decodeArray(bytes: Uint8Array, type: ScalarTypeName): unknown[] {
  const at = view(bytes);
  const dimensions = dimensionCount(bytes);
  if (dimensions === 0) return [];
  const lengths = Array.from({ length: dimensions }, (_, k) => at.getInt32(12 + k * 8));
  const count = lengths.reduce((product, length) => product * length, 1);
  const values: unknown[] = [];
  let offset = 12 + dimensions * 8;
  for (let k = 0; k < count; k++) {
    const size = at.getInt32(offset);
    offset += 4;
    if (size === -1) values.push(null);
    else {
      values.push(decodeScalar(bytes.subarray(offset, offset + size), type));
      offset += size;
    }
  }
  return nest<unknown, unknown[]>(values, lengths, (parts) => [...parts]);
}

/** Dimensions of an array in binary; 0 when it is empty. */
export function dimensionCount(bytes: Uint8Array): number {
  return view(bytes).getInt32(0);
}

function encodeArray(value: unknown, type: ScalarTypeName): Uint8Array | undefined {
  const flat = flatten(value, type);
  if (flat === undefined) return undefined;
  const { lengths, elements } = flat;
  const parts: Uint8Array[] = [];
  let hasNull = 0;
  for (const element of elements) {
    if (element === null || element === undefined) {
      hasNull = 1;
      parts.push(fixed(4, (at) => at.setInt32(0, -1)));
      continue;
    }
    const bytes = encodeBinary(element, type);
    if (bytes === undefined) return undefined;
    parts.push(
      fixed(4, (at) => at.setInt32(0, bytes.length)),
      bytes,
    );
  }
  const header = fixed(12 + lengths.length * 8, (at) => {
    at.setInt32(0, lengths.length);
    at.setInt32(4, hasNull);
    at.setInt32(8, TYPES[type].oid);
    for (const [k, length] of lengths.entries()) {
      at.setInt32(12 + k * 8, length);
      at.setInt32(16 + k * 8, 1);
    }
  });
  return new Uint8Array(Buffer.concat([header, ...parts]));
}
