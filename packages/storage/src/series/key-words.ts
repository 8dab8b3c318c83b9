/** A key as four 32-bit words: what the kernel takes. Shorter keys are padded with zeros. */
import type { PlacedColumn } from "./row-layout.ts";

const TWO_32 = 0x1_0000_0000;

export class KeyWords {
  k0 = 0;
  k1 = 0;
  k2 = 0;
  k3 = 0;
  readonly #bytes: number;
  readonly #wide: boolean;
  readonly #name: string;

  constructor({ column, name, width }: PlacedColumn) {
    this.#bytes = column.type === "bytes" ? width : 0;
    this.#wide = column.type === "u64";
    this.#name = name;
  }

  /** Takes a key as programs write it: bytes, or a whole number. */
  take(key: unknown): void {
    if (this.#bytes !== 0) this.#takeBytes(key as Uint8Array);
    else this.#takeNumber(key as number);
  }

  #takeBytes(key: Uint8Array): void {
    if (!(key instanceof Uint8Array) || key.length !== this.#bytes) {
      throw new TypeError(`${this.#name} must be a Uint8Array of ${this.#bytes} bytes`);
    }
    this.k0 = key[0]! | (key[1]! << 8) | (key[2]! << 16) | (key[3]! << 24);
    if (this.#bytes === 4) return;
    this.k1 = key[4]! | (key[5]! << 8) | (key[6]! << 16) | (key[7]! << 24);
    if (this.#bytes === 8) return;
    this.k2 = key[8]! | (key[9]! << 8) | (key[10]! << 16) | (key[11]! << 24);
    this.k3 = key[12]! | (key[13]! << 8) | (key[14]! << 16) | (key[15]! << 24);
  }

  #takeNumber(key: number): void {
    const limit = this.#wide ? Number.MAX_SAFE_INTEGER : 0xffff_ffff;
    if (!Number.isInteger(key) || key < 0 || key > limit) {
      throw new RangeError(`${this.#name} must be a whole number from 0 to ${limit}`);
    }
    this.k0 = key | 0;
    this.k1 = this.#wide ? Math.floor(key / TWO_32) : 0;
  }
}
