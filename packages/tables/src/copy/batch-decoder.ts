/** A decoder that hands out batches and makes the server wait while they are not taken. */
import type { OnMessage } from "../connection/driver.ts";
import type { AnyTable } from "../definition/table.ts";
import type { ColumnTarget } from "./column-target.ts";
import { RowDecoder, type DecoderLimits } from "./row-decoder.ts";

export class BatchDecoder extends RowDecoder {
  override readonly slow = true;
  readonly #fresh: () => ColumnTarget[];
  readonly #finish: (targets: readonly ColumnTarget[], count: number) => unknown;
  readonly #batchRows: number;
  readonly #ready: unknown[] = [];
  #current: readonly ColumnTarget[];
  #taker: PromiseWithResolvers<unknown> | undefined;
  #drained: PromiseWithResolvers<void> | undefined;
  #over: { readonly error?: unknown } | undefined;
  #left = false;

  constructor(
    table: AnyTable,
    fresh: () => ColumnTarget[],
    batchRows: number,
    limits: DecoderLimits,
    finish: (targets: readonly ColumnTarget[], count: number) => unknown,
  ) {
    const first = fresh();
    super(table, first, limits);
    this.#current = first;
    this.#fresh = fresh;
    this.#batchRows = batchRows;
    this.#finish = finish;
  }

  override push(bytes: Uint8Array, onMessage: OnMessage): void | Promise<void> {
    void super.push(bytes, onMessage);
    if (this.#ready.length === 0 || this.#left) return;
    this.#drained ??= Promise.withResolvers();
    return this.#drained.promise;
  }

  /** The next batch; undefined after the last. Throws what ended the COPY. */
  next(): Promise<unknown> {
    const batch = this.#ready.shift();
    if (this.#ready.length === 0) this.#drain();
    if (batch !== undefined) return Promise.resolve(batch);
    if (this.#over !== undefined) {
      return "error" in this.#over
        ? Promise.reject(this.#over.error as Error)
        : Promise.resolve(undefined);
    }
    this.#taker = Promise.withResolvers();
    return this.#taker.promise;
  }

  end(): void {
    if (this.count > 0) this.#handOut();
    this.#over = {};
    this.#taker?.resolve(undefined);
  }

  fail(error: unknown): void {
    this.#over = { error };
    this.#taker?.reject(error);
  }

  /** Nobody takes batches any more. */
  leave(): void {
    this.#left = true;
    this.#ready.length = 0;
    this.#drain();
  }

  protected override room(): number {
    return Math.min(super.room(), this.#batchRows - this.count);
  }

  protected override filled(): void {
    if (this.count === this.#batchRows) this.#handOut();
  }

  #handOut(): void {
    const batch = this.#finish(this.#current, this.count);
    this.#current = this.#fresh();
    this.nextTargets(this.#current);
    if (this.#left) return;
    if (this.#taker === undefined) {
      this.#ready.push(batch);
      return;
    }
    this.#taker.resolve(batch);
    this.#taker = undefined;
  }

  #drain(): void {
    this.#drained?.resolve();
    this.#drained = undefined;
  }
}
