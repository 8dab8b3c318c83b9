/**
 * What all shared primitives have in common: memory, a name, and how they get to other threads.
 *
 *     words 0 kind   1–2 identity   3 unused   4… the primitive's own
 *
 * A primitive is an argument or a result of a thread's task like any other. For a Worker that is not
 * ours: send `primitive.handle` with postMessage, and call `adopt(handle)` there. In one thread there is
 * one object for one piece of memory, so that its tasks stand in one queue.
 */
import { currentScope } from "../runtime/runtime.ts";
import { Park, type WaitOptions } from "../wait/park.ts";
import type { Waiter } from "../wait/waiter.ts";
import { Doorbell } from "./doorbell.ts";
import type { Line, LineOwner } from "./line.ts";
import { Roster, identity, newIdentity } from "./roster.ts";

/** What postMessage carries to another thread in place of a primitive. */
export interface SharedHandle {
  readonly hotpath: string;
  readonly memory: SharedArrayBuffer;
  readonly roster: SharedArrayBuffer;
  readonly name: string;
}

export interface SharedOptions {
  /** For dumps and error messages. */
  readonly name?: string;
}

/** The words that every primitive has before its own. */
export const HEADER_WORDS = 4;

const MAGIC = 0x48505350;

type Adopt = (handle: SharedHandle) => SharedPrimitive;

const kinds = new Map<string, Adopt>();
const known = new Map<string, WeakRef<SharedPrimitive>>();
const forgotten = new FinalizationRegistry<string>((key) => {
  if (known.get(key)?.deref() === undefined) known.delete(key);
});

let unnamed = 0;

export abstract class SharedPrimitive implements LineOwner {
  readonly name: string;
  protected readonly memory: SharedArrayBuffer;
  protected readonly words: Int32Array;
  protected readonly roster: Roster;
  protected readonly doorbell: Doorbell;
  readonly #kind: string;
  /** A function, so that structured clone refuses what would arrive as an empty object. */
  readonly pass: () => SharedHandle = () => this.handle;

  /** `source`: the bytes to allocate, or the handle of a primitive of another thread. */
  constructor(kind: string, source: number | SharedHandle, name: string | undefined) {
    this.#kind = kind;
    if (typeof source === "number") {
      this.memory = new SharedArrayBuffer(source);
      this.words = new Int32Array(this.memory, 0, source >>> 2);
      this.words[0] = MAGIC;
      newIdentity(this.words);
      this.roster = Roster.home();
      this.name = name ?? `#${++unnamed}`;
    } else {
      this.memory = source.memory;
      this.words = new Int32Array(this.memory, 0, this.memory.byteLength >>> 2);
      this.roster = Roster.adopt(source.roster);
      this.name = source.name;
    }
    this.doorbell = Doorbell.of(this.roster);
    const key = identity(this.words);
    known.set(key, new WeakRef(this));
    forgotten.register(this, key);
  }

  /** What another thread adopts. */
  get handle(): SharedHandle {
    return {
      hotpath: this.#kind,
      memory: this.memory,
      roster: this.roster.buffer,
      name: this.name,
    };
  }

  describe(): string {
    return `${this.#kind} ${this.name}`;
  }

  abstract attempt(waiter: Waiter, line: Line): boolean;
  abstract leftOver(line: Line): boolean;

  /** Suspends the caller in a line. REQUIRES: an attempt has just failed. */
  protected park<T>(
    line: Line,
    operation: string,
    item: unknown,
    options: WaitOptions | undefined,
  ): Promise<T> {
    const park = new Park<T>(currentScope(), line, operation, item);
    line.enlist(park);
    return park.wait(options);
  }
}

/** Tells how to make a primitive of this kind from a handle. */
export function registerKind(kind: string, adopt: Adopt): void {
  kinds.set(kind, adopt);
}

export function isHandle(value: unknown): value is SharedHandle {
  return typeof value === "object" && value !== null && "hotpath" in value && "roster" in value;
}

/** The primitive behind a handle: the one that this thread has already, or a new object. */
export function adopt(handle: SharedHandle): SharedPrimitive {
  const words = new Int32Array(handle.memory, 0, HEADER_WORDS);
  const make = kinds.get(handle.hotpath);
  if (make === undefined || words[0] !== MAGIC) {
    throw new TypeError(`Cannot adopt: ${JSON.stringify(handle.hotpath)} is no shared primitive`);
  }
  return known.get(identity(words))?.deref() ?? make(handle);
}

/** As `adopt`, when the kind is known. */
export function adoptAs<P extends SharedPrimitive>(
  kind: abstract new (...args: never[]) => P,
  handle: SharedHandle,
): P {
  const primitive = isHandle(handle) ? adopt(handle) : undefined;
  if (primitive instanceof kind) return primitive;
  throw new TypeError(`Cannot adopt: this is not the handle of a ${kind.name}`);
}
