/** A server for a web-standard handler, in one call: `await serveFetch(app.fetch, { listen: { port: 8080 } })`. */
import type { HttpServer } from "../server/http-server.ts";
import type { ServeOptions } from "../server/options.ts";
import { serve } from "../server/serve.ts";
import { fetchHandler, type FetchHandler, type FetchOptions } from "./fetch-handler.ts";

export type ServeFetchOptions = Omit<ServeOptions, "handler"> & FetchOptions;

export function serveFetch(
  fetch: FetchHandler,
  options: ServeFetchOptions = {},
): Promise<HttpServer> {
  const { origin, ...server } = options;
  const handler = fetchHandler(fetch, origin === undefined ? {} : { origin });
  return serve({ ...server, handler });
}
