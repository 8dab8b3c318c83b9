/**
 * Where the tree lies in memory.
 *
 * Lengths are scaled by a power of two (exactly, and without moving the origin) so that the box has
 * edge 1 … 2, masses so that they sum to 1 … 2: float32 moments neither overflow nor underflow,
 * whatever the units of the bodies.
 *
 * What the walk reads of every cell stands in columns, one after the other from `cells` on, so that
 * four neighbours are tested at once; children of a cell are neighbours:
 *
 *   x y z   f64  centre of mass; the mean position if there is no mass
 *   reach   f32  √(radius² + 12 spread) / opening angle
 *   mass    f32
 *   width   f32  fourth root of the mean fourth power of the distance from the centre of mass
 *   link    u32  first child × 8 + number of children − 1; 0 for a leaf
 *
 * The rest is a record of 112 bytes a cell:
 *
 *     0 radius 4 size       f32  size: a power of two, the unit of length of moments and expansions
 *     8 begin 12 end        u32  the cell's bodies, in tree order
 *    16 parent 20 level     u32
 *    24 spread              f32  largest |εᵢ² − ε²|
 *    32 xx yy zz, ε²        f32  second moments about the centre of mass; mean squared softening
 *    48 xy xz yz, mass      f32
 *    64 xxx yyy zzz xxy     f32  third moments
 *    80 xxz xyy yyz xzz     f32
 *    96 yzz xyz, size       f32
 */
export const RECORD: usize = 112;
export const AT_RADIUS: usize = 0;
export const AT_SIZE: usize = 4;
export const AT_BEGIN: usize = 8;
export const AT_END: usize = 12;
export const AT_PARENT: usize = 16;
export const AT_LEVEL: usize = 20;
export const AT_SPREAD: usize = 24;
export const AT_SECOND: usize = 32;
export const AT_SOFTENING: usize = 44;
export const AT_MIXED: usize = 48;
export const AT_THIRD: usize = 64;

/** Bytes of radix sort's histograms and of the nine bounds and eight counts of a split. */
export const RADIX: u32 = 2048;
export const SORT_BYTES: usize = 3 * RADIX * 4 + 128;

/** Byte offsets of the columns of cells, and of the first record. */
export let cellX: usize = 0;
export let cellY: usize = 0;
export let cellZ: usize = 0;
export let cellReach: usize = 0;
export let cellMass: usize = 0;
export let cellWidth: usize = 0;
export let cellLink: usize = 0;
export let records: usize = 0;
/** Index of a record of zeros, after the last cell that there may be and the spare ones of threads. */
export let emptyCell: usize = 0;

export function placeCells(cells: usize, capacity: usize): void {
  cellX = cells;
  cellY = cellX + (capacity << 3);
  cellZ = cellY + (capacity << 3);
  cellReach = cellZ + (capacity << 3);
  cellMass = cellReach + (capacity << 2);
  cellWidth = cellMass + (capacity << 2);
  cellLink = cellWidth + (capacity << 2);
  records = cellLink + (capacity << 2);
  emptyCell = capacity;
}

/** The columns of the bodies as the caller has them. */
export let columnM: usize = 0;
export let columnX: usize = 0;
export let columnY: usize = 0;
export let columnZ: usize = 0;
export let columnE: usize = 0;

/**
 * 24 bytes a body. While sorting: two copies of keys (u64) and of order (u32). Then the keys give way to
 * the bodies in tree order, relative to their leaf's centre of mass: x y z m, f32; ε² in the second
 * copy of the order, if any body has a softening of its own.
 */
export let keysA: usize = 0;
export let keysB: usize = 0;
export let orderA: usize = 0;
export let orderB: usize = 0;
export let bodyX: usize = 0;
export let bodyY: usize = 0;
export let bodyZ: usize = 0;
export let bodyM: usize = 0;

export function placeBodies(
  rows: usize,
  mass: usize,
  x: usize,
  y: usize,
  z: usize,
  softening: usize,
  scratch: usize,
): void {
  columnM = mass;
  columnX = x;
  columnY = y;
  columnZ = z;
  columnE = softening;
  keysA = scratch + SORT_BYTES;
  keysB = keysA + (rows << 3);
  orderA = keysB + (rows << 3);
  orderB = orderA + (rows << 2);
  bodyX = keysA;
  bodyY = keysA + (rows << 2);
  bodyZ = keysB;
  bodyM = keysB + (rows << 2);
}

// @ts-ignore: decorator
@inline
export function recordOf(cell: usize): usize {
  return records + cell * RECORD;
}

// @ts-ignore: decorator
@inline
export function xOf(cell: usize): f64 {
  return load<f64>(cellX + (cell << 3));
}

// @ts-ignore: decorator
@inline
export function yOf(cell: usize): f64 {
  return load<f64>(cellY + (cell << 3));
}

// @ts-ignore: decorator
@inline
export function zOf(cell: usize): f64 {
  return load<f64>(cellZ + (cell << 3));
}

// @ts-ignore: decorator
@inline
export function massOf(cell: usize): f32 {
  return load<f32>(cellMass + (cell << 2));
}

// @ts-ignore: decorator
@inline
export function linkOf(cell: usize): usize {
  return <usize>load<u32>(cellLink + (cell << 2));
}
