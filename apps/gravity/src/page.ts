/** The page: the built files of apps/web, whose names carry a hash of their content, but index.html. */
import { fileURLToPath } from "node:url";
import { staticFiles, type Request, type Response } from "@hotpath/http";

const BUILT = fileURLToPath(new URL("../../web/dist", import.meta.url));

/** Nothing on the page comes from elsewhere; three.js and uPlot set styles on elements. */
const POLICY =
  "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; frame-ancestors 'none'";

const files = staticFiles(BUILT, {
  cacheControl: (path) =>
    path.startsWith("/assets/") ? "public, max-age=31536000, immutable" : "no-cache",
  headers: {
    "content-security-policy": POLICY,
    // Shared WebAssembly memory on the page needs an isolated context.
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-embedder-policy": "require-corp",
  },
});

export async function page(request: Request): Promise<Response | undefined> {
  const response = await files.find(request);
  if (response === undefined && request.path === "/") return notBuilt();
  return response;
}

function notBuilt(): Response {
  return {
    status: 200,
    headers: { "content-type": "text/html; charset=utf-8" },
    body: "<!doctype html><title>Hotpath gravity</title><p>The page is not built yet: run <code>npm run build</code> and start again. The API is at <a href=/openapi.json>/openapi.json</a>.",
  };
}
