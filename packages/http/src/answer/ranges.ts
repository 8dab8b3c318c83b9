/**
 * Range requests (RFC 9110 section 14): parts of something whose size is known.
 *
 * Defence (section 17.15): many small or overlapping ranges ask for more work than they are worth.
 * More than 16 ranges, or ranges that add up to more than the whole, are answered with the whole.
 */

/** Bytes [start, end). */
export interface ByteRange {
  readonly start: number;
  readonly end: number;
}

const MOST_RANGES = 16;
const LONGEST_HEADER = 1000;

/**
 * "all": there is no range, or one to be ignored (another unit, malformed, too many). An empty list:
 * well-formed, but nothing of it exists, which is answered with 416.
 */
export function parseRanges(header: string | undefined, sizeBytes: number): "all" | ByteRange[] {
  if (header === undefined || header.length > LONGEST_HEADER) return "all";
  const specs = /^bytes=(.*)$/i.exec(header)?.[1]?.split(",");
  if (specs === undefined || specs.length > MOST_RANGES) return "all";
  const ranges: ByteRange[] = [];
  let total = 0;
  for (const spec of specs) {
    const parts = /^[ \t]*(\d*)-(\d*)[ \t]*$/.exec(spec);
    if (parts === null) return "all";
    const range = resolve(parts[1]!, parts[2]!, sizeBytes);
    if (range === "malformed") return "all";
    if (range === undefined) continue;
    ranges.push(range);
    total += range.end - range.start;
  }
  return ranges.length > 1 && total > sizeBytes ? "all" : ranges;
}

function resolve(
  first: string,
  last: string,
  sizeBytes: number,
): ByteRange | undefined | "malformed" {
  if (first === "" && last === "") return "malformed";
  if (first === "") {
    const suffix = Math.min(Number(last), sizeBytes);
    return suffix === 0 ? undefined : { start: sizeBytes - suffix, end: sizeBytes };
  }
  const start = Number(first);
  const end = last === "" ? Infinity : Number(last) + 1;
  if (end <= start) return "malformed";
  return start >= sizeBytes ? undefined : { start, end: Math.min(end, sizeBytes) };
}

export function contentRange({ start, end }: ByteRange, sizeBytes: number): string {
  return `bytes ${start}-${end - 1}/${sizeBytes}`;
}

/**
 * The framing of several ranges in one answer (multipart/byteranges): what goes before each range, what
 * goes at the end, and the size of it all.
 */
export function multipartRanges(
  ranges: readonly ByteRange[],
  sizeBytes: number,
  contentType: string,
  boundary: string,
): { readonly heads: readonly string[]; readonly tail: string; readonly totalBytes: number } {
  const heads = ranges.map(
    (range) =>
      `\r\n--${boundary}\r\ncontent-type: ${contentType}\r\ncontent-range: ${contentRange(range, sizeBytes)}\r\n\r\n`,
  );
  const tail = `\r\n--${boundary}--\r\n`;
  let totalBytes = Buffer.byteLength(tail);
  heads.forEach((head, i) => {
    totalBytes += Buffer.byteLength(head) + ranges[i]!.end - ranges[i]!.start;
  });
  return { heads, tail, totalBytes };
}
