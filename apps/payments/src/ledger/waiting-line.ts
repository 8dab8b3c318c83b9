/** Payments that wait to be sent: first accepted first, and those that came back before all others. */
export class WaitingLine<T> {
  #queue: (T | undefined)[] = [];
  #head = 0;
  readonly #returned: T[] = [];

  get length(): number {
    return this.#queue.length - this.#head + this.#returned.length;
  }

  get first(): T | undefined {
    return this.#returned.at(-1) ?? this.#queue[this.#head];
  }

  push(item: T): void {
    this.#queue.push(item);
  }

  putBack(item: T): void {
    this.#returned.push(item);
  }

  shift(): T | undefined {
    if (this.#returned.length > 0) return this.#returned.pop();
    if (this.#head === this.#queue.length) return undefined;
    const item = this.#queue[this.#head];
    this.#queue[this.#head++] = undefined;
    if (this.#head > 1024 && this.#head * 2 > this.#queue.length) {
      this.#queue = this.#queue.slice(this.#head);
      this.#head = 0;
    }
    return item;
  }

  clear(): void {
    this.#queue = [];
    this.#head = 0;
    this.#returned.length = 0;
  }
}
