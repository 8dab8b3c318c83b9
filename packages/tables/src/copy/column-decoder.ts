/**
 * Binary COPY to columns: a push parser over pieces of any size.
 *
 * Stream: 11-byte signature, u32 flags, u32 extension length, then rows: i16 field count, and per field
 * i32 size (−1: null) and the value; i16 −1 ends it. All big-endian.
 */
import { TablesError } from "../errors.ts";
import { binaryWidth, type TypeName } from "../definition/column-type.ts";
import type { AnyTable } from "../definition/table.ts";
import { decodeBinary, EPOCH_DAYS, fromServerMicroseconds } from "./binary-value.ts";
import { elementsPerValue, isNullAt, type TypedArray } from "./column-data.ts";

export const SIGNATURE: Uint8Array = new Uint8Array([80, 71, 67, 79, 80, 89, 10, 255, 13, 10, 0]);
const HEADER_BYTES = 19;
const FIRST_ROOM = 1024;

export interface DecoderMemory {
  readonly into?: Readonly<Record<string, TypedArray>> | undefined;
  readonly allocate?: ((sizeBytes: number) => ArrayBufferLike) | undefined;
}

interface Column {
  readonly name: string;
  readonly type: TypeName;
  readonly width: number;
  readonly nullable: boolean;
  readonly given: boolean;
  values: TypedArray;
  nulls: Uint8Array | undefined;
  offsets: Uint32Array;
  bytes: Uint8Array;
}

export class ColumnDecoder {
  readonly #table: AnyTable;
  readonly #columns: Column[];
  readonly #allocate: (sizeBytes: number) => ArrayBufferLike;
  #count = 0;
  #room = FIRST_ROOM;
  #rest: Uint8Array = new Uint8Array(0);
  #begun = false;
  #ended = false;

  constructor(table: AnyTable, names: readonly string[], memory: DecoderMemory) {
    this.#table = table;
    this.#allocate = memory.allocate ?? ((sizeBytes) => new ArrayBuffer(sizeBytes));
    this.#columns = names.map((name) => this.#column(name, memory.into?.[name]));
  }

  write(payload: Uint8Array): void {
    const bytes =
      this.#rest.length === 0 ? payload : new Uint8Array(Buffer.concat([this.#rest, payload]));
    const at = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    let offset = 0;
    if (!this.#begun) {
      if (bytes.length < HEADER_BYTES) {
        this.#rest = bytes.slice();
        return;
      }
      if (!SIGNATURE.every((byte, index) => bytes[index] === byte))
        throw this.#corrupt("no signature");
      offset = HEADER_BYTES + at.getUint32(15);
      this.#begun = true;
    }
    while (!this.#ended) {
      const next = this.#row(bytes, at, offset);
      if (next === undefined) break;
      offset = next;
    }
    this.#rest = bytes.slice(offset);
  }

