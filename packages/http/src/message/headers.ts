/**
 * The fields of a head that the parser has accepted, read from its text.
 *
 *     POST /a HTTP/1.1\r\nHost: b\r\nAccept: c\r\n          text; fieldsStart points at "Host"
 *
 * Most handlers look at none or two of the fields, so nothing is made of them before the first look;
 * then one array of positions, four to a field (name start and end, value start and end), is made in
 * one pass. The values are slices of the one text.
 */
import { COLON, isBlank } from "../wire/octets.ts";
import type { Headers } from "./exchange.ts";

export class HeadFields implements Headers {
  readonly #text: string;
  readonly #start: number;
  #positions: number[] | undefined = undefined;

  /** `text` from `start` on is complete field lines, each with its CRLF, as the parser accepts them. */
  constructor(text: string, start: number) {
    this.#text = text;
    this.#start = start;
  }

  get(name: string): string | undefined {
    const positions = (this.#positions ??= this.#index());
    let joined: string | undefined;
    for (let i = 0; i < positions.length; i += 4) {
      if (!this.#named(positions, i, name)) continue;
      const value = this.#value(positions, i);
      joined = joined === undefined ? value : `${joined}, ${value}`;
    }
    return joined;
  }

  all(name: string): readonly string[] {
    const positions = (this.#positions ??= this.#index());
    const values: string[] = [];
    for (let i = 0; i < positions.length; i += 4) {
      if (this.#named(positions, i, name)) values.push(this.#value(positions, i));
    }
    return values;
  }

  has(name: string): boolean {
    const positions = (this.#positions ??= this.#index());
    for (let i = 0; i < positions.length; i += 4) if (this.#named(positions, i, name)) return true;
    return false;
  }

  *entries(): IterableIterator<readonly [name: string, value: string]> {
    const positions = (this.#positions ??= this.#index());
    for (let i = 0; i < positions.length; i += 4) {
      const name = this.#text.slice(positions[i], positions[i + 1]);
      yield [name, this.#value(positions, i)];
    }
  }

  #value(positions: readonly number[], i: number): string {
    return this.#text.slice(positions[i + 2], positions[i + 3]);
  }

  #named(positions: readonly number[], i: number, name: string): boolean {
    const start = positions[i]!;
    if (positions[i + 1]! - start !== name.length) return false;
    for (let k = 0; k < name.length; k++) {
      const a = this.#text.charCodeAt(start + k);
      const b = name.charCodeAt(k);
      if (a !== b && ((a ^ b) !== 0x20 || !isLetter(a))) return false;
    }
    return true;
  }

  #index(): number[] {
    const text = this.#text;
    const positions: number[] = [];
    let at = this.#start;
    while (at < text.length) {
      let nameEnd = at + 1;
      while (text.charCodeAt(nameEnd) !== COLON) nameEnd++;
      const lineEnd = text.indexOf("\r", nameEnd);
      let start = nameEnd + 1;
      let end = lineEnd;
      while (start < end && isBlank(text.charCodeAt(start))) start++;
      while (end > start && isBlank(text.charCodeAt(end - 1))) end--;
      positions.push(at, nameEnd, start, end);
      at = lineEnd + 2;
    }
    return positions;
  }
}

/** Of a message without any. */
export const NO_FIELDS: Headers = new HeadFields("", 0);

function isLetter(code: number): boolean {
  const small = code | 0x20;
  return small >= 0x61 && small <= 0x7a;
}
