/**
 * What belongs to a segment of a series and is not in its pages, because it changes when they do not: the map of dead
 * rows, and the rows that came late. Written whole at a checkpoint at which it has changed, under a new name.
 *
 *     "HPsf" · version u32 · crc32 of the rest u32 · mapBytes u32 · lateRows u32 · 0 u32 │ map │ time i64, page u32, row u32 …
 */
import { StorageError } from "../errors.ts";
import { crc32 } from "../page/checksum.ts";

const MAGIC = 0x66735048;
const VERSION = 1;
const HEADER = 24;
export const LATE_BYTES = 16;

export interface SideContent {
  readonly map: Uint8Array | undefined;
  /** Late rows, 16 bytes each. */
  readonly late: Uint8Array;
}

export function sideName(segment: number, generation: number): string {
  return `${String(segment).padStart(6, "0")}.side.${generation}`;
}

export function encodeSide({ map, late }: SideContent): Uint8Array {
  const mapBytes = map?.length ?? 0;
  const bytes = new Uint8Array(HEADER + mapBytes + late.length);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, MAGIC, true);
  view.setUint32(4, VERSION, true);
  view.setUint32(12, mapBytes, true);
  view.setUint32(16, late.length / LATE_BYTES, true);
  if (map !== undefined) bytes.set(map, HEADER);
  bytes.set(late, HEADER + mapBytes);
  view.setUint32(8, crc32(bytes, 12, bytes.length), true);
  return bytes;
}

export function decodeSide(bytes: Uint8Array, file: string): SideContent {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const wrong = (why: string): StorageError =>
    new StorageError("CORRUPT", `Cannot read ${file}: ${why}`, { file });
  if (bytes.length < HEADER || view.getUint32(0, true) !== MAGIC) throw wrong("it is no side file");
  const version = view.getUint32(4, true);
  if (version !== VERSION) {
    throw new StorageError("FORMAT", `${file} has version ${version}; this one reads ${VERSION}`);
  }
  if (view.getUint32(8, true) !== crc32(bytes, 12, bytes.length))
    throw wrong("its checksum is wrong");
  const mapBytes = view.getUint32(12, true);
  const lateBytes = view.getUint32(16, true) * LATE_BYTES;
  if (HEADER + mapBytes + lateBytes !== bytes.length) throw wrong("its length is wrong");
  return {
    map: mapBytes === 0 ? undefined : bytes.subarray(HEADER, HEADER + mapBytes),
    late: bytes.subarray(HEADER + mapBytes),
  };
}
