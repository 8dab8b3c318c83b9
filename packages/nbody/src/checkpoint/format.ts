/**
 * A checkpoint as bytes, little-endian, version 2:
 *
 *     0        8         12       16              16+h                       end−8     end
 *     ├─ magic ┼ h: u32  ┼ 0: u32 ┼ header: JSON  ┼ arrays, in the header's  ┼ check   ┤
 *     │HPNBODY2│         │        │ padded with   │ order, each padded with  │ u32 × 2 │
 *     │        │         │        │ blanks to 8   │ zeros to 8               │         │
 *
 * The header's numbers are JavaScript's shortest decimals, which read back to the same bits. The check
 * runs over everything before it, so a torn or damaged file is found before anything is believed.
 */
import { MAX_BODIES } from "../bodies/bodies.ts";
import { FLOAT_COLUMNS } from "../bodies/layout.ts";
import { COLLISION_RULES } from "../collisions/rule.ts";
import { NbodyError } from "../errors.ts";
import { isIntegratorName } from "../integrators/registry.ts";
import { settingsFrom } from "../integrators/settings.ts";
import type { Snapshot, SnapshotHeader } from "./snapshot.ts";

const MAGIC = new TextEncoder().encode("HPNBODY2");
const PREFIX_BYTES = 16;
const CHECK_BYTES = 8;
const MAX_HEADER_BYTES = 64 << 10;
/** Most float64 of integrator state a body may have; ias15 has the most, 93. */
const MAX_STATE_PER_BODY = 256;

interface WrittenHeader extends SnapshotHeader {
  readonly n: number;
  readonly state: readonly (readonly [name: string, length: number])[];
}

export function encodeSnapshot(snapshot: Snapshot): Uint8Array<ArrayBuffer> {
  const state = [...snapshot.state].map(([name, array]) => [name, array.length] as const);
  const n = snapshot.columns.get("id")!.length;
  const json = new TextEncoder().encode(JSON.stringify({ ...snapshot.header, n, state }));
  const headerBytes = padded(json.length);
  const arrays = [...snapshot.columns.values(), ...snapshot.state.values()];
  const arrayBytes = arrays.reduce((sum, array) => sum + padded(array.byteLength), 0);
  const bytes = new Uint8Array(PREFIX_BYTES + headerBytes + arrayBytes + CHECK_BYTES);
  const view = new DataView(bytes.buffer);
  bytes.set(MAGIC);
  view.setUint32(8, headerBytes, true);
  bytes.set(json, PREFIX_BYTES);
  bytes.fill(0x20, PREFIX_BYTES + json.length, PREFIX_BYTES + headerBytes);
  let at = PREFIX_BYTES + headerBytes;
  for (const array of arrays) {
    bytes.set(new Uint8Array(array.buffer, array.byteOffset, array.byteLength), at);
    at += padded(array.byteLength);
  }
  const [a, b] = checkOf(bytes.subarray(0, at));
  view.setUint32(at, a, true);
  view.setUint32(at + 4, b, true);
  return bytes;
}

