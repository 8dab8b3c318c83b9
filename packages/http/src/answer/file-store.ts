/**
 * The files of one folder as a server sees them: what is at a path, in which encodings, and the bytes of
 * the small ones.
 *
 * What was found is trusted for `checkEveryMs`; then the file is looked at again, and read again when
 * its size or date is another. Small files are kept in memory, at most `memoryBytes` of them together,
 * the least recently asked for going first.
 *
 * Precompressed variants lie beside the file (`app.js.br`, `.zst`, `.gz`) and count only while they are
 * not older than it: a variant that was not made again must not bring back what has been replaced.
 */
import { promisify } from "node:util";
import { gzip } from "node:zlib";
import { external, IoError, monotonic, readFile, statFile, type FileStat } from "@hotpath/runtime";
import { isCompressible, mediaTypeOf } from "./media-types.ts";

export type Encoding = "identity" | "br" | "zstd" | "gzip";

const SUFFIXES: readonly (readonly [Exclude<Encoding, "identity">, string])[] = [
  ["br", ".br"],
  ["zstd", ".zst"],
  ["gzip", ".gz"],
];

export interface Variant {
  readonly encoding: Encoding;
  readonly path: string;
  readonly sizeBytes: number;
  readonly modifiedMs: number;
  readonly etag: string;
  /** The whole content, where it is small. */
  readonly content: Uint8Array | undefined;
}

export interface StoredFile {
  readonly mediaType: string;
  /** Identity first. */
  readonly variants: readonly Variant[];
}

export interface FileStoreOptions {
  readonly precompressed: boolean;
  readonly compress: boolean;
  readonly checkEveryMs: number;
  readonly memoryBytes: number;
  readonly fileMemoryBytes: number;
  readonly types: Readonly<Record<string, string>>;
}

interface Entry {
  readonly file: StoredFile;
  readonly heldBytes: number;
  checkedMs: number;
}

const gzipped = promisify(gzip);
/** Entries without content cost a few hundred bytes each. */
const MOST_ENTRIES = 10_000;

export class FileStore {
  readonly #options: FileStoreOptions;
  readonly #entries = new Map<string, Entry>();
  #heldBytes = 0;

  constructor(options: FileStoreOptions) {
    this.#options = options;
  }

  /** "directory" for one, undefined when nothing is there or something that is no file. */
  async find(path: string): Promise<StoredFile | "directory" | undefined> {
    const entry = this.#entries.get(path);
    const nowMs = monotonic();
    if (entry !== undefined && nowMs - entry.checkedMs < this.#options.checkEveryMs) {
      this.#entries.delete(path);
      this.#entries.set(path, entry);
      return entry.file;
    }
    const stat = await statUnlessImpossible(path);
    if (stat?.kind !== "file") {
      this.#drop(path);
      return stat?.kind === "directory" ? "directory" : undefined;
    }
    const files = [
      { encoding: "identity" as Encoding, path, stat },
      ...(await this.#variants(path, stat)),
    ];
    if (entry !== undefined && isSame(entry.file, files)) {
      entry.checkedMs = nowMs;
      return entry.file;
    }
    const file = await this.#load(path, files);
    this.#keep(path, file, nowMs);
    return file;
  }

  async #variants(path: string, { modifiedMs }: FileStat): Promise<FoundVariant[]> {
    if (!this.#options.precompressed) return [];
    const found: FoundVariant[] = [];
    for (const [encoding, suffix] of SUFFIXES) {
      const stat = await statFile(path + suffix);
      if (stat?.kind === "file" && stat.modifiedMs >= modifiedMs) {
        found.push({ encoding, path: path + suffix, stat });
      }
    }
    return found;
  }

  async #load(path: string, files: readonly FoundVariant[]): Promise<StoredFile> {
    const { fileMemoryBytes, compress } = this.#options;
    const mediaType = mediaTypeOf(path, this.#options.types);
    const variants: Variant[] = [];
    for (const { encoding, path: at, stat } of files) {
      const { sizeBytes, modifiedMs } = stat;
      const small = sizeBytes <= fileMemoryBytes;
      const content = small ? await readFile(at, { limitBytes: fileMemoryBytes }) : undefined;
      // A file that changes while it is read is answered as what was read.
      const size = content?.length ?? sizeBytes;
      const etag = etagOf(size, modifiedMs, encoding);
      variants.push({ encoding, path: at, sizeBytes: size, modifiedMs, etag, content });
    }
    const [plain] = variants;
    if (compress && variants.length === 1 && isCompressible(mediaType) && plain?.content) {
      const variant = await compressed(plain, plain.content);
      if (variant !== undefined) variants.push(variant);
    }
    return { mediaType, variants };
  }

  #keep(path: string, file: StoredFile, checkedMs: number): void {
    this.#drop(path);
    const heldBytes = file.variants.reduce((sum, { content }) => sum + (content?.length ?? 0), 0);
    this.#entries.set(path, { file, heldBytes, checkedMs });
    this.#heldBytes += heldBytes;
    for (const oldest of this.#entries.keys()) {
      const fits = this.#heldBytes <= this.#options.memoryBytes;
      if (fits && this.#entries.size <= MOST_ENTRIES) break;
      this.#drop(oldest);
    }
  }

  #drop(path: string): void {
    this.#heldBytes -= this.#entries.get(path)?.heldBytes ?? 0;
    this.#entries.delete(path);
  }
}

/** A name that no file can have is the client's invention, not the disk's failure. */
async function statUnlessImpossible(path: string): Promise<FileStat | undefined> {
  try {
    return await statFile(path);
  } catch (error) {
    if (error instanceof IoError && error.systemCode === "ENAMETOOLONG") return undefined;
    throw error;
  }
}

interface FoundVariant {
  readonly encoding: Encoding;
  readonly path: string;
  readonly stat: FileStat;
}

async function compressed(plain: Variant, content: Uint8Array): Promise<Variant | undefined> {
  const packed = await external(gzipped(content, { level: 9 }));
  // Not worth the client's time to unpack.
  if (packed.length > 0.9 * content.length) return undefined;
  return {
    encoding: "gzip",
    path: plain.path,
    sizeBytes: packed.length,
    modifiedMs: plain.modifiedMs,
    etag: etagOf(plain.sizeBytes, plain.modifiedMs, "gzip"),
    content: packed,
  };
}

function isSame(file: StoredFile, found: readonly FoundVariant[]): boolean {
  const onDisk = file.variants.filter(({ path }, i) => i === 0 || path !== file.variants[0]!.path);
  return (
    onDisk.length === found.length &&
    found.every(({ path, stat }, i) => {
      const variant = onDisk[i]!;
      return (
        variant.path === path &&
        variant.sizeBytes === stat.sizeBytes &&
        variant.modifiedMs === stat.modifiedMs
      );
    })
  );
}

/** Strong: another size or date is another tag, and each encoding has its own. */
function etagOf(sizeBytes: number, modifiedMs: number, encoding: Encoding): string {
  const stamp = `${Math.round(modifiedMs * 1000).toString(36)}-${sizeBytes.toString(36)}`;
  return encoding === "identity" ? `"${stamp}"` : `"${stamp}-${encoding}"`;
}
