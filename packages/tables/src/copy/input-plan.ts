/** What copyIn was given, checked against the definition and made uniform for the encoder. */
import { TablesError, type TablesErrorCode } from "../errors.ts";
import type { TypeName } from "../definition/column-type.ts";
import type { AnyTable } from "../definition/table.ts";
import { refusalOf } from "../connection/value-text.ts";
import { dimensionCount, encodeBinary } from "./binary-value.ts";
import { elementsPerValue, isNullAt, type ColumnInput, type TypedArray } from "./column-data.ts";
import { columnLayout, type ColumnLayout } from "./column-layout.ts";

/** PostgreSQL refuses a field of 1 GiB or more. */
const FIELD_LIMIT = 0x3fff_ffff;

interface PlanBase {
  readonly name: string;
  readonly layout: ColumnLayout;
  /** Whether `isNull` may answer true. */
  readonly nullable: boolean;
  /** Whether NaN and the infinities are refused. */
  readonly finite: boolean;
  isNull(index: number): boolean;
}

/** Values of rows [first, first + offsets.length − 1): value k is bytes[offsets[k], offsets[k + 1]). */
export interface StagedValues {
  readonly bytes: Uint8Array;
  readonly offsets: Uint32Array;
}

export type ColumnInputPlan =
  | (PlanBase & { readonly kind: "fixed"; raw(first: number, count: number): Uint8Array })
  | (PlanBase & { readonly kind: "repeated"; readonly bytes: Uint8Array | undefined })
  | (PlanBase & {
      readonly kind: "variable";
      /** At least one row, at most `count`, ending where `limitBytes` is passed. */
      stage(first: number, count: number, limitBytes: number): StagedValues;
    });

export interface InputPlan {
  readonly table: AnyTable;
  readonly count: number;
  readonly columns: readonly ColumnInputPlan[];
}

/** @throws TypeError for a column that does not exist, TablesError COLUMN_MISMATCH for lengths that differ */
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
    throw refusal(table, name, "COLUMN_MISMATCH", "the column is missing");
  }
  const count = rowCount(table, names, given, input.count);
  const nulls = (input.nulls ?? {}) as Readonly<Record<string, Uint8Array | undefined>>;
  const columns = names.map((name) => planColumn(table, name, given[name], nulls[name], count));
  return { table, count, columns };
}

function rowCount(
  table: AnyTable,
  names: readonly string[],
  given: Readonly<Record<string, unknown>>,
  stated: number | undefined,
): number {
  if (stated !== undefined && (!Number.isSafeInteger(stated) || stated < 0)) {
    throw new RangeError(`"count" must be a whole number >= 0: current value is ${stated}`);
  }
  let count = stated;
  for (const name of names) {
    const length = lengthOf(table.columns[name]!.type, given[name]);
    if (length === undefined) continue;
    count ??= length;
    if (length < count || (stated === undefined && length !== count)) {
      throw refusal(table, name, "COLUMN_MISMATCH", `it has ${length} values, expected ${count}`);
    }
  }
  if (count === undefined) throw new TypeError('Give "count": every column repeats one value');
  return count;
}

function lengthOf(type: TypeName, values: unknown): number | undefined {
  if (Array.isArray(values)) return values.length;
  if (ArrayBuffer.isView(values)) return (values as TypedArray).length / elementsPerValue(type);
  if (isVariable(values)) return values.offsets.length - 1;
  return undefined;
}

function isVariable(values: unknown): values is StagedValues {
  return typeof values === "object" && values !== null && "offsets" in values && "bytes" in values;
}

