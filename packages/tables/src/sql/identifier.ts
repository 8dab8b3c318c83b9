/**
 * PostgreSQL identifiers: which need quotes, as values and as types.
 *
 * A name is written bare when it is lower-case ASCII letters, digits and underscores, does not start
 * with a digit, and is not a word that the grammar reserves; otherwise it is quoted, with quotes doubled.
 */

import { RESERVED_WORDS, type ReservedWord } from "./reserved-words.ts";

const NAME_BYTES = 63;
const PLAIN = /^[a-z_][a-z0-9_]*$/;
const encoder = new TextEncoder();

/** @throws TypeError when PostgreSQL could not hold the name exactly */
export function assertIdentifier(name: string, what: string): void {
  if (typeof name !== "string" || name === "") throw new TypeError(`Empty ${what}`);
  if (name.includes("\0")) throw new TypeError(`NUL in ${what} ${JSON.stringify(name)}`);
  if (!name.isWellFormed())
    throw new TypeError(`Lone surrogate in ${what} ${JSON.stringify(name)}`);
  const sizeBytes = encoder.encode(name).length;
  if (sizeBytes > NAME_BYTES) {
    throw new TypeError(
      `The ${what} ${JSON.stringify(name)} has ${sizeBytes} bytes; PostgreSQL keeps ${NAME_BYTES}`,
    );
  }
}

/** Orders names by their UTF-8 bytes, as the type checker orders string literals. */
export function compareIdentifiers(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}

export function quoteIdentifier(name: string): string {
  if (PLAIN.test(name) && !Object.hasOwn(RESERVED_WORDS, name)) return name;
  assertIdentifier(name, "identifier");
  return `"${name.replaceAll('"', '""')}"`;
}

type Letter =
  | "a"
  | "b"
  | "c"
  | "d"
  | "e"
  | "f"
  | "g"
  | "h"
  | "i"
  | "j"
  | "k"
  | "l"
  | "m"
  | "n"
  | "o"
  | "p"
  | "q"
  | "r"
  | "s"
  | "t"
  | "u"
  | "v"
  | "w"
  | "x"
  | "y"
  | "z"
  | "_";
type Digit = "0" | "1" | "2" | "3" | "4" | "5" | "6" | "7" | "8" | "9";

type PlainRest<Text extends string> = Text extends ""
  ? true
  : Text extends `${Letter | Digit}${infer Rest}`
    ? PlainRest<Rest>
    : false;

type DoubleQuotes<
  Text extends string,
  Done extends string = "",
> = Text extends `${infer Head}"${infer Rest}`
  ? DoubleQuotes<Rest, `${Done}${Head}""`>
  : `${Done}${Text}`;

/** The type of `quoteIdentifier(name)`: `Quoted<"order">` is `"\"order\""`. */
export type Quoted<Name extends string> = Name extends ReservedWord
  ? `"${Name}"`
  : Name extends `${Letter}${infer Rest}`
    ? PlainRest<Rest> extends true
      ? Name
      : `"${DoubleQuotes<Name>}"`
    : `"${DoubleQuotes<Name>}"`;
