/**
 * Which octets may stand where (RFC 9110 section 5, RFC 9112 sections 2 to 5), as tables of 256: one
 * load answers for an octet, so the parser's loops have one branch an octet.
 */
export const HTAB = 0x09;
export const LF = 0x0a;
export const CR = 0x0d;
export const SP = 0x20;
export const COLON = 0x3a;

function table(allowed: (octet: number) => boolean): Uint8Array {
  return Uint8Array.from({ length: 256 }, (_, octet) => (allowed(octet) ? 1 : 0));
}

function among(characters: string): (octet: number) => boolean {
  return (octet) => characters.includes(String.fromCharCode(octet));
}

function isAlphanumeric(octet: number): boolean {
  return /[0-9A-Za-z]/.test(String.fromCharCode(octet));
}

const isTokenMark = among("!#$%&'*+-.^_`|~");
const isHostMark = among("-._~!$&'()*+,;=%");

/** Field names, methods, codings: tchar (RFC 9110 section 5.6.2). */
export const TOKEN: Uint8Array = table((octet) => isAlphanumeric(octet) || isTokenMark(octet));

/** Field values and reason phrases: tab, space, visible ASCII, and 0x80 to 0xFF as opaque data. */
export const FIELD_VALUE: Uint8Array = table(
  (octet) => octet === HTAB || (octet >= SP && octet !== 0x7f),
);

/** Request targets: visible ASCII except "#", which is never sent (RFC 9112 section 3.2). */
export const TARGET: Uint8Array = table((octet) => octet > SP && octet < 0x7f && octet !== 0x23);

/** Host names and IPv4 addresses: reg-name of RFC 3986; brackets and ports are checked apart. */
export const HOST_NAME: Uint8Array = table((octet) => isAlphanumeric(octet) || isHostMark(octet));

/** The value of a hexadecimal digit, 255 for what is none. */
export const HEX_VALUE: Uint8Array = Uint8Array.from({ length: 256 }, (_, octet) => {
  const digit = "0123456789abcdef".indexOf(String.fromCharCode(octet).toLowerCase());
  return digit === -1 ? 255 : digit;
});

/** Optional white space (RFC 9110 section 5.6.3). */
export function isBlank(octet: number): boolean {
  return octet === SP || octet === HTAB;
}

/** Whether bytes[start, start + name.length) is `name`, which is in lower case, letters and "-" only. */
export function matches(bytes: Uint8Array, start: number, name: string): boolean {
  for (let index = 0; index < name.length; index++) {
    // Setting bit 5 makes a letter a small one and leaves "-"; no other token octet becomes either.
    if ((bytes[start + index]! | 0x20) !== name.charCodeAt(index)) return false;
  }
  return true;
}

/** Whether the text is a token and nothing else. */
export function isToken(text: string): boolean {
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    if (code > 0x7f || TOKEN[code] === 0) return false;
  }
  return text.length > 0;
}

const { latin1Slice } = Buffer.prototype as unknown as {
  latin1Slice: (this: Uint8Array, start: number, end: number) => string;
};

/** bytes[start, end) as text, one character an octet. */
export function latin1(bytes: Uint8Array, start: number, end: number): string {
  return latin1Slice.call(bytes, start, end);
}
