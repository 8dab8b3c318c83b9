/** Directories: what is in them, making and removing them. */
import { dirname, join } from "node:path";
import { hostCall, hostDuty } from "../io/host-call.ts";
import type { DirectoryEntry, Files, OpenDirectory } from "../io/files.ts";
import { IoError } from "../io/io-error.ts";
import type { Settle } from "../io/net.ts";
import { currentRuntime } from "../runtime/runtime.ts";
import type { WaitOptions } from "../wait/park.ts";
import { checkFilePath, isMissing, statFile } from "./open.ts";

/** The entries of a directory, as the host gives them: in no order, read as they are wanted. */
export async function* directoryEntries(
  path: string,
): AsyncGenerator<DirectoryEntry, void, undefined> {
  checkFilePath(path);
  const { files } = currentRuntime().io;
  const directory = await hostCall<OpenDirectory>(
    "list",
    path,
    (settle) => files.openDirectory(path, settle),
    { dispose: (late) => late.close(() => {}) },
  );
  let inFlight: Promise<unknown> = Promise.resolve();
  try {
    for (;;) {
      const entry = await hostCall<DirectoryEntry | undefined>("list", path, (settle) => {
        inFlight = new Promise<void>((resolve) => {
          directory.next((error, value) => {
            settle(error, value);
            resolve();
          });
        });
      });
      if (entry === undefined) return;
      yield entry;
    }
  } finally {
    // An entry that was given up half-way is still being read, and must be before closing.
    await inFlight;
    await hostDuty<void>("close", path, (settle) => directory.close(settle));
  }
}

export interface FoundEntry extends DirectoryEntry {
  /** From the directory that was asked for on. */
  readonly path: string;
}

/** Everything below a directory, depth first; links are named and not followed. */
export async function* walkDirectory(path: string): AsyncGenerator<FoundEntry, void, undefined> {
  for await (const entry of directoryEntries(path)) {
    const found = { ...entry, path: join(path, entry.name) };
    yield found;
    if (entry.kind === "directory") yield* walkDirectory(found.path);
  }
}

/** Makes a directory; with `parents` also those above it, and it may be there already. */
export async function makeDirectory(
  path: string,
  options: WaitOptions & { readonly parents?: boolean } = {},
): Promise<void> {
  checkFilePath(path);
  try {
    await pathCall(
      "make directory",
      path,
      (files, settle) => files.makeDirectory(path, settle),
      options,
    );
  } catch (error) {
    if (options.parents !== true || !(error instanceof IoError)) throw error;
    if (error.systemCode === "ENOENT" && dirname(path) !== path) {
      await makeDirectory(dirname(path), options);
      return makeDirectory(path, options);
    }
    if (error.systemCode !== "EEXIST" || (await statFile(path))?.kind !== "directory") throw error;
  }
}

/** Removes a file, a link or an empty directory; with `tree` a directory with all that is in it. */
export async function removePath(
  path: string,
  options: WaitOptions & {
    readonly tree?: boolean;
    /** Do nothing when it is not there. Default: an error. */
    readonly missing?: "ignore" | "fail";
  } = {},
): Promise<void> {
  checkFilePath(path);
  try {
    await removeAny(path, options);
  } catch (error) {
    if (options.missing === "ignore" && isMissing(error)) return;
    throw error;
  }
}

async function removeAny(
  path: string,
  options: WaitOptions & { readonly tree?: boolean },
): Promise<void> {
  try {
    await pathCall("remove", path, (files, settle) => files.remove(path, settle), options);
  } catch (error) {
    // Linux says EISDIR, others EPERM.
    const { systemCode } = error as Partial<IoError>;
    if (systemCode !== "EISDIR" && systemCode !== "EPERM") throw error;
    if (options.tree === true) {
      const names: string[] = [];
      for await (const { name } of directoryEntries(path)) names.push(name);
      for (const name of names) await removeAny(join(path, name), options);
    }
    await pathCall(
      "remove directory",
      path,
      (files, settle) => files.removeDirectory(path, settle),
      options,
    );
  }
}

/** Gives a file another name, replacing what has it, in one step. */
export function renamePath(from: string, to: string, options?: WaitOptions): Promise<void> {
  checkFilePath(from);
  checkFilePath(to);
  return pathCall("rename", from, (files, settle) => files.rename(from, to, settle), options);
}

function pathCall(
  verb: string,
  path: string,
  start: (files: Files, settle: Settle<void>) => void,
  options: WaitOptions | undefined,
): Promise<void> {
  const { files } = currentRuntime().io;
  return hostCall<void>(verb, path, (settle) => start(files, settle), options);
}
