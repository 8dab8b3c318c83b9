/** Opening a server. */
import { listenTcp, listenUnix, type Listener } from "@hotpath/runtime";
import { HttpServer } from "./http-server.ts";
import type { Listen, ServeOptions } from "./options.ts";

/**
 * Listens and serves until the server is closed: `await using server = await serve({ handler })`.
 * Its requests are tasks of the scope in which it was opened. Error IO when it cannot listen.
 */
export async function serve(options: ServeOptions): Promise<HttpServer> {
  const places = [options.listen ?? {}].flat() as Listen[];
  if (places.length === 0) throw new RangeError("A server listens in one place at least");
  const server = new HttpServer(options);
  try {
    for (const place of places) server.adopt(await open(place));
  } catch (error) {
    await server.close();
    throw error;
  }
  return server;
}

function open(place: Listen): Promise<Listener> {
  const { backlog = 4096 } = place;
  if ("path" in place) return listenUnix(place.path, { backlog });
  return listenTcp({ ...place, backlog });
}
