/**
 * What is held and open, kept only where leaks are looked for: in simulations, and in runs that ask.
 *
 * A lock must be released by the task that took it before that task ends. A handle (a socket, a file, a
 * ticker) may move from task to task, so it is due when the run ends.
 */
import { RuntimeError } from "../errors.ts";
import type { Scope } from "../task/scope.ts";
import type { Waitable } from "../wait/waiter.ts";

interface Holding {
  readonly owner: Scope;
  readonly what: Waitable;
}

/** Something of the host that must be closed. */
export interface Handle {
  describe(): string;
}

export class Ledger {
  readonly #held = new Map<object, Holding>();
  readonly #open = new Map<Handle, string>();

  acquired(token: object, owner: Scope, what: Waitable): void {
    this.#held.set(token, { owner, what });
  }

  released(token: object): void {
    this.#held.delete(token);
  }

  opened(handle: Handle, by: Scope): void {
    this.#open.set(handle, by.describe());
  }

  closed(handle: Handle): void {
    this.#open.delete(handle);
  }

  /** What a task that ends still holds; it is forgotten, so that it is reported once. */
  leakOf(owner: Scope): RuntimeError | undefined {
    const names: string[] = [];
    for (const [token, holding] of this.#held) {
      if (holding.owner !== owner) continue;
      names.push(holding.what.describe());
      this.#held.delete(token);
    }
    if (names.length === 0) return undefined;
    return new RuntimeError(
      "LEAK",
      `${owner.describe()} ended and still holds ${names.join(", ")}`,
    );
  }

  /** What is open when the run is over. */
  leakAtEnd(): RuntimeError | undefined {
    if (this.#open.size === 0) return undefined;
    const names = [...this.#open].map(([handle, by]) => `${handle.describe()}, opened by ${by}`);
    return new RuntimeError("LEAK", `The run ended and these are still open: ${names.join("; ")}`);
  }
}
