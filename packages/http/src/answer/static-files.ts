/**
 * Files of a folder: entity tags, conditional requests, ranges, precompressed variants.
 *
 * A path leads to a file only by plain names: "..", empty segments, escaped slashes, backslashes, zero
 * bytes and names that begin with a dot (but .well-known) lead to nothing. Symbolic links in the folder
 * are followed: whoever may write there may publish what they like.
 */
import { durationMs, openFile, type Duration } from "@hotpath/runtime";
import type { Handler, Request, Response } from "../message/exchange.ts";
import { notFound, Problem } from "../message/problem.ts";
import { preferredEncoding } from "./accept-encoding.ts";
import { FileStore, type StoredFile, type Variant } from "./file-store.ts";
import { evaluate, ifRange } from "./preconditions.ts";
import { contentRange, multipartRanges, parseRanges, type ByteRange } from "./ranges.ts";

export interface StaticFilesOptions {
  /** What a path that ends in "/" means. Default: "index.html". */
  readonly index?: string;
  /** Default: "no-cache", that is, asked for every time and answered 304. */
  readonly cacheControl?: string | ((path: string) => string);
  /** Sent with every file. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Content types by extension, beyond those that are known. */
  readonly types?: Readonly<Record<string, string>>;
  /** Serves `x.br`, `x.zst` and `x.gz` beside `x` to clients that take them. Default: true. */
  readonly precompressed?: boolean;
  /** Compresses small text files that have no variant beside them, once, in memory. Default: true. */
  readonly compress?: boolean;
  /** How long what was found is trusted. Default: 1 s. */
  readonly checkEvery?: Duration;
  /** Files up to this size are kept in memory. Default: 1 MiB. */
  readonly fileMemoryBytes?: number;
  /** All of them together. Default: 64 MiB. */
  readonly memoryBytes?: number;
}

export interface StaticFiles {
  /** For a route that ends in `*path`; a problem 404 when there is no such file. */
  readonly handle: Handler<{ readonly path: string }>;
  /** For a router's fallback: by the request's own path; undefined when there is no such file. */
  readonly find: (request: Request) => Promise<Response | undefined>;
}

export function staticFiles(folder: string, options: StaticFilesOptions = {}): StaticFiles {
  const root = folder.replace(/\/+$/, "");
  const store = new FileStore({
    precompressed: options.precompressed ?? true,
    compress: options.compress ?? true,
    checkEveryMs: durationMs(options.checkEvery ?? "1s"),
    memoryBytes: options.memoryBytes ?? 64 << 20,
    fileMemoryBytes: options.fileMemoryBytes ?? 1 << 20,
    types: options.types ?? {},
  });
  const answer = async (request: Request, tail: string): Promise<Response | undefined> => {
    if (request.method !== "GET" && request.method !== "HEAD") return undefined;
    const path = safePath(tail, options.index ?? "index.html");
    if (path === undefined) return undefined;
    const file = await store.find(`${root}/${path}`);
    if (file === undefined) return undefined;
    if (file === "directory") return directory(request);
    return respond(request, file, headersFor(path, options));
  };
  return {
    handle: async (request) => {
      const { path } = request.params;
      const response = await answer(request, path);
      if (response === undefined) throw notFound(`there is no file ${path.slice(0, 200)}`);
      return response;
    },
    find: (request) => answer(request, decoded(request.path)),
  };
}

/** The tail of a route is decoded as one piece; so is this. An escaped slash is not a plain name. */
function decoded(path: string): string {
  if (/%2f/i.test(path)) return "..";
  try {
    return decodeURIComponent(path.slice(1));
  } catch {
    return "..";
  }
}

function safePath(tail: string, index: string): string | undefined {
  if (/[\0\\]/.test(tail)) return undefined;
  const names = tail.split("/");
  const last = names.pop()!;
  const plain = (name: string): boolean =>
    name !== "" && (!name.startsWith(".") || name === ".well-known");
  if (!names.every(plain)) return undefined;
  if (last === "") return [...names, index].join("/");
  return plain(last) ? tail : undefined;
}

/** Relative links on an index page need the slash. */
function directory(request: Request): Response | undefined {
  const name = request.path.split("/").at(-1);
  if (name === undefined || name === "") return undefined;
  const query = request.target.slice(request.path.length);
  return { status: 308, headers: { location: `./${name}/${query}` } };
}

