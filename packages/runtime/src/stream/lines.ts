/** Lines of text out of a stream of bytes. */
import { RuntimeError } from "../errors.ts";
import { currentScope } from "../runtime/runtime.ts";
import type { WaitOptions } from "../wait/park.ts";
import type { ByteReader } from "./byte-reader.ts";

export interface LineOptions extends WaitOptions {
  /** The longest line; LIMIT beyond. Default: 1 MiB. The timeout holds for each line. */
  readonly limitBytes?: number;
}

const LF = 10;
const CR = 13;
const DONE: IteratorReturnResult<undefined> = { done: true, value: undefined };

/** A line that is buffered already costs no task switch. */
export class LineReader implements AsyncIterableIterator<string> {
  readonly #reader: ByteReader;
  readonly #options: LineOptions;
  readonly #limitBytes: number;
  #searched = 0;

  constructor(reader: ByteReader, options: LineOptions = {}) {
    this.#reader = reader;
    this.#options = options;
    this.#limitBytes = options.limitBytes ?? 1024 * 1024;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  next(): Promise<IteratorResult<string>> {
    const scope = currentScope();
    if (scope.cancellation !== undefined) return scope.refuse();
    const line = this.#buffered();
    if (line === undefined) return this.#later();
    return scope.runtime.ready<IteratorResult<string>>({ done: false, value: line });
  }

  return(): Promise<IteratorReturnResult<undefined>> {
    return Promise.resolve(DONE);
  }

  async #later(): Promise<IteratorResult<string>> {
    for (;;) {
      const view = this.#reader.buffered;
      if (view.length > this.#limitBytes + 1) this.#tooLong();
      this.#searched = view.length;
      if (!(await this.#reader.fill(1, this.#options))) return this.#last();
      const line = this.#buffered();
      if (line !== undefined) return { done: false, value: line };
    }
  }

  #buffered(): string | undefined {
    const view = this.#reader.buffered;
    const index = view.indexOf(LF, this.#searched);
    if (index === -1) return undefined;
    if (index > this.#limitBytes + 1) this.#tooLong();
    return this.#take(view, index, 1);
  }

  #last(): IteratorResult<string> {
    const view = this.#reader.buffered;
    if (view.length === 0) return DONE;
    return { done: false, value: this.#take(view, view.length, 0) };
  }

  #take(view: Uint8Array, length: number, delimiterBytes: number): string {
    const end = delimiterBytes > 0 && length > 0 && view[length - 1] === CR ? length - 1 : length;
    const line = Buffer.from(view.buffer, view.byteOffset, end).toString("utf8");
    this.#reader.consume(length + delimiterBytes);
    this.#searched = 0;
    return line;
  }

  #tooLong(): never {
    throw new RuntimeError(
      "LIMIT",
      `A line of ${this.#reader.name} is longer than ${this.#limitBytes} bytes`,
    );
  }
}
