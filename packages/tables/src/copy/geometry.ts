/**
 * Geometric types: their text, and their binary form, which is their numbers one after the other as
 * big-endian float8. src/definition/shapes.ts says what they are in rows.
 */
import type { Box, Circle, Line, Point, Segment } from "../definition/shapes.ts";

interface Geometry<Shape> {
  /** Its numbers in binary order; undefined for what is no such shape. */
  flatten(value: Partial<Shape>): readonly unknown[];
  shape(numbers: readonly number[]): Shape;
  text(numbers: readonly string[]): string;
  /** Whether the server takes these numbers. */
  accepts(numbers: readonly number[]): boolean;
}

/** PostgreSQL takes smaller numbers for 0 (EPSILON in geo_decls.h) when it looks at a line. */
const EPSILON = 1e-6;

const always = (): boolean => true;
const corner = (point: Partial<Point> | undefined): unknown[] => [point?.x, point?.y];
const at = (numbers: readonly number[], first: number): Point => ({
  x: numbers[first]!,
  y: numbers[first + 1]!,
});

const point: Geometry<Point> = {
  flatten: corner,
  shape: (numbers) => at(numbers, 0),
  text: ([x, y]) => `(${x},${y})`,
  accepts: always,
};
const box: Geometry<Box> = {
  flatten: ({ high, low }) => [...corner(high), ...corner(low)],
  shape: (numbers) => ({ high: at(numbers, 0), low: at(numbers, 2) }),
  text: ([x1, y1, x2, y2]) => `(${x1},${y1}),(${x2},${y2})`,
  accepts: always,
};
const lseg: Geometry<Segment> = {
  flatten: ({ start, end }) => [...corner(start), ...corner(end)],
  shape: (numbers) => ({ start: at(numbers, 0), end: at(numbers, 2) }),
  text: ([x1, y1, x2, y2]) => `[(${x1},${y1}),(${x2},${y2})]`,
  accepts: always,
};
const line: Geometry<Line> = {
  flatten: ({ a, b, c }) => [a, b, c],
  shape: ([a, b, c]) => ({ a: a!, b: b!, c: c! }),
  text: ([a, b, c]) => `{${a},${b},${c}}`,
  accepts: ([a, b]) => !(Math.abs(a!) <= EPSILON && Math.abs(b!) <= EPSILON),
};
const circle: Geometry<Circle> = {
  flatten: ({ center, radius }) => [...corner(center), radius],
  shape: (numbers) => ({ center: at(numbers, 0), radius: numbers[2]! }),
  text: ([x, y, radius]) => `<(${x},${y}),${radius}>`,
  accepts: (numbers) => !(numbers[2]! < 0),
};

export type GeometricType = "point" | "box" | "lseg" | "line" | "circle";
const GEOMETRIES: Readonly<Record<GeometricType, Geometry<object>>> = {
  point,
  box,
  lseg,
  line,
  circle,
};

function numbersOf(value: unknown, type: GeometricType): readonly number[] | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  const geometry = GEOMETRIES[type];
  const numbers = geometry.flatten(value);
  if (!numbers.every((number) => typeof number === "number")) return undefined;
  return geometry.accepts(numbers) ? numbers : undefined;
}

/** undefined when the value is not such a shape, or one that the server refuses. */
export function encodeShapeText(value: unknown, type: GeometricType): string | undefined {
  const numbers = numbersOf(value, type);
  return numbers === undefined
    ? undefined
    : GEOMETRIES[type].text(
        numbers.map((number) => (Object.is(number, -0) ? "-0" : String(number))),
      );
}

export function decodeShapeText(text: string, type: GeometricType): unknown {
  return GEOMETRIES[type].shape((text.match(/[^()<>[\]{},]+/g) ?? []).map(Number));
}

export function encodeShape(value: unknown, type: GeometricType): Uint8Array | undefined {
  const numbers = numbersOf(value, type);
  if (numbers === undefined) return undefined;
  const bytes = new Uint8Array(numbers.length * 8);
  const view = new DataView(bytes.buffer);
  for (const [k, number] of numbers.entries()) view.setFloat64(k * 8, number);
  return bytes;
}

export function decodeShape(view: DataView, type: GeometricType): unknown {
  const numbers = Array.from({ length: view.byteLength / 8 }, (_, k) => view.getFloat64(k * 8));
  return GEOMETRIES[type].shape(numbers);
}
