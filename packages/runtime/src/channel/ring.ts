/** A first-in first-out queue in a circular array that doubles when it is full. All O(1). */
export class Ring<T> {
  #slots: (T | undefined)[];
  #mask: number;
  #head = 0;
  size = 0;

  constructor(initial: number = 8) {
    let length = 1;
    while (length < initial) length <<= 1;
    this.#slots = Array.from({ length });
    this.#mask = length - 1;
  }

  push(item: T): void {
    if (this.size > this.#mask) this.#grow();
    this.#slots[(this.#head + this.size++) & this.#mask] = item;
  }

  /** REQUIRES: size > 0. */
  shift(): T {
    const head = this.#head;
    const item = this.#slots[head] as T;
    // A slot that still named the item would keep it from being collected.
    this.#slots[head] = undefined;
    this.#head = (head + 1) & this.#mask;
    this.size--;
    return item;
  }

  /** The item at `index` from the front. REQUIRES: index < size. */
  at(index: number): T {
    return this.#slots[(this.#head + index) & this.#mask] as T;
  }

  /** Moves up to `limit` items from the front to the end of `into`. */
  drain(into: T[], limit: number): void {
    for (let left = Math.min(limit, this.size); left > 0; left--) into.push(this.shift());
  }

  clear(): void {
    this.#slots.fill(undefined);
    this.#head = 0;
    this.size = 0;
  }

  #grow(): void {
    const items: (T | undefined)[] = Array.from({ length: this.#slots.length * 2 });
    for (let index = 0; index < this.size; index++) items[index] = this.at(index);
    this.#slots = items;
    this.#mask = items.length - 1;
    this.#head = 0;
  }
}
