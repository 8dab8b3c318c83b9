/**
 * The all-pairs sum in WGSL. f32 arithmetic with two guards that survive a compiler that reassociates,
 * which WGSL permits, because they go through integers:
 *
 *  - Positions are fixed point: `grid` counts 2⁻²⁹ of the half box, `rest` is what is left of a cell. The
 *    difference of two grids is exact however close the bodies are.
 *  - Sums of CHUNK pairs are added as integers in a unit that the host chose for this body; what an
 *    integer cannot hold goes to an f32 remainder. 2³¹ pairs add without losing a bit of the large part.
 *
 * Units: lengths in half boxes, masses in total masses, accelerations in G M / L².
 *
 *   bodies   n × { grid: vec3<i32>, mass: f32 bits, rest: vec3<f32>, softening²: f32 }
 *   result   splits × n × { whole: vec3<i32>, remainder: vec3<f32> }
 *
 * One invocation sums one body over its split's share of the others; a workgroup stages TILE of them
 * in shared memory (Nyland, Harris & Prins 2007, GPU Gems 3, chapter 31).
 */

/** Bodies that a workgroup stages, and its size. 256 × 32 B fit the 16 KiB that every device has. */
export const TILE = 256;
/** Pairs that are added in f32 before they are folded into the integer sum. */
const CHUNK = 64;

export const SHADER: string = `
struct Body { grid: vec3<i32>, mass: f32, rest: vec3<f32>, softening2: f32 }
struct Settings { n: u32, share: u32, softening2: f32, cell: f32 }

@group(0) @binding(0) var<uniform> settings: Settings;
@group(0) @binding(1) var<storage, read> bodies: array<Body>;
@group(0) @binding(2) var<storage, read> unit: array<f32>;
@group(0) @binding(3) var<storage, read_write> result: array<i32>;

var<workgroup> tile: array<Body, ${TILE}>;

@compute @workgroup_size(${TILE})
fn accelerations(
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(local_invocation_index) lane: u32,
) {
  let n = settings.n;
  let i = group.x * ${TILE}u + lane;
  let own = min(i, n - 1u);
  let me = bodies[own];
  let perUnit = unit[own];
  let ofUnit = 1.0 / perUnit;
  let soft2 = settings.softening2 + me.softening2;
  let first = group.y * settings.share;
  let last = min(n, first + settings.share);

  var whole = vec3<i32>(0);
  var remainder = vec3<f32>(0.0);
  for (var start = first; start < last; start += ${TILE}u) {
    let mine = start + lane;
    var staged = bodies[min(mine, n - 1u)];
    if (mine >= last) { staged.mass = 0.0; }
    tile[lane] = staged;
    workgroupBarrier();
    for (var chunk = 0u; chunk < ${TILE}u; chunk += ${CHUNK}u) {
      var sum = vec3<f32>(0.0);
      for (var k = 0u; k < ${CHUNK}u; k++) {
        let other = tile[chunk + k];
        let d = vec3<f32>(other.grid - me.grid) * settings.cell + (other.rest - me.rest);
        let r2 = dot(d, d) + (soft2 + other.softening2);
        let s = inverseSqrt(r2);
        // One Newton step: inverseSqrt may be two units off, and off to one side.
        let inverse = s * (1.5 - 0.5 * r2 * s * s);
        let w = select(0.0, other.mass * inverse * inverse * inverse, r2 > 0.0);
        sum += d * w;
      }
      let counted = vec3<i32>(clamp(round(sum * perUnit), vec3<f32>(-1.0e9), vec3<f32>(1.0e9)));
      whole += counted;
      remainder += sum - vec3<f32>(counted) * ofUnit;
    }
    workgroupBarrier();
  }
  if (i < n) {
    let at = (group.y * n + i) * 6u;
    result[at] = whole.x;
    result[at + 1u] = whole.y;
    result[at + 2u] = whole.z;
    result[at + 3u] = bitcast<i32>(remainder.x);
    result[at + 4u] = bitcast<i32>(remainder.y);
    result[at + 5u] = bitcast<i32>(remainder.z);
  }
}
`;
