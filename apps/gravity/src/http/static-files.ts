/**
 * The files of one folder, read once and kept in memory: the page is a handful of files whose names
 * carry a hash of their content, so everything but index.html may be cached for good.
 */
import { createHash } from "node:crypto";
import { existsSync, globSync, readFileSync, statSync } from "node:fs";
import { extname, join } from "node:path";
import { gzipSync } from "node:zlib";
import type { Request, Response } from "./route.ts";

const TYPES: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".svg": "image/svg+xml",
  ".png": "image/png",
  ".ico": "image/x-icon",
  ".wasm": "application/wasm",
  ".json": "application/json",
};

/** Nothing on the page comes from elsewhere; three.js and uPlot set styles on elements. */
const POLICY =
  "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; frame-ancestors 'none'";

interface File {
  readonly plain: Buffer;
  readonly gzip: Buffer | undefined;
  readonly headers: Readonly<Record<string, string>>;
}

export function staticFiles(folder: string): (request: Request) => Promise<Response | undefined> {
  const files = new Map<string, File>();
  if (existsSync(folder)) {
    for (const name of globSync("**/*", { cwd: folder })) {
      const path = join(folder, name);
      if (statSync(path).isFile()) files.set(`/${name.replaceAll("\\", "/")}`, load(path));
    }
  }
  return async (request) => {
    const file = files.get(request.path === "/" ? "/index.html" : request.path);
    if (file !== undefined) return respond(file, request);
    return request.path === "/" ? notBuilt() : undefined;
  };
}

function load(path: string): File {
  const plain = readFileSync(path);
  const extension = extname(path);
  const compressible = /\.(html|js|css|svg|json|wasm)$/.test(extension) && plain.length > 1024;
  const hashed = /[/\\]assets[/\\]/.test(path);
  return {
    plain,
    gzip: compressible ? gzipSync(plain, { level: 9 }) : undefined,
    headers: {
      "content-type": TYPES[extension] ?? "application/octet-stream",
      "cache-control": hashed ? "public, max-age=31536000, immutable" : "no-cache",
      etag: `"${createHash("sha256").update(plain).digest("base64url").slice(0, 22)}"`,
      vary: "accept-encoding",
      "content-security-policy": POLICY,
      "x-content-type-options": "nosniff",
      // Shared WebAssembly memory on the page needs an isolated context.
      "cross-origin-opener-policy": "same-origin",
      "cross-origin-embedder-policy": "require-corp",
    },
  };
}

function respond(file: File, request: Request): Response {
  if (request.header("if-none-match") === file.headers["etag"]) {
    return { status: 304, headers: file.headers };
  }
  if (file.gzip !== undefined && /\bgzip\b/.test(request.header("accept-encoding") ?? "")) {
    return {
      status: 200,
      headers: { ...file.headers, "content-encoding": "gzip" },
      body: file.gzip,
    };
  }
  return { status: 200, headers: file.headers, body: file.plain };
}

function notBuilt(): Response {
  return {
    status: 200,
    headers: { "content-type": "text/html; charset=utf-8" },
    body: "<!doctype html><title>Hotpath gravity</title><p>The page is not built yet: run <code>npm run build</code> and start again. The API is at <a href=/openapi.json>/openapi.json</a>.",
  };
}
