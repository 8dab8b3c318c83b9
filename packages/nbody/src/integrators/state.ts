/**
 * What an integrator remembers: named float64 arrays in the memory of the bodies, where kernels reach
 * them by `byteOffset`.
 *
 * Invariants
 *  1. Everything that makes the next step what it is stands in a kept array; a checkpoint holds those
 *     and nothing else of the integrator.
 *  2. An array is zero when it is first asked for, and again after clear().
 *  3. Scratch arrays hold nothing from one step to the next.
 */
import type { Bodies, Column } from "../bodies/bodies.ts";

interface Slot {
  readonly at: number;
  readonly room: number;
}

export class IntegratorState {
  readonly #bodies: Bodies;
  /** Memory once reserved is used again after clear(); it is never given back. */
  readonly #slots = new Map<string, Slot>();
  readonly #kept = new Map<string, Column>();
  readonly #scratch = new Map<string, Column>();

  constructor(bodies: Bodies) {
    this.#bodies = bodies;
  }

  /** Whether nothing is remembered: the next step is a first step. */
  get fresh(): boolean {
    return this.#kept.size === 0;
  }

  /** A kept array of this length: the same one every time, zero at first. */
  floats(name: string, length: number): Column {
    return this.#array(this.#kept, name, length);
  }

  /** Like floats(), but not part of a checkpoint. */
  scratch(name: string, length: number): Column {
    return this.#array(this.#scratch, name, length);
  }

  /** Forgets everything. Views taken before are dead. */
  clear(): void {
    this.#kept.clear();
    this.#scratch.clear();
  }

  /** The kept arrays, in the order in which they were first asked for. */
  entries(): IterableIterator<[string, Column]> {
    return this.#kept.entries();
  }

  #array(arrays: Map<string, Column>, name: string, length: number): Column {
    const known = arrays.get(name);
    if (known?.length === length) return known;
    let slot = this.#slots.get(name);
    if (slot === undefined || slot.room < length) {
      slot = { at: this.#bodies.reserve(length * 8), room: length };
      this.#slots.set(name, slot);
    }
    const array = new Float64Array(this.#bodies.memory.buffer, slot.at, length).fill(0);
    arrays.set(name, array);
    return array;
  }
}
