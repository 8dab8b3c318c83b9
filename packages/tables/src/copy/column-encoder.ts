/** Columns to binary COPY: pieces of about CHUNK_BYTES, made as they are asked for. */
import { TablesError } from "../errors.ts";
import { binaryWidth, type TypeName } from "../definition/column-type.ts";
import type { AnyTable } from "../definition/table.ts";
import { encodeBinary, EPOCH_DAYS, toServerMicroseconds } from "./binary-value.ts";
import { elementsPerValue, isNullAt, type ColumnInput, type TypedArray } from "./column-data.ts";
import { SIGNATURE } from "./column-decoder.ts";

const CHUNK_BYTES = 1 << 17;
/** PostgreSQL refuses a field of 1 GiB or more. */
const FIELD_LIMIT = 0x3fff_ffff;

/** One column's values, made uniform. `value` gives a value's bytes, or undefined for null. */
export interface PlannedColumn {
  readonly name: string;
  readonly type: TypeName;
  readonly value: (index: number) => Uint8Array | undefined;
}

export interface InputPlan {
  readonly table: AnyTable;
  readonly count: number;
  readonly columns: readonly PlannedColumn[];
}

export function planInput(table: AnyTable, input: ColumnInput<AnyTable>): InputPlan {
  const given = input.columns as Readonly<Record<string, unknown>>;
  for (const name of Object.keys(given)) {
    if (!Object.hasOwn(table.columns, name)) {
      throw new TypeError(`Table "${table.name}" has no column ${JSON.stringify(name)}`);
    }
  }
  const names = table.columnNames.filter((name) => given[name] !== undefined);
  for (const name of table.columnNames) {
    const { nullable, identity, defaultValue } = table.columns[name]!.state;
    if (names.includes(name) || nullable || identity || defaultValue !== undefined) continue;
    throw mismatch(table, name, "the column is missing");
  }
  let { count } = input;
  for (const name of names) {
    const length = lengthOf(table.columns[name]!.type, given[name]);
    if (length === undefined) continue;
    count ??= length;
    if (length < count || (input.count === undefined && length !== count)) {
      throw mismatch(table, name, `it has ${length} values, expected ${count}`);
    }
  }
  if (count === undefined) throw new TypeError('Give "count": every column repeats one value');
  const nulls = (input.nulls ?? {}) as Readonly<Record<string, Uint8Array | undefined>>;
  return {
    table,
    count,
    columns: names.map((name) => planColumn(table, name, given[name], nulls[name])),
  };
}

function mismatch(table: AnyTable, column: string, why: string): TablesError {
  return new TablesError(
    "COLUMN_MISMATCH",
    `Cannot copy into ${table.name}, column ${column}: ${why}`,
    {
      table: table.name,
      column,
    },
  );
}

function lengthOf(type: TypeName, values: unknown): number | undefined {
  if (Array.isArray(values)) return values.length;
  if (ArrayBuffer.isView(values)) return (values as TypedArray).length / elementsPerValue(type);
  if (typeof values === "object" && values !== null && "offsets" in values) {
    return (values.offsets as Uint32Array).length - 1;
  }
  return undefined;
}

function planColumn(
  table: AnyTable,
  name: string,
  values: unknown,
  nulls: Uint8Array | undefined,
): PlannedColumn {
  const { type, state } = table.columns[name]!;
  const refuse = (code: "INVALID_VALUE" | "NOT_NULL_VIOLATION", why: string): never => {
    throw new TablesError(code, `Cannot copy into ${table.name}, column ${name}: ${why}`, {
      table: table.name,
      column: name,
    });
  };
  const one = (value: unknown): Uint8Array | undefined => {
    if (value === null || value === undefined) {
      return state.nullable ? undefined : refuse("NOT_NULL_VIOLATION", "a value is null");
    }
    return (
      encodeBinary(value, type) ?? refuse("INVALID_VALUE", `a value is not one of type ${type}`)
    );
  };
  let value: PlannedColumn["value"];
  if (Array.isArray(values)) value = (index) => one(values[index]);
  else if (ArrayBuffer.isView(values)) value = fixedValue(type, values as TypedArray);
  else if (typeof values === "object" && values !== null && "repeated" in values) {
    const bytes = one(values.repeated);
    value = () => bytes;
  } else if (
    typeof values === "object" &&
    values !== null &&
    "offsets" in values &&
    "bytes" in values
  ) {
    const offsets = values.offsets as Uint32Array;
    const bytes = values.bytes as Uint8Array;
    value = (index) => bytes.subarray(offsets[index]!, offsets[index + 1]!);
  } else throw new TypeError(`Column "${name}" of table "${table.name}" is not a column of values`);
  if (nulls === undefined) return { name, type, value };
  return { name, type, value: (index) => (isNullAt(nulls, index) ? one(null) : value(index)) };
}

