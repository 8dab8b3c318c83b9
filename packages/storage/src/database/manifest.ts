/**
 * The one file that says what a database consists of. It is replaced whole, by rename, at every checkpoint.
 *
 *     "HPDB" | format u32 | bytes u32 | crc u32 | JSON head | sections
 *
 * The head is small and read by people too; sections are what pool and engines answered to `checkpoint`, as bytes.
 */
import { StorageError } from "../errors.ts";
import type { Disk } from "../disk/disk.ts";
import type { CommitNumber, TableNumber } from "../engine/engine.ts";
import type { LogStart } from "../log/scan.ts";
import { crc32 } from "../page/checksum.ts";

export const MANIFEST_FILE = "manifest";
export const FORMAT_VERSION = 1;

const MAGIC = 0x42445048; // "HPDB"
const HEAD = { magic: 0, format: 4, jsonBytes: 8, crc: 12, end: 16 } as const;

export interface StoredTable {
  readonly number: TableNumber;
  readonly name: string;
  readonly kind: string;
  readonly schema: unknown;
}

export interface Manifest {
  /** Counts the replacements. */
  readonly generation: number;
  /** The last commit that the sections contain. */
  readonly commit: CommitNumber;
  /** From where the log is needed. */
  readonly log: LogStart;
  /** Whether the database was closed after this: then the log has nothing behind `log`. */
  readonly closed: boolean;
  readonly tables: readonly StoredTable[];
  readonly sections: ReadonlyMap<string, Uint8Array>;
}

interface ManifestJson extends Omit<Manifest, "sections"> {
  readonly sections: readonly { readonly name: string; readonly sizeBytes: number }[];
}

export async function writeManifest(disk: Disk, manifest: Manifest): Promise<void> {
  const sections = [...manifest.sections];
  const head: ManifestJson = {
    ...manifest,
    sections: sections.map(([name, bytes]) => ({ name, sizeBytes: bytes.length })),
  };
  const json = Buffer.from(JSON.stringify(head));
  const prefix = Buffer.alloc(HEAD.end);
  prefix.writeUInt32LE(MAGIC, HEAD.magic);
  prefix.writeUInt32LE(FORMAT_VERSION, HEAD.format);
  prefix.writeUInt32LE(json.length, HEAD.jsonBytes);
  const content = Buffer.concat([prefix, json, ...sections.map(([, bytes]) => bytes)]);
  content.writeUInt32LE(manifestCrc(content), HEAD.crc);
  await disk.replace(MANIFEST_FILE, content);
}

/** Undefined when there is none. */
export async function readManifest(disk: Disk): Promise<Manifest | undefined> {
  const content = await disk.readAll(MANIFEST_FILE);
  return content === undefined ? undefined : parseManifest(content);
}

function parseManifest(bytes: Uint8Array): Manifest {
  const content = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  if (content.length < HEAD.end || content.readUInt32LE(HEAD.magic) !== MAGIC) {
    throw damaged("it does not begin as a manifest does");
  }
  const format = content.readUInt32LE(HEAD.format);
  if (content.readUInt32LE(HEAD.crc) !== manifestCrc(content))
    throw damaged("its checksum is wrong");
  if (format !== FORMAT_VERSION) {
    throw new StorageError(
      "FORMAT",
      `The database has format ${format}; this version reads ${FORMAT_VERSION}`,
      { file: MANIFEST_FILE },
    );
  }
  const end = HEAD.end + content.readUInt32LE(HEAD.jsonBytes);
  const head = JSON.parse(content.toString("utf8", HEAD.end, end)) as ManifestJson;
  const sections = new Map<string, Uint8Array>();
  let at = end;
  for (const { name, sizeBytes } of head.sections) {
    sections.set(name, new Uint8Array(content.subarray(at, at + sizeBytes)));
    at += sizeBytes;
  }
  return { ...head, sections };
}

/** Over everything but itself. */
function manifestCrc(content: Uint8Array): number {
  return crc32(content, HEAD.end, content.length, crc32(content, 0, HEAD.crc));
}

function damaged(why: string): StorageError {
  return new StorageError("CORRUPT", `The manifest is damaged: ${why}`, { file: MANIFEST_FILE });
}
