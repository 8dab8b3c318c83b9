/**
 * Waiting for the first of several operations, of which exactly one happens.
 *
 *     const next = await select({ order: orders, tick: after("1s"), job: task, out: log.sending(line) });
 *     if (next.kind === "order") …
 *
 * Two phases, described in `selectable.ts`. Cost: one object, one waiter per case and one promise when
 * it has to wait; one object when a case is ready. Nothing of the losers is left anywhere.
 */
import { currentScope } from "../runtime/runtime.ts";
import type { Scope } from "../task/scope.ts";
import { Park, type WaitOptions } from "../wait/park.ts";
import { Waiter, type Waitable } from "../wait/waiter.ts";
import { CLOSED, NOT_READY, type Selectable } from "./selectable.ts";

/** The cases of a select: a name for each operation. */
export type Cases = Readonly<Record<string, Selectable<object>>>;

/** What a select returns: the name of the case that happened as `kind`, and what came of it. */
export type Selected<C extends Cases> = {
  [Name in keyof C & string]: { readonly kind: Name } & OutcomeOf<C[Name]>;
}[keyof C & string];

type OutcomeOf<Case> = Case extends Selectable<infer Outcome> ? Outcome : never;

const CASES: Waitable = { describe: () => "select" };

class Choice {
  readonly kind: string;
  readonly value: unknown;
  readonly closed: boolean;

  constructor(kind: string, value: unknown) {
    this.kind = kind;
    this.closed = value === CLOSED;
    this.value = this.closed ? undefined : value;
  }
}

class Selection extends Park {
  readonly #waiters: Waiter[] = [];
  readonly #names: readonly string[];

  constructor(scope: Scope, names: readonly string[]) {
    super(scope, CASES, "select");
    this.#names = names;
  }

  add(target: Selectable<object>, index: number): void {
    const waiter = new Waiter(target, this as Park, index, undefined);
    this.#waiters.push(waiter);
    target.enlist(waiter);
  }

  protected override answer(waiter: Waiter, value: unknown): Choice {
    return new Choice(this.#names[waiter.index]!, value);
  }

  override wakeClosed(waiter: Waiter): void {
    this.wake(waiter, CLOSED);
  }

  override describeWait(): string {
    const cases = this.#waiters.map(
      (waiter) => `${this.#names[waiter.index]}: ${waiter.target.describe()}`,
    );
    return `select { ${cases.join(", ")} }`;
  }

  protected override withdraw(winner: Waiter | undefined): void {
    for (const waiter of this.#waiters) {
      if (waiter === winner) continue;
      waiter.queue?.remove(waiter);
      waiter.target.abandon?.(waiter);
    }
  }
}

function choose<C extends Cases>(
  cases: C,
  names: readonly string[],
  start: number,
  options: WaitOptions | undefined,
): Promise<Selected<C>> {
  const scope = currentScope();
  if (scope.cancellation !== undefined) return scope.refuse();
  const count = names.length;
  if (count === 0) return Promise.reject(new TypeError("select needs at least one case"));
  try {
    for (let k = 0; k < count; k++) {
      const name = names[(start + k) % count]!;
      const value = cases[name]!.poll();
      if (value !== NOT_READY) return scope.runtime.ready(new Choice(name, value)) as never;
    }
  } catch (error) {
    return Promise.reject(error);
  }
  const selection = new Selection(scope, names);
  for (let k = 0; k < count; k++) {
    const index = (start + k) % count;
    selection.add(cases[names[index]!]!, index);
  }
  return selection.wait(options) as Promise<Selected<C>>;
}

export interface Select {
  /**
   * Waits for the first case that can happen, carries it out, and says which it was. When several are
   * ready the one that is declared first wins.
   */
  <const C extends Cases>(cases: C, options?: WaitOptions): Promise<Selected<C>>;
  /** As `select`, but when several cases are ready each may win, so that none is starved. */
  fair<const C extends Cases>(cases: C, options?: WaitOptions): Promise<Selected<C>>;
  /** Carries out the first case that is ready, without waiting; undefined when none is. */
  now<const C extends Cases>(cases: C): Selected<C> | undefined;
}

function inOrder<const C extends Cases>(cases: C, options?: WaitOptions): Promise<Selected<C>> {
  return choose(cases, Object.keys(cases), 0, options);
}

function fair<const C extends Cases>(cases: C, options?: WaitOptions): Promise<Selected<C>> {
  const names = Object.keys(cases);
  const { io } = currentScope().runtime;
  return choose(cases, names, Math.floor(io.random() * names.length), options);
}

function now<const C extends Cases>(cases: C): Selected<C> | undefined {
  for (const name of Object.keys(cases)) {
    const value = cases[name]!.poll();
    if (value !== NOT_READY) return new Choice(name, value) as never;
  }
  return undefined;
}

/** Go's select, for operations of tasks. */
export const select: Select = Object.assign(inOrder, { fair, now });
