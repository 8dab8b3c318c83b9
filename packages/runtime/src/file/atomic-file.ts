/**
 * Replacing a file in one step: whoever opens it sees all of the old bytes or all of the new ones, also
 * after a crash at any moment.
 *
 *     write ──> .name.1f3a.tmp ──sync──> (on the disk) ──rename──> name ──sync directory──> (for good)
 *
 * The new bytes are on the disk before the name points to them; a rename first and a sync later leaves,
 * after a crash, an empty file under the old name. Until `commit` nothing but the temporary file has
 * changed, and disposing removes it, also in a cancelled scope. The last two steps are seen through
 * even when the scope is cancelled meanwhile, so that the outcome is never in doubt.
 */
import { dirname, basename, join } from "node:path";
import { ClosedError } from "../errors.ts";
import type { OpenFile, OpenHow } from "../io/files.ts";
import { hostDuty } from "../io/host-call.ts";
import { currentRuntime, currentScope } from "../runtime/runtime.ts";
import type { WaitOptions } from "../wait/park.ts";
import { File } from "./file.ts";
import { checkFilePath, isMissing } from "./open.ts";

export interface AtomicFileOptions extends WaitOptions {
  /** Permissions. Default: 0o666, less the umask. */
  readonly mode?: number;
  /** "replace" what is at the path, or fail with EEXIST when something is ("create"). Default: "replace". */
  readonly onCommit?: "replace" | "create";
}

export class AtomicFile implements AsyncDisposable {
  /** What it will be called. */
  readonly path: string;
  /** The temporary file: write to it as you like, before `commit`. */
  readonly file: File;
  readonly #onCommit: "replace" | "create";
  #state: "open" | "committing" | "over" = "open";

  private constructor(path: string, file: File, onCommit: "replace" | "create") {
    this.path = path;
    this.file = file;
    this.#onCommit = onCommit;
  }

  static async open(path: string, options: AtomicFileOptions = {}): Promise<AtomicFile> {
    checkFilePath(path);
    const { onCommit = "replace", mode = 0o666 } = options;
    const scope = currentScope();
    if (scope.cancellation !== undefined) throw scope.cancellation;
    const { io } = scope.runtime;
    const unique = Math.floor(io.random() * 2 ** 48).toString(36);
    const temporary = join(dirname(path), `.${basename(path)}.${unique}.tmp`);
    const how = { read: true, write: true, append: false, create: "always", truncate: false, mode };
    // Seen through: an open that is given up would leave its file behind when the host gets to it.
    const open = await hostDuty<OpenFile>("open", temporary, (settle) =>
      io.files.open(temporary, how as OpenHow, settle),
    );
    const atomic = new AtomicFile(path, new File(open, temporary), onCommit);
    if (scope.cancellation === undefined) return atomic;
    await atomic[Symbol.asyncDispose]();
    throw scope.cancellation;
  }

  write(data: Uint8Array | string, options?: WaitOptions): Promise<void> {
    return this.file.write(data, options);
  }

  /** Makes what was written the file at `path`, and returns when that is on the disk. */
  async commit(): Promise<void> {
    if (this.#state !== "open") {
      throw new ClosedError(`Cannot commit ${this.path}: it was committed or given up already`);
    }
    await this.file.sync();
    await this.file.close();
    const { cancellation } = currentScope();
    if (cancellation !== undefined) throw cancellation;
    this.#state = "committing";
    const { files } = currentRuntime().io;
    const { path, file } = this;
    if (this.#onCommit === "replace") {
      await hostDuty<void>("rename", file.path, (settle) => files.rename(file.path, path, settle));
      this.#state = "over";
    } else {
      await hostDuty<void>("link", path, (settle) => files.link(file.path, path, settle));
      await this.#removeTemporary();
    }
    await hostDuty<void>("sync", path, (settle) => files.syncDirectory(dirname(path), settle));
  }

  /** Without a commit: as if nothing had been done. After it: nothing to do. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#state === "over") return;
    await this.file.close();
    await this.#removeTemporary();
  }

  async #removeTemporary(): Promise<void> {
    const { files } = currentRuntime().io;
    this.#state = "over";
    try {
      await hostDuty<void>("remove", this.file.path, (settle) =>
        files.remove(this.file.path, settle),
      );
    } catch (error) {
      if (!isMissing(error)) throw error;
    }
  }
}

/** Replaces the whole file in one step that survives a crash. */
export async function writeFileAtomically(
  path: string,
  data: Uint8Array | string,
  options?: AtomicFileOptions,
): Promise<void> {
  await using atomic = await AtomicFile.open(path, options);
  await atomic.write(data, options);
  await atomic.commit();
}
