/**
 * Layouts whose offsets and sum are computed by the type system.
 *
 * A layout is a tuple of fields in the order of their bytes. `layout(64, …)` compiles only when the widths add
 * up to exactly 64 and every field lies on a multiple of its width, so that there is no padding: what is unused
 * has a name too. The offsets are literal types: `HEADER.offsets.rows` is 48, not number.
 */

/** Bytes of each kind of field. */
export const WIDTHS = { u8: 1, u16: 2, u32: 4, u64: 8, i64: 8, f64: 8 } as const;

export type FieldKind = keyof typeof WIDTHS;
export type Field = readonly [name: string, kind: FieldKind];

type Units<Count extends number, Sum extends unknown[] = []> = Sum["length"] extends Count
  ? Sum
  : Units<Count, [...Sum, unknown]>;

/** The tuple without its first `Count` elements, or never when it is shorter. */
type Without<Sum extends unknown[], Count extends number> = Sum extends [
  ...Units<Count>,
  ...infer Rest,
]
  ? Rest
  : never;

/** Whether `Sum` units divide into pieces of `Width`. */
type Aligned<Sum extends unknown[], Width extends number> = Sum extends []
  ? true
  : [Without<Sum, Width>] extends [never]
    ? false
    : Aligned<Without<Sum, Width>, Width>;

type Place<
  Fields extends readonly Field[],
  Sum extends unknown[] = [],
  Offsets = unknown,
> = Fields extends readonly [
  readonly [infer Name extends string, infer Kind extends FieldKind],
  ...infer Rest extends readonly Field[],
]
  ? Aligned<Sum, (typeof WIDTHS)[Kind]> extends true
    ? Place<
        Rest,
        [...Sum, ...Units<(typeof WIDTHS)[Kind]>],
        Offsets & { readonly [Key in Name]: Sum["length"] }
      >
    : { readonly error: "not aligned"; readonly field: Name; readonly offset: Sum["length"] }
  : { readonly offsets: Offsets; readonly bytes: Sum["length"] };

/** Offsets and size of a tuple of fields, or which field is not aligned. */
export type Layout<Fields extends readonly Field[]> = Place<Fields>;

export type OffsetsOf<Fields extends readonly Field[]> =
  Layout<Fields> extends { readonly offsets: infer Offsets }
    ? { readonly [Name in keyof Offsets]: Offsets[Name] }
    : never;

type Checked<Bytes extends number, Fields extends readonly Field[]> =
  Layout<Fields> extends { readonly bytes: infer Sum }
    ? Sum extends Bytes
      ? unknown
      : { readonly error: "the fields add up to"; readonly bytes: Sum }
    : Layout<Fields>;

/** The offsets of `fields`, which must fill exactly `bytes`. */
export function layout<const Fields extends readonly Field[], const Bytes extends number>(
  bytes: Bytes,
  fields: Fields & Checked<Bytes, Fields>,
): OffsetsOf<Fields> {
  const offsets: Record<string, number> = {};
  let at = 0;
  for (const [name, kind] of fields as readonly Field[]) {
    offsets[name] = at;
    at += WIDTHS[kind];
  }
  if (at !== bytes) throw new RangeError(`The fields fill ${at} bytes, not ${bytes}`);
  return offsets as OffsetsOf<Fields>;
}
