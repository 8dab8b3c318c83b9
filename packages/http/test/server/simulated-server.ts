/** A server and one client of it, simulated under several seeds, on a network that cuts reads at will. */
import { simulate } from "@hotpath/runtime";
import { serve, type Handler, type ServeOptions } from "../../src/index.ts";
import type { HttpServer } from "../../src/server/http-server.ts";
import { RawClient } from "./raw-client.ts";

export const GET = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
export const hello: Handler = () => ({ status: 200, body: "hello" });

export async function withServer(
  options: ServeOptions,
  body: (client: RawClient, server: HttpServer) => Promise<void>,
  seeds: number = 6,
): Promise<void> {
  for (let seed = 1; seed <= seeds; seed++) {
    await simulate(
      async () => {
        await using server = await serve({ onError: () => {}, ...options });
        await using client = await RawClient.connect(server.port);
        await body(client, server);
      },
      { seed },
    );
  }
}
