/**
 * The shared fast path of every operation that need not wait.
 *
 * While `credit` is positive an operation may complete without looking up its scope: there is no
 * cancelled scope that could refuse it, no simulation that wants to choose, and the turn is not used
 * up. Each such operation takes one. At zero it goes the long way round (`Runtime.ready`), which looks
 * at all three and, in a real runtime, grants the next slice.
 *
 * This saves one read of AsyncLocalStorage (10 ns on Node 26.10) in operations that take 5 to 40 ns.
 */
class Pace {
  credit = 0;
  /** Open cancelled scopes, and simulations in progress. */
  #restrictions = 0;

  get restricted(): boolean {
    return this.#restrictions > 0;
  }

  restrict(): void {
    this.#restrictions++;
    this.credit = 0;
  }

  relax(): void {
    this.#restrictions--;
  }
}

export const pace: Pace = new Pace();