/** Throws NbodyError "bad-format" for anything that encodeSnapshot() did not write. */
export function decodeSnapshot(bytes: Uint8Array): Snapshot {
  const own = aligned(bytes);
  const view = new DataView(own.buffer, own.byteOffset, own.byteLength);
  if (own.length < PREFIX_BYTES + CHECK_BYTES || MAGIC.some((byte, k) => own[k] !== byte)) {
    throw bad("they do not start as one");
  }
  const end = own.length - CHECK_BYTES;
  if (end % 8 !== 0) throw bad(`their length, ${own.length}, is not a multiple of 8`);
  const [a, b] = checkOf(own.subarray(0, end));
  if (view.getUint32(end, true) !== a || view.getUint32(end + 4, true) !== b) {
    throw bad("the check at their end does not fit");
  }
  const headerBytes = view.getUint32(8, true);
  if (headerBytes > Math.min(MAX_HEADER_BYTES, end - PREFIX_BYTES) || headerBytes % 8 !== 0) {
    throw bad(`a header of ${headerBytes} bytes`);
  }
  const { n, state, ...header } = headerFrom(
    own.subarray(PREFIX_BYTES, PREFIX_BYTES + headerBytes),
  );
  let at = own.byteOffset + PREFIX_BYTES + headerBytes;
  const last = own.byteOffset + end;
  const take = (length: number, size: number): number => {
    const start = at;
    at += padded(length * size);
    if (at > last) throw bad("their arrays are cut short");
    return start;
  };
  const columns = new Map<string, Float64Array | Uint32Array>();
  for (const name of FLOAT_COLUMNS) columns.set(name, new Float64Array(own.buffer, take(n, 8), n));
  columns.set("id", new Uint32Array(own.buffer, take(n, 4), n));
  const kept = new Map<string, Float64Array>();
  for (const [name, length] of state) {
    kept.set(name, new Float64Array(own.buffer, take(length, 8), length));
  }
  if (at !== last) throw bad("there is something behind their arrays");
  return { header, columns, state: kept };
}

function headerFrom(bytes: Uint8Array): WrittenHeader {
  let header: Partial<WrittenHeader>;
  try {
    header = JSON.parse(new TextDecoder().decode(bytes)) as Partial<WrittenHeader>;
  } catch (cause) {
    throw bad("their header is not JSON", cause);
  }
  const numbers = [
    header.dt,
    header.startTime,
    header.units?.G,
    header.units?.softening,
    header.restitution,
    header.energyLimit,
    header.energyExpected,
  ];
  const counts = [
    header.stepsDone,
    header.merged,
    header.bounces,
    header.checkpointEvery,
    header.n,
    header.capacity,
  ];
  const n = header.n ?? 0;
  const capacity = header.capacity ?? 0;
  const good =
    numbers.every(Number.isFinite) &&
    counts.every((count) => Number.isSafeInteger(count) && count! >= 0) &&
    n >= 1 &&
    n <= capacity &&
    capacity <= MAX_BODIES &&
    typeof header.current === "boolean" &&
    COLLISION_RULES.includes(header.collisions!) &&
    typeof header.integrator === "string" &&
    isIntegratorName(header.integrator) &&
    Array.isArray(header.state) &&
    header.state.every(
      ([name, length]) =>
        typeof name === "string" &&
        Number.isSafeInteger(length) &&
        length >= 0 &&
        length <= MAX_STATE_PER_BODY * (capacity + 8),
    );
  if (!good) throw bad("their header does not describe a system of this version");
  try {
    settingsFrom(header.settings);
  } catch (cause) {
    throw bad("their settings are out of range", cause);
  }
  return header as WrittenHeader;
}

function bad(why: string, cause?: unknown): NbodyError {
  return new NbodyError("bad-format", `the bytes are not a checkpoint: ${why}`, { cause });
}

function padded(bytes: number): number {
  return Math.ceil(bytes / 8) * 8;
}

/** A view that starts at a multiple of 8, copied if need be. */
function aligned(bytes: Uint8Array): Uint8Array {
  return bytes.byteOffset % 8 === 0 ? bytes : bytes.slice();
}

/**
 * Two multiply-and-shift sums over 32-bit words, of even and of odd words: every step is a bijection, so
 * no single word can change unseen. Finds what storage and transport break, at about a nanosecond a
 * word; it is no defence against forgery.
 */
function checkOf(bytes: Uint8Array): readonly [number, number] {
  const words = new Uint32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4);
  let a = 0x81_1c_9d_c5;
  let b = 0x01_00_01_93;
  for (let k = 0; k < words.length; k += 2) {
    a = Math.imul(a ^ words[k]!, 0x9e_37_79_b1);
    a ^= a >>> 15;
    b = Math.imul(b ^ words[k + 1]!, 0x85_eb_ca_77);
    b ^= b >>> 13;
  }
  return [a >>> 0, b >>> 0];
}