function planColumn(
  table: AnyTable,
  name: string,
  values: unknown,
  nulls: Uint8Array | undefined,
  count: number,
): ColumnInputPlan {
  const { type, state } = table.columns[name]!;
  const layout = columnLayout(type);
  const refuse = (code: TablesErrorCode, why: string): never => {
    throw refusal(table, name, code, why);
  };
  if (nulls !== undefined && nulls.length < (count + 7) >> 3) {
    refuse("COLUMN_MISMATCH", `its bitmap has ${nulls.length} bytes for ${count} rows`);
  }
  const encode = (value: unknown, index: number): Uint8Array | undefined => {
    if (value === null || value === undefined) {
      return state.nullable ? undefined : refuse("NOT_NULL_VIOLATION", `value ${index} is null`);
    }
    if (state.finite && !Number.isFinite(value))
      refuse("INVALID_VALUE", `value ${index} is NaN or infinite`);
    const bytes = encodeBinary(value, type);
    if (bytes === undefined) {
      const { code, why } = refusalOf(value, type);
      return refuse(code, `value ${index} ${why}`);
    }
    const dimensions = state.dimensions === 0 ? 0 : dimensionCount(bytes);
    if (dimensions > 0 && dimensions !== state.dimensions)
      refuse(
        "INVALID_VALUE",
        `value ${index} has ${dimensions} dimensions, not ${state.dimensions}`,
      );
    if (bytes.length > FIELD_LIMIT)
      refuse("ROW_TOO_LARGE", `value ${index} has ${bytes.length} bytes`);
    return bytes;
  };
  const base: PlanBase = {
    name,
    layout,
    nullable: nulls !== undefined || (state.nullable && !ArrayBuffer.isView(values)),
    finite: state.finite,
    isNull: (index) => nulls !== undefined && isNullAt(nulls, index),
  };
  if (nulls !== undefined && !state.nullable) refuse("NOT_NULL_VIOLATION", "it is never null");
  if (ArrayBuffer.isView(values)) return fixedColumn(base, values, refuse);
  if (Array.isArray(values)) return arrayColumn(base, values, encode);
  if (isVariable(values))
    return layout.width > 0
      ? refuse("INVALID_VALUE", `it is not a ${layout.array.name}`)
      : variableColumn(base, values);
  if (typeof values === "object" && values !== null && "repeated" in values) {
    return { ...base, kind: "repeated", bytes: encode(values.repeated, 0) };
  }
  throw new TypeError(`Column "${name}" of table "${table.name}" is not a column of values`);
}

function refusal(table: AnyTable, column: string, code: TablesErrorCode, why: string): TablesError {
  return new TablesError(code, `Cannot copy into ${table.name}, column ${column}: ${why}`, {
    table: table.name,
    column,
  });
}

function fixedColumn(
  base: PlanBase,
  values: ArrayBufferView,
  refuse: (code: TablesErrorCode, why: string) => never,
): ColumnInputPlan {
  const { width, array: TypedColumn } = base.layout;
  if (width === 0 || !(values instanceof TypedColumn)) {
    return refuse(
      "INVALID_VALUE",
      width === 0 ? "it is a typed array" : `it is not a ${TypedColumn.name}`,
    );
  }
  const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
  const raw = (first: number, count: number): Uint8Array =>
    bytes.subarray(first * width, (first + count) * width);
  return { ...base, kind: "fixed", raw };
}

function variableColumn(base: PlanBase, values: StagedValues): ColumnInputPlan {
  const stage = (first: number, count: number, limitBytes: number): StagedValues => {
    const start = values.offsets[first]!;
    let last = first + 1;
    while (last < first + count && values.offsets[last + 1]! - start <= limitBytes) last++;
    const offsets = values.offsets.slice(first, last + 1).map((offset) => offset - start);
    return { bytes: values.bytes.subarray(start, values.offsets[last]!), offsets };
  };
  return { ...base, kind: "variable", stage };
}

/** JavaScript values, encoded one by one, whatever their type. */
function arrayColumn(
  base: PlanBase,
  values: readonly unknown[],
  encode: (value: unknown, index: number) => Uint8Array | undefined,
): ColumnInputPlan {
  const stage = (first: number, count: number, limitBytes: number): StagedValues => {
    const parts: Uint8Array[] = [];
    const offsets = new Uint32Array(count + 1);
    let used = 0;
    let k = 0;
    for (; k < count && (k === 0 || used <= limitBytes); k++) {
      const bytes = encode(values[first + k], first + k) ?? new Uint8Array(0);
      parts.push(bytes);
      used += bytes.length;
      offsets[k + 1] = used;
    }
    return { bytes: Buffer.concat(parts), offsets: offsets.subarray(0, k + 1) };
  };
  return {
    ...base,
    kind: "variable",
    stage,
    isNull: (index) => base.isNull(index) || values[index] === null || values[index] === undefined,
  };
}
