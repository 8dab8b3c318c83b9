/**
 * The host's file system. It goes below the runtime's Io, see docs/decisions: points reads are synchronous,
 * and the log is written with O_DIRECT and O_DSYNC.
 */
import {
  close,
  constants,
  fsync,
  mkdir,
  open,
  openSync,
  readFile,
  readdir,
  rename,
  unlink,
} from "node:fs";
import { dirname, join, resolve } from "node:path";
import { promisify } from "node:util";
import { diskError, systemCode } from "../errors.ts";
import type { Disk, DiskFile, OpenHow } from "./disk.ts";
import { LOCK_FILE, lockFolder } from "./folder-lock.ts";
import { NodeFile } from "./node-file.ts";

const call = {
  close: promisify(close),
  fsync: promisify(fsync),
  mkdir: promisify(mkdir),
  open: promisify(open),
  readFile: promisify(readFile),
  readdir: promisify(readdir),
  rename: promisify(rename),
  unlink: promisify(unlink),
};

/** Of a file that is being written beside the one it will replace. */
const DRAFT = ".draft";

export class NodeDisk implements Disk {
  readonly folder: string;

  constructor(folder: string) {
    this.folder = resolve(folder);
  }

  async lock(): Promise<AsyncDisposable> {
    await doing("create", this.folder, async () => {
      const created = await call.mkdir(this.folder, { recursive: true });
      // The name of a new folder is durable when the folder that holds it is.
      if (created !== undefined) await syncFolder(dirname(created));
    });
    return lockFolder(this.folder);
  }

  open(name: string, how: OpenHow): Promise<DiskFile> {
    return doing("open", name, async () => {
      const path = join(this.folder, name);
      const flags =
        constants.O_RDWR |
        (how.create ? constants.O_CREAT : 0) |
        (how.durableWrites === true ? constants.O_DSYNC : 0);
      const { descriptor, direct } = await openDirect(path, flags, how.direct);
      return NodeFile.adopt(name, descriptor, direct);
    });
  }

  openSync(name: string, direct = false, create = false): DiskFile {
    const path = join(this.folder, name);
    try {
      const flags = create ? constants.O_RDWR | constants.O_CREAT : constants.O_RDONLY;
      const descriptor = tryDirectSync(path, flags, direct) ?? openSync(path, flags, 0o644);
      return NodeFile.adoptSync(name, descriptor, direct);
    } catch (error) {
      throw diskError("open", name, error);
    }
  }

  replace(name: string, content: Uint8Array): Promise<void> {
    return doing("replace", name, async () => {
      const draft = join(this.folder, name + DRAFT);
      const { O_RDWR, O_CREAT, O_TRUNC } = constants;
      const descriptor = await call.open(draft, O_RDWR | O_CREAT | O_TRUNC, 0o644);
      const file = await NodeFile.adopt(name, descriptor, false);
      try {
        await file.write(content, 0);
        await file.sync();
      } finally {
        await file.close();
      }
      await call.rename(draft, join(this.folder, name));
      await syncFolder(this.folder);
    });
  }

  async readAll(name: string): Promise<Uint8Array | undefined> {
    try {
      return await call.readFile(join(this.folder, name));
    } catch (error) {
      if (systemCode(error) === "ENOENT") return undefined;
      throw diskError("read", name, error);
    }
  }

  list(): Promise<readonly string[]> {
    return doing("list", this.folder, async () => {
      const names = await call.readdir(this.folder);
      return names.filter((name) => name !== LOCK_FILE && !name.endsWith(DRAFT));
    });
  }

  rename(from: string, to: string): Promise<void> {
    return doing("rename", from, () => call.rename(join(this.folder, from), join(this.folder, to)));
  }

  remove(name: string): Promise<void> {
    return doing("remove", name, () => call.unlink(join(this.folder, name)));
  }

  syncFolder(): Promise<void> {
    return doing("sync", this.folder, () => syncFolder(this.folder));
  }
}

const O_DIRECT = constants.O_DIRECT as number | undefined;

function tryDirectSync(path: string, flags: number, wanted: boolean): number | undefined {
  if (!wanted || O_DIRECT === undefined) return undefined;
  try {
    return openSync(path, flags | O_DIRECT, 0o644);
  } catch (error) {
    if (systemCode(error) === "EINVAL") return undefined;
    throw error;
  }
}

/** Opens past the page cache; through it where the file system refuses (tmpfs, some network ones). */
async function openDirect(
  path: string,
  flags: number,
  wanted: boolean,
): Promise<{ readonly descriptor: number; readonly direct: boolean }> {
  if (wanted && O_DIRECT !== undefined) {
    try {
      return { descriptor: await call.open(path, flags | O_DIRECT, 0o644), direct: true };
    } catch (error) {
      if (systemCode(error) !== "EINVAL") throw error;
    }
  }
  return { descriptor: await call.open(path, flags, 0o644), direct: false };
}

async function syncFolder(path: string): Promise<void> {
  const descriptor = await call.open(path, constants.O_RDONLY);
  try {
    await call.fsync(descriptor);
  } finally {
    await call.close(descriptor);
  }
}

async function doing<T>(verb: string, file: string, action: () => Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (error) {
    throw diskError(verb, file, error);
  }
}