function fixedValue(type: TypeName, values: TypedArray): (index: number) => Uint8Array {
  const width = binaryWidth(type);
  const bytes = new Uint8Array(width);
  const at = new DataView(bytes.buffer);
  const raw = new DataView(values.buffer, values.byteOffset, values.byteLength);
  const write: (index: number) => void = {
    smallint: (index: number) => at.setInt16(0, values[index] as number),
    integer: (index: number) => at.setInt32(0, values[index] as number),
    date: (index: number) => at.setInt32(0, (values[index] as number) - EPOCH_DAYS),
    bigint: (index: number) => at.setBigInt64(0, values[index] as bigint),
    time: (index: number) => at.setBigInt64(0, values[index] as bigint),
    timestamp: (index: number) => at.setBigInt64(0, toServerMicroseconds(values[index] as bigint)),
    timestamptz: (index: number) =>
      at.setBigInt64(0, toServerMicroseconds(values[index] as bigint)),
    float4: (index: number) => at.setFloat32(0, values[index] as number),
    float8: (index: number) => at.setFloat64(0, values[index] as number),
    boolean: (index: number) => at.setUint8(0, values[index] === 0 ? 0 : 1),
    uuid: (index: number) =>
      bytes.set((values as Uint8Array).subarray(index * 16, index * 16 + 16)),
    interval: (index: number) => {
      at.setBigInt64(0, raw.getBigInt64(index * 16, true));
      at.setInt32(8, raw.getInt32(index * 16 + 8, true));
      at.setInt32(12, raw.getInt32(index * 16 + 12, true));
    },
  }[type as "float8"];
  return (index) => {
    write(index);
    return bytes;
  };
}

export function* encodeColumns(plan: InputPlan): Generator<Uint8Array> {
  let chunk = new Uint8Array(CHUNK_BYTES);
  let at = new DataView(chunk.buffer);
  chunk.set(SIGNATURE);
  let used = SIGNATURE.length + 8;
  for (let index = 0; index < plan.count; index++) {
    const fields = plan.columns.map((column) => column.value(index));
    let size = 2;
    for (const [k, field] of fields.entries()) {
      if (field !== undefined && field.length > FIELD_LIMIT) {
        const { name } = plan.columns[k]!;
        throw new TablesError(
          "ROW_TOO_LARGE",
          `Cannot copy into ${plan.table.name}, column ${name}: a value has ${field.length} bytes`,
          {
            table: plan.table.name,
            column: name,
          },
        );
      }
      size += 4 + (field?.length ?? 0);
    }
    if (used + size + 2 > chunk.length) {
      if (used > 0) yield chunk.subarray(0, used);
      chunk = new Uint8Array(Math.max(CHUNK_BYTES, size + 2));
      at = new DataView(chunk.buffer);
      used = 0;
    }
    at.setInt16(used, fields.length);
    used += 2;
    for (const field of fields) {
      at.setInt32(used, field?.length ?? -1);
      used += 4;
      if (field === undefined) continue;
      chunk.set(field, used);
      used += field.length;
    }
  }
  if (used + 2 > chunk.length) {
    yield chunk.subarray(0, used);
    chunk = new Uint8Array(2);
    at = new DataView(chunk.buffer);
    used = 0;
  }
  at.setInt16(used, -1);
  yield chunk.subarray(0, used + 2);
}
