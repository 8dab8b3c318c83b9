/**
 * XXH64 (seed 0) of a page without its first eight bytes, which hold the result.
 * 64-bit multiplications are what WebAssembly has: 4 KiB take about 0.5 µs, a CRC by tables 2.5 µs.
 */
const P1: u64 = 0x9e3779b185ebca87;
const P2: u64 = 0xc2b2ae3d27d4eb4f;
const P3: u64 = 0x165667b19e3779f9;
const P4: u64 = 0x85ebca77c2b2ae63;
const P5: u64 = 0x27d4eb2f165667c5;

// @ts-ignore: decorator
@inline
function round(sum: u64, word: u64): u64 {
  return rotl<u64>(sum + word * P2, 31) * P1;
}

// @ts-ignore: decorator
@inline
function merge(hash: u64, sum: u64): u64 {
  return (hash ^ round(0, sum)) * P1 + P4;
}

function xxh64(from: usize, bytes: usize): u64 {
  const end = from + bytes;
  let at = from;
  let hash: u64 = P5;
  if (bytes >= 32) {
    let a: u64 = P1 + P2;
    let b: u64 = P2;
    let c: u64 = 0;
    let d: u64 = 0 - P1;
    for (; at + 32 <= end; at += 32) {
      a = round(a, load<u64>(at));
      b = round(b, load<u64>(at, 8));
      c = round(c, load<u64>(at, 16));
      d = round(d, load<u64>(at, 24));
    }
    hash = rotl<u64>(a, 1) + rotl<u64>(b, 7) + rotl<u64>(c, 12) + rotl<u64>(d, 18);
    hash = merge(merge(merge(merge(hash, a), b), c), d);
  }
  hash += bytes as u64;
  for (; at + 8 <= end; at += 8) hash = rotl<u64>(hash ^ round(0, load<u64>(at)), 27) * P1 + P4;
  if (at + 4 <= end) {
    hash = rotl<u64>(hash ^ ((load<u32>(at) as u64) * P1), 23) * P2 + P3;
    at += 4;
  }
  for (; at < end; at++) hash = rotl<u64>(hash ^ ((load<u8>(at) as u64) * P5), 11) * P1;
  hash = (hash ^ (hash >> 33)) * P2;
  hash = (hash ^ (hash >> 29)) * P3;
  return hash ^ (hash >> 32);
}

/** Writes the checksum of any bytes to `into`. */
export function checksum(from: usize, bytes: usize, into: usize): void {
  store<u64>(into, xxh64(from, bytes));
}

/** Enters page number and checksum; the low word of the checksum is for the copy outside the page. */
export function seal(page: usize, number: u32): u32 {
  store<u32>(page, number, 8);
  const sum = xxh64(page + 8, 4088);
  store<u64>(page, sum);
  return sum as u32;
}

/** 0 good, 1 the checksum is wrong, 2 it is another page. */
export function verify(page: usize, number: u32): u32 {
  if (load<u64>(page) != xxh64(page + 8, 4088)) return 1;
  return load<u32>(page, 8) == number ? 0 : 2;
}
