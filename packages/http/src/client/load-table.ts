/**
 * The connections of a pool, by how many requests each carries: O(1) to find the least loaded one and
 * to move one when its load changes.
 *
 *     rows[0]  idle; the last one used is taken first, so that those that are not needed grow old
 *     rows[1]  carry one request …
 *     rows[depth]  full: take no more
 */

export interface Loaded {
  /** Its row, or -1 outside. Owned by the table. */
  row: number;
  /** Its place in the row. Owned by the table. */
  place: number;
}

export class LoadTable<T extends Loaded> {
  readonly depth: number;
  readonly #rows: T[][];
  size = 0;

  constructor(depth: number) {
    this.depth = depth;
    this.#rows = Array.from({ length: depth + 1 }, () => []);
  }

  get idleCount(): number {
    return this.#rows[0]!.length;
  }

  get idle(): readonly T[] {
    return this.#rows[0]!;
  }

  /** One that may take another request: an idle one, or else, when sharing will do, the least loaded. */
  find(shares: boolean): T | undefined {
    const last = shares ? this.depth - 1 : 0;
    for (let load = 0; load <= last; load++) {
      const row = this.#rows[load]!;
      if (row.length > 0) return row[row.length - 1];
    }
    return undefined;
  }

  /** Adds it, or moves it to another row. */
  place(item: T, load: number): void {
    if (item.row === load) return;
    if (item.row === -1) this.size++;
    else this.#take(item);
    const row = this.#rows[load]!;
    item.row = load;
    item.place = row.length;
    row.push(item);
  }

  remove(item: T): void {
    if (item.row === -1) return;
    this.#take(item);
    item.row = -1;
    this.size--;
  }

  all(): T[] {
    return this.#rows.flat();
  }

  #take(item: T): void {
    const row = this.#rows[item.row]!;
    const last = row.pop()!;
    if (last === item) return;
    row[item.place] = last;
    last.place = item.place;
  }
}
