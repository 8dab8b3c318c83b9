/**
 * A file system in memory: the same Files as the host's, on virtual time, told by a seed when to read
 * short, to fail, and what a crash leaves.
 *
 * Names are made, renamed and removed in a journal that is written in order, as ext4 and XFS do: after a
 * crash the first changes of it have happened and the others have not. `syncDirectory` writes it up to
 * the last change of that directory. What is in the files is another matter; see `inode.ts`.
 */
import { basename, dirname, posix } from "node:path";
import type {
  DirectoryEntry,
  Files,
  FileStat,
  OpenDirectory,
  OpenFile,
  OpenHow,
} from "../io/files.ts";
import { IoError } from "../io/io-error.ts";
import type { Settle } from "../io/net.ts";
import type { Clock } from "../io/io.ts";
import { currentRuntime } from "../runtime/runtime.ts";
import type { SimulatedNetwork } from "./network.ts";
import { Inode, statOf } from "./inode.ts";
import { SimulatedDirectory, SimulatedFile } from "./open-file.ts";

export interface DiskConditions {
  /** How long an operation takes. Default: 0.02 to 0.2 ms. */
  readonly latencyMs?: readonly [leastMs: number, mostMs: number];
  /** How often a read or write does only a part. Default: 0.2. */
  readonly shortChance?: number;
  /** How often an operation fails with EIO. Default: 0. */
  readonly faultChance?: number;
  /** Writing beyond it fails with ENOSPC. Default: no limit. */
  readonly capacityBytes?: number;
}

/** One change of names: what it does to the durable names, and which directories it touches. */
interface JournalEntry {
  readonly directories: readonly Inode[];
  readonly apply: () => void;
}

export class SimulatedDisk implements Files {
  conditions: Required<DiskConditions> = {
    latencyMs: [0.02, 0.2],
    shortChance: 0.2,
    faultChance: 0,
    capacityBytes: Infinity,
  };
  /** Counts crashes: what was opened before one fails after it. */
  epoch = 0;
  readonly #world: SimulatedNetwork;
  readonly #clock: Clock;
  readonly #root = new Inode("directory", 0o755, 0);
  #journal: JournalEntry[] = [];
  readonly #failures: { readonly operation: string; readonly systemCode: string }[] = [];
  /** Takes delays and chance from the simulated network. */
  constructor(world: SimulatedNetwork, clock: Clock, conditions: DiskConditions = {}) {
    this.#world = world;
    this.#clock = clock;
    this.change(conditions);
    for (const path of ["/tmp", "/run", "/data"]) {
      const made = new Inode("directory", 0o755, 0);
      this.#root.entries.set(path.slice(1), made);
      this.#root.durableEntries.set(path.slice(1), made);
    }
  }

  change(conditions: DiskConditions): void {
    this.conditions = { ...this.conditions, ...conditions };
  }

  /** The next such operation ("open", "read", "write", "sync", "rename", …) fails with this error. */
  failNext(operation: string, systemCode: string): void {
    this.#failures.push({ operation, systemCode });
  }

  /** Loses power and comes back: what was not synced is there or not, and nothing is open any more. */
  crash(): void {
    this.epoch++;
    const kept = this.#world.below(this.#journal.length + 1);
    for (const { apply } of this.#journal.slice(0, kept)) apply();
    this.#journal = [];
    const chance = (probability: number): boolean => this.#world.chance(probability);
    const restore = (inode: Inode): void => {
      inode.entries = new Map(inode.durableEntries);
      for (const child of inode.entries.values()) {
        if (child.kind === "directory") restore(child);
        else child.crash(chance);
      }
    };
    restore(this.#root);
  }

  /** Does an operation after its delay: `body` answers the result or throws an IoError. */
  perform<T>(operation: string, subject: string, body: () => T, settle: Settle<T>): void {
    const [least, most] = this.conditions.latencyMs;
    const { epoch } = this;
    this.#world.later(least + (most - least) * this.#world.fraction(), () => {
      let value: T;
      try {
        if (epoch !== this.epoch) throw new IoError(operation, subject, "EIO");
        this.#fault(operation, subject);
        value = body();
      } catch (error) {
        return settle(error as IoError, undefined);
      }
      settle(undefined, value);
    });
  }