  finish(): unknown {
    if (!this.#ended) throw this.#corrupt("it ended early");
    const columns: Record<string, unknown> = {};
    const nulls: Record<string, Uint8Array> = {};
    for (const column of this.#columns) {
      columns[column.name] =
        column.width > 0
          ? column.values.subarray(0, this.#count * elementsPerValue(column.type))
          : variable(column, this.#count);
      if (column.nulls !== undefined)
        nulls[column.name] = column.nulls.subarray(0, (this.#count + 7) >> 3);
    }
    return { count: this.#count, columns, nulls };
  }

  /** Decodes the row at `offset`; undefined when it is not all there yet. */
  #row(bytes: Uint8Array, at: DataView, offset: number): number | undefined {
    if (offset + 2 > bytes.length) return undefined;
    const fieldCount = at.getInt16(offset);
    if (fieldCount === -1) {
      this.#ended = true;
      return offset + 2;
    }
    if (fieldCount !== this.#columns.length) {
      throw this.#corrupt(`a row has ${fieldCount} fields instead of ${this.#columns.length}`);
    }
    let end = offset + 2;
    for (let k = 0; k < fieldCount; k++) {
      if (end + 4 > bytes.length) return undefined;
      end += 4 + Math.max(0, at.getInt32(end));
    }
    if (end > bytes.length) return undefined;
    if (this.#count === this.#room) this.#grow();
    let field = offset + 2;
    for (const column of this.#columns) {
      const size = at.getInt32(field);
      field += 4;
      if (size === -1) this.#setNull(column);
      else {
        this.#set(column, bytes.subarray(field, field + size), at, field);
        field += size;
      }
    }
    this.#count++;
    return end;
  }

  #set(column: Column, value: Uint8Array, at: DataView, offset: number): void {
    if (column.width === 0) return append(column, this.#count, value);
    if (value.length !== column.width) {
      throw new TablesError(
        "SCHEMA_DRIFT",
        `Cannot read column ${column.name} of ${this.#table.name}: a value has ${value.length} bytes, a ${column.type} ${column.width}`,
        { table: this.#table.name, column: column.name },
      );
    }
    const per = elementsPerValue(column.type);
    if ((this.#count + 1) * per > column.values.length) throw this.#full(column);
    if (per === 16 && column.type === "uuid")
      (column.values as Uint8Array).set(value, this.#count * 16);
    else setFixed(column.type, column.values, this.#count, at, offset);
  }

  #setNull(column: Column): void {
    if (column.nulls === undefined) {
      throw new TablesError(
        "SCHEMA_DRIFT",
        `Cannot read column ${column.name} of ${this.#table.name}: a value is null, the definition says it never is`,
        { table: this.#table.name, column: column.name },
      );
    }
    column.nulls[this.#count >> 3]! |= 1 << (this.#count & 7);
    if (column.width === 0) append(column, this.#count, new Uint8Array(0));
    else {
      const per = elementsPerValue(column.type);
      if ((this.#count + 1) * per > column.values.length) throw this.#full(column);
      column.values.fill(0 as never, this.#count * per, (this.#count + 1) * per);
    }
  }

  #column(name: string, given: TypedArray | undefined): Column {
    const { type, state } = this.#table.columns[name]!;
    const width = binaryWidth(type);
    return {
      name,
      type,
      width,
      nullable: state.nullable,
      given: given !== undefined,
      values: given ?? typedArray(type, this.#allocate(width * FIRST_ROOM)),
      nulls: state.nullable ? new Uint8Array(FIRST_ROOM / 8) : undefined,
      offsets: new Uint32Array(width === 0 ? FIRST_ROOM + 1 : 0),
      bytes: new Uint8Array(0),
    };
  }

  #grow(): void {
    this.#room *= 2;
    for (const column of this.#columns) {
      if (column.width > 0 && !column.given) {
        const larger = typedArray(column.type, this.#allocate(column.width * this.#room));
        larger.set(column.values as never);
        column.values = larger;
      }
      if (column.nulls !== undefined) {
        const larger = new Uint8Array(this.#room / 8);
        larger.set(column.nulls);
        column.nulls = larger;
      }
      if (column.width === 0) {
        const larger = new Uint32Array(this.#room + 1);
        larger.set(column.offsets);
        column.offsets = larger;
      }
    }
  }

  #full(column: Column): TablesError {
    return new TablesError(
      "COLUMNS_FULL",
      `Cannot read column ${column.name} of ${this.#table.name}: the result has more rows than the ${this.#count} that its array holds`,
      { table: this.#table.name, column: column.name },
    );
  }

  #corrupt(why: string): TablesError {
    return new TablesError("COPY_FAILED", `Cannot read the COPY of ${this.#table.name}: ${why}`, {
      table: this.#table.name,
    });
  }
}

const ARRAYS: Readonly<Record<string, new (buffer: ArrayBufferLike) => TypedArray>> = {
  smallint: Int16Array,
  integer: Int32Array,
  date: Int32Array,
  bigint: BigInt64Array,
  time: BigInt64Array,
  timestamp: BigInt64Array,
  timestamptz: BigInt64Array,
  float4: Float32Array,
  float8: Float64Array,
};

function typedArray(type: TypeName, buffer: ArrayBufferLike): TypedArray {
  return new (ARRAYS[type] ?? Uint8Array)(buffer);
}

function setFixed(
  type: TypeName,
  values: TypedArray,
  index: number,
  at: DataView,
  offset: number,
): void {
  if (type === "smallint") values[index] = at.getInt16(offset);
  else if (type === "integer") values[index] = at.getInt32(offset);
  else if (type === "date") values[index] = at.getInt32(offset) + EPOCH_DAYS;
  else if (type === "bigint" || type === "time") {
    (values as BigInt64Array)[index] = at.getBigInt64(offset);
  } else if (type === "timestamp" || type === "timestamptz") {
    (values as BigInt64Array)[index] = fromServerMicroseconds(at.getBigInt64(offset));
  } else if (type === "float4") values[index] = at.getFloat32(offset);
  else if (type === "float8") values[index] = at.getFloat64(offset);
  else if (type === "interval") {
    const target = new DataView(values.buffer, values.byteOffset + index * 16, 16);
    target.setBigInt64(0, at.getBigInt64(offset), true);
    target.setInt32(8, at.getInt32(offset + 8), true);
    target.setInt32(12, at.getInt32(offset + 12), true);
  } else values[index] = at.getUint8(offset);
}

function append(column: Column, index: number, value: Uint8Array): void {
  const start = column.offsets[index]!;
  const end = start + value.length;
  if (end > column.bytes.length) {
    const larger = new Uint8Array(Math.max(1024, end, column.bytes.length * 2));
    larger.set(column.bytes);
    column.bytes = larger;
  }
  column.bytes.set(value, start);
  column.offsets[index + 1] = end;
}

function variable(column: Column, count: number): unknown {
  const offsets = column.offsets.subarray(0, count + 1);
  const bytes = column.bytes.subarray(0, offsets[count] ?? 0);
  const { nulls, type } = column;
  return {
    offsets,
    bytes,
    at(index: number): unknown {
      if (nulls !== undefined && isNullAt(nulls, index)) return null;
      return decodeBinary(bytes.subarray(offsets[index]!, offsets[index + 1]!), type);
    },
  };
}
