// asc: -O3 --runtime stub --enable simd --enable threads --importMemory --sharedMemory --initialMemory 1 --maximumMemory 65536 --noAssert
/**
 * Builds the octree: keys, sort, cells, moments. The layout is in tree/cell.ts.
 *
 * Cells are in breadth-first order: children lie side by side and after their parent. Octants that
 * together have few bodies become one leaf, in pairs and fours that are neighbours, and a cell with a
 * single non-empty octant is not made: its octants are looked at instead. So every inner cell has two
 * children at least, and there are fewer than 2 n cells.
 */
import {
  AT_BEGIN,
  AT_END,
  AT_LEVEL,
  AT_PARENT,
  AT_SIZE,
  cellLink,
  columnE,
  columnM,
  keysA,
  placeBodies,
  placeCells,
  recordOf,
} from "./tree/cell";
import { boundsOf, findOctants, LEVELS, rekey, SORTED, sortBodies, sortOctants } from "./tree/keys";
import { makeMoments } from "./tree/moments";

/** Levels of cells with keys of their own start here. */
const REKEYED: u32 = 32;

/** 2⁻⁶⁰: squares of sizes and of their inverses are float32 numbers. Smaller cells are leaves. */
const SMALLEST: f32 = 8.6736174e-19;

let count: u32 = 0;
let capacity: u32 = 0;
let leafMost: u32 = 16;
let scale: f64 = 1;
let massScale: f64 = 1;
let softened: bool = false;
let made: u32 = 0;
/** Where octant o of the present split begins: nine u32, absolute. */
let bounds: usize = 0;

export function configure(
  n: u32,
  rows: usize,
  mass: usize,
  x: usize,
  y: usize,
  z: usize,
  softening: usize,
  scratch: usize,
  cells: usize,
  cellCapacity: u32,
  buildCapacity: u32,
  leaf: u32,
): void {
  count = n;
  capacity = buildCapacity;
  leafMost = leaf;
  placeBodies(rows, mass, x, y, z, softening, scratch);
  placeCells(cells, cellCapacity);
  bounds = keysA - 128;
}

export function lengthScale(): f64 {
  return scale;
}

export function massesScale(): f64 {
  return massScale;
}

export function isSoftened(): bool {
  return softened;
}

/** The power of two p for which p × value is in 1 … 2; 1 for nothing. */
function scaleOf(value: f64): f64 {
  if (!(value > 1e-300)) return 1;
  const exponent = ((reinterpret<u64>(value) >> 52) & 0x7ff) - 1023;
  return reinterpret<f64>((<u64>1023 - exponent) << 52);
}

/**
 * Builds everything; a cell reaches 1 / angle of its radius. Returns the number of cells, 0 when a
 * position, mass or softening is not finite, −1 when there are more cells than capacity.
 */
export function build(angle: f64): i32 {
  const edge = boundsOf(0, count, 0);
  let total: f64 = 0;
  let soft: f64 = 0;
  for (let i: usize = 0; i < (<usize>count) << 3; i += 8) {
    total += abs(load<f64>(columnM + i));
    soft = max(soft, abs(load<f64>(columnE + i)));
  }
  if (!(edge < 1e300) || !(total < 1e300) || !(soft < 1e150)) return 0;
  softened = soft > 0;
  scale = scaleOf(edge);
  massScale = scaleOf(total);
  sortBodies(count, edge);
  if (!makeCells(edge)) return -1;
  makeMoments(made, scale, massScale, softened, 1 / angle);
  return made;
}

/** The largest power of two ≤ value; a small one for 0. */
function powerOfTwo(value: f64): f32 {
  return value > 1e-19 ? <f32>(1.0 / scaleOf(value)) : <f32>1e-19;
}

function makeCells(edge: f64): bool {
  made = 0;
  startCell(0, count, 0, 0, powerOfTwo(edge * scale));
  for (let c: u32 = 0; c < made; c++) {
    if (capacity < made + 16) return false;
    const at = recordOf(c);
    if (load<u32>(at, AT_END) - load<u32>(at, AT_BEGIN) > leafMost) split(c, at);
  }
  return true;
}

function startCell(begin: u32, end: u32, parent: u32, level: u32, size: f32): void {
  const at = recordOf(made);
  store<u32>(at, begin, AT_BEGIN);
  store<u32>(at, end, AT_END);
  store<u32>(at, parent, AT_PARENT);
  store<u32>(at, level, AT_LEVEL);
  store<f32>(at, size, AT_SIZE);
  store<u32>(cellLink + ((<usize>made) << 2), 0);
  made++;
}

/** Makes the children of cell c, unless its bodies coincide. */
function split(c: u32, at: usize): void {
  const begin = load<u32>(at, AT_BEGIN);
  const end = load<u32>(at, AT_END);
  let level = load<u32>(at, AT_LEVEL);
  let size = load<f32>(at, AT_SIZE);
  for (;;) {
    if (size < SMALLEST) return;
    if ((level & 31) == LEVELS) {
      const edge = rekey(begin, end);
      if (!(edge > 0)) return;
      level = REKEYED;
      size = powerOfTwo(edge * scale);
    }
    const octants =
      level < SORTED
        ? findOctants(begin, end, level, bounds)
        : sortOctants(begin, end, level & 31, bounds);
    if (octants > 1) break;
    level++;
    size *= 0.5;
  }
  store<f32>(at, size, AT_SIZE);
  const first = made;
  const half: f32 = size * 0.5;
  startChildren(c, level + 1, half, 0, 4);
  startChildren(c, level + 1, half, 4, 8);
  store<u32>(cellLink + ((<usize>c) << 2), (first << 3) + (made - first - 1));
}

/** Children for the octants a … b − 1: one leaf if it is not too many bodies, else each half's. */
function startChildren(c: u32, level: u32, size: f32, a: u32, b: u32): void {
  const lo = load<u32>(bounds + ((<usize>a) << 2));
  const hi = load<u32>(bounds + ((<usize>b) << 2));
  if (lo == hi) return;
  if (hi - lo <= leafMost || b - a == 1) {
    startCell(lo, hi, c, level, size);
    return;
  }
  const mid = (a + b) >>> 1;
  startChildren(c, level, size, a, mid);
  startChildren(c, level, size, mid, b);
}
