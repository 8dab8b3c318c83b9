/** Lets tasks begin together that were spawned one after another while the scheduler held wakes back. */
import { Ring } from "../channel/ring.ts";
import type { RunningTask } from "./task.ts";

export class Gate {
  readonly #begin: (task: RunningTask) => void;
  readonly #tasks = new Ring<RunningTask>(64);
  readonly #opened: Promise<void>;
  #open!: () => void;
  // Reactions run in the order in which they were registered, so the first task is always the next.
  readonly #beginNext = (): void => this.#begin(this.#tasks.shift());

  constructor(begin: (task: RunningTask) => void) {
    this.#begin = begin;
    this.#opened = new Promise((resolve) => (this.#open = resolve));
  }

  /** The task begins, in the asynchronous context of this call, when the gate has opened. */
  add(task: RunningTask): void {
    this.#tasks.push(task);
    // One reaction a task: a storm of spawns allocates neither a Park nor a closure for each.
    void this.#opened.then(this.#beginNext);
  }

  /** Called once, by the scheduler. */
  deliver(): void {
    this.#open();
  }
}