  /** How much of `wanted` bytes is done at once. */
  portion(wanted: number): number {
    if (wanted < 2 || !this.#world.chance(this.conditions.shortChance)) return wanted;
    return 1 + this.#world.below(wanted - 1);
  }

  wallMs(): number {
    return this.#clock.wallMs();
  }

  /** Bytes in all files that have a name. */
  get usedBytes(): number {
    const files = new Set<Inode>();
    const collect = (directory: Inode): void => {
      for (const inode of directory.entries.values()) {
        if (inode.kind === "directory") collect(inode);
        else files.add(inode);
      }
    };
    collect(this.#root);
    let sizeBytes = 0;
    for (const file of files) sizeBytes += file.sizeBytes;
    return sizeBytes;
  }

  open(path: string, how: OpenHow, settle: Settle<OpenFile>): void {
    const make = (): OpenFile => {
      const directory = this.#directoryOf("open", path);
      const name = basename(absolute(path));
      let inode = name === "" ? this.#root : directory.entries.get(name);
      if (inode === undefined) {
        if (how.create === "never") throw new IoError("open", path, "ENOENT");
        inode = new Inode("file", how.mode, this.wallMs());
        this.#enter(directory, name, inode);
      } else if (how.create === "always") throw new IoError("open", path, "EEXIST");
      if (inode.kind === "directory") throw new IoError("open", path, "EISDIR");
      if (how.truncate) inode.truncate(0);
      return new SimulatedFile(this, path, inode, how);
    };
    this.perform("open", path, make, settle);
  }

  openDirectory(path: string, settle: Settle<OpenDirectory>): void {
    const list = (): OpenDirectory => {
      const inode = this.#find("list", path);
      if (inode.kind !== "directory") throw new IoError("list", path, "ENOTDIR");
      const entries: DirectoryEntry[] = [...inode.entries].map(([name, { kind }]) => ({
        name,
        kind,
      }));
      return new SimulatedDirectory(this, path, entries);
    };
    this.perform("list", path, list, settle);
  }

  syncDirectory(path: string, settle: Settle<void>): void {
    const sync = (): void => {
      const inode = this.#find("sync", path);
      const last = this.#journal.findLastIndex(({ directories }) => directories.includes(inode));
      for (const { apply } of this.#journal.splice(0, last + 1)) apply();
    };
    this.perform("sync", path, sync, settle);
  }

  stat(path: string, settle: Settle<FileStat>): void {
    this.perform("stat", path, () => statOf(this.#find("stat", path)), settle);
  }

  rename(from: string, to: string, settle: Settle<void>): void {
    const rename = (): void => {
      const source = this.#directoryOf("rename", from);
      const target = this.#directoryOf("rename", to);
      const [oldName, newName] = [basename(absolute(from)), basename(absolute(to))];
      const inode = source.entries.get(oldName);
      if (inode === undefined) throw new IoError("rename", from, "ENOENT");
      const replaced = target.entries.get(newName);
      if (replaced !== undefined && replaced.kind !== inode.kind) {
        throw new IoError("rename", from, replaced.kind === "directory" ? "EISDIR" : "ENOTDIR");
      }
      const move = (pick: (inode: Inode) => Map<string, Inode>): void => {
        pick(source).delete(oldName);
        pick(target).set(newName, inode);
      };
      move((directory) => directory.entries);
      this.#journal.push({
        directories: [source, target],
        apply: () => move((directory) => directory.durableEntries),
      });
    };
    this.perform("rename", from, rename, settle);
  }

  link(from: string, to: string, settle: Settle<void>): void {
    const link = (): void => {
      const inode = this.#find("link", from);
      const directory = this.#directoryOf("link", to);
      const name = basename(absolute(to));
      if (directory.entries.has(name)) throw new IoError("link", to, "EEXIST");
      this.#enter(directory, name, inode);
    };
    this.perform("link", to, link, settle);
  }

  remove(path: string, settle: Settle<void>): void {
    const remove = (): void => {
      if (this.#find("remove", path).kind === "directory") {
        throw new IoError("remove", path, "EISDIR");
      }
      this.#leave(this.#directoryOf("remove", path), basename(absolute(path)));
    };
    this.perform("remove", path, remove, settle);
  }

  makeDirectory(path: string, settle: Settle<void>): void {
    const make = (): void => {
      const directory = this.#directoryOf("make directory", path);
      const name = basename(absolute(path));
      if (name === "" || directory.entries.has(name)) {
        throw new IoError("make directory", path, "EEXIST");
      }
      this.#enter(directory, name, new Inode("directory", 0o755, this.wallMs()));
    };
    this.perform("make directory", path, make, settle);
  }

  removeDirectory(path: string, settle: Settle<void>): void {
    const remove = (): void => {
      const inode = this.#find("remove directory", path);
      if (inode.kind !== "directory") throw new IoError("remove directory", path, "ENOTDIR");
      if (inode.entries.size > 0) throw new IoError("remove directory", path, "ENOTEMPTY");
      this.#leave(this.#directoryOf("remove directory", path), basename(absolute(path)));
    };
    this.perform("remove directory", path, remove, settle);
  }

  #enter(directory: Inode, name: string, inode: Inode): void {
    directory.entries.set(name, inode);
    this.#journal.push({
      directories: [directory],
      apply: () => directory.durableEntries.set(name, inode),
    });
  }

  #leave(directory: Inode, name: string): void {
    directory.entries.delete(name);
    this.#journal.push({
      directories: [directory],
      apply: () => directory.durableEntries.delete(name),
    });
  }

  #find(operation: string, path: string): Inode {
    let inode = this.#root;
    for (const name of absolute(path).split("/")) {
      if (name === "") continue;
      if (inode.kind !== "directory") throw new IoError(operation, path, "ENOTDIR");
      const next = inode.entries.get(name);
      if (next === undefined) throw new IoError(operation, path, "ENOENT");
      inode = next;
    }
    return inode;
  }

  #directoryOf(operation: string, path: string): Inode {
    const directory = this.#find(operation, dirname(absolute(path)));
    if (directory.kind !== "directory") throw new IoError(operation, path, "ENOTDIR");
    return directory;
  }

  #fault(operation: string, subject: string): void {
    const index = this.#failures.findIndex((failure) => failure.operation === operation);
    if (index !== -1) {
      const [failure] = this.#failures.splice(index, 1);
      throw new IoError(operation, subject, failure!.systemCode);
    }
    if (this.#world.chance(this.conditions.faultChance))
      throw new IoError(operation, subject, "EIO");
  }
}

function absolute(path: string): string {
  return posix.resolve("/", path);
}

/** The disk of the simulation in which the caller runs. */
export function simulatedDisk(): SimulatedDisk {
  const { files } = currentRuntime().io;
  if (files instanceof SimulatedDisk) return files;
  throw new TypeError("There is a simulated disk only inside simulate()");
}
