/** What the WebAssembly codec has to know of each type, and the typed array that shows it. */
import { binaryWidth, type TypeName } from "../definition/column-type.ts";
import type { TypedArray } from "./column-data.ts";

export interface ColumnLayout {
  /** Bytes of a value; 0: variable. */
  readonly width: number;
  /** Bytes of the words whose order is turned; 16: an interval's 8, 4 and 4; 12: a timetz's 8 and 4. */
  readonly swap: 0 | 2 | 4 | 8 | 12 | 16;
  /** 1: days, 2: microseconds, counted from another day by PostgreSQL. */
  readonly epoch: 0 | 1 | 2;
  readonly array: new (buffer: ArrayBufferLike, byteOffset?: number, length?: number) => TypedArray;
}

const VARIABLE: ColumnLayout = { width: 0, swap: 0, epoch: 0, array: Uint8Array };

const LAYOUTS: Readonly<Record<string, ColumnLayout>> = {
  smallint: { width: 2, swap: 2, epoch: 0, array: Int16Array },
  integer: { width: 4, swap: 4, epoch: 0, array: Int32Array },
  bigint: { width: 8, swap: 8, epoch: 0, array: BigInt64Array },
  float4: { width: 4, swap: 4, epoch: 0, array: Float32Array },
  float8: { width: 8, swap: 8, epoch: 0, array: Float64Array },
  boolean: { width: 1, swap: 0, epoch: 0, array: Uint8Array },
  date: { width: 4, swap: 4, epoch: 1, array: Int32Array },
  time: { width: 8, swap: 8, epoch: 0, array: BigInt64Array },
  timestamp: { width: 8, swap: 8, epoch: 2, array: BigInt64Array },
  timestamptz: { width: 8, swap: 8, epoch: 2, array: BigInt64Array },
  interval: { width: 16, swap: 16, epoch: 0, array: Uint8Array },
  oid: { width: 4, swap: 4, epoch: 0, array: Uint32Array },
  money: { width: 8, swap: 8, epoch: 0, array: BigInt64Array },
  timetz: { width: 12, swap: 12, epoch: 0, array: Uint8Array },
  macaddr: { width: 6, swap: 0, epoch: 0, array: Uint8Array },
  macaddr8: { width: 8, swap: 0, epoch: 0, array: Uint8Array },
  point: { width: 16, swap: 8, epoch: 0, array: Float64Array },
  box: { width: 32, swap: 8, epoch: 0, array: Float64Array },
  lseg: { width: 32, swap: 8, epoch: 0, array: Float64Array },
  line: { width: 24, swap: 8, epoch: 0, array: Float64Array },
  circle: { width: 24, swap: 8, epoch: 0, array: Float64Array },
  byteChar: { width: 1, swap: 0, epoch: 0, array: Uint8Array },
  pgLsn: { width: 8, swap: 8, epoch: 0, array: BigUint64Array },
  xid8: { width: 8, swap: 8, epoch: 0, array: BigUint64Array },
  xid: { width: 4, swap: 4, epoch: 0, array: Uint32Array },
  cid: { width: 4, swap: 4, epoch: 0, array: Uint32Array },
  tid: { width: 6, swap: 0, epoch: 0, array: Uint8Array },
  uuid: { width: 16, swap: 0, epoch: 0, array: Uint8Array },
};

export function columnLayout(type: TypeName): ColumnLayout {
  return binaryWidth(type) === 0 ? VARIABLE : LAYOUTS[type]!;
}