function headersFor(path: string, options: StaticFilesOptions): Record<string, string> {
  const { cacheControl = "no-cache", headers } = options;
  return {
    "cache-control": typeof cacheControl === "string" ? cacheControl : cacheControl(`/${path}`),
    "x-content-type-options": "nosniff",
    ...headers,
  };
}

function respond(request: Request, file: StoredFile, common: Record<string, string>): Response {
  const { mediaType, variants } = file;
  const encodings = variants.slice(1).map(({ encoding }) => encoding);
  const chosen = preferredEncoding(request.headers.get("accept-encoding"), encodings);
  const variant = variants.find(({ encoding }) => encoding === chosen) ?? variants[0]!;
  const headers: Record<string, string> = {
    ...common,
    etag: variant.etag,
    "last-modified": new Date(variant.modifiedMs).toUTCString(),
    ...(encodings.length === 0 ? {} : { vary: "accept-encoding" }),
  };
  const verdict = evaluate(request.headers, variant);
  if (verdict === 304) return { status: 304, headers };
  if (verdict === 412) {
    const detail = "the file is not, or no longer, what the request requires";
    throw new Problem({ status: 412, title: "Precondition failed", detail });
  }
  headers["accept-ranges"] = "bytes";
  headers["content-type"] = mediaType;
  if (variant.encoding !== "identity") headers["content-encoding"] = variant.encoding;
  return part(request, variant, headers);
}

function part(request: Request, variant: Variant, headers: Record<string, string>): Response {
  const { sizeBytes } = variant;
  const asked = request.method === "GET" ? request.headers.get("range") : undefined;
  const ranges =
    asked !== undefined && ifRange(request.headers, variant)
      ? parseRanges(asked, sizeBytes)
      : "all";
  if (ranges === "all") return whole(variant, headers);
  if (ranges.length === 0) {
    throw new Problem({
      status: 416,
      title: "Range not satisfiable",
      detail: `nothing of ${asked!.slice(0, 100)} is in ${sizeBytes} bytes`,
      headers: { "content-range": `bytes */${sizeBytes}` },
    });
  }
  if (ranges.length === 1) {
    const [range] = ranges as [ByteRange];
    headers["content-range"] = contentRange(range, sizeBytes);
    return sized(206, headers, range.end - range.start, variant, [range], [], "");
  }
  const boundary = `hotpath-${variant.etag.replaceAll(/\W/g, "")}-${request.id.replaceAll(/\W/g, "").slice(0, 20)}`;
  const { heads, tail, totalBytes } = multipartRanges(
    ranges,
    sizeBytes,
    headers["content-type"]!,
    boundary,
  );
  headers["content-type"] = `multipart/byteranges; boundary=${boundary}`;
  return sized(206, headers, totalBytes, variant, ranges, heads, tail);
}

function whole(variant: Variant, headers: Record<string, string>): Response {
  if (variant.content !== undefined) return { status: 200, headers, body: variant.content };
  const all = [{ start: 0, end: variant.sizeBytes }];
  return sized(200, headers, variant.sizeBytes, variant, all, [], "");
}

function sized(
  status: number,
  headers: Record<string, string>,
  sizeBytes: number,
  variant: Variant,
  ranges: readonly ByteRange[],
  heads: readonly string[],
  tail: string,
): Response {
  const { content } = variant;
  if (content !== undefined) {
    const pieces = ranges.flatMap(({ start, end }, i) => [
      Buffer.from(heads[i] ?? ""),
      content.subarray(start, end),
    ]);
    const body =
      heads.length === 0 ? pieces[1]! : Buffer.concat([...pieces, Buffer.from(tail)], sizeBytes);
    return { status, headers, body };
  }
  headers["content-length"] = String(sizeBytes);
  return { status, headers, body: read(variant, ranges, heads, tail) };
}

/** Opened when the body is wanted, and checked to be what the head was written for. */
async function* read(
  variant: Variant,
  ranges: readonly ByteRange[],
  heads: readonly string[],
  tail: string,
): AsyncGenerator<string | Uint8Array, void, undefined> {
  await using file = await openFile(variant.path, { access: "read" });
  const { sizeBytes, modifiedMs } = await file.stat();
  if (sizeBytes !== variant.sizeBytes || modifiedMs !== variant.modifiedMs) {
    throw new Error(`${variant.path} was changed between its head and its body`);
  }
  for (const [i, range] of ranges.entries()) {
    if (heads[i] !== undefined) yield heads[i];
    yield* file.reader(range);
  }
  if (tail !== "") yield tail;
}
