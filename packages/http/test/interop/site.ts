/** A server with one of everything, for clients that are not ours. */
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Channel } from "@hotpath/runtime";
import { z } from "zod";
import {
  cookies,
  eventStream,
  json,
  lastEventId,
  readForm,
  readMultipart,
  route,
  router,
  setCookie,
  staticFiles,
  text,
  webSocket,
  type Router,
  type ServerSentEvent,
} from "../../src/index.ts";

export const BIG: Buffer = Buffer.from(Array.from({ length: 3_000_000 }, (_, i) => (i * 7) & 255));

const PAGE = `<!doctype html><title>site</title><script type="module" src="/assets/page.js"></script>`;

export function siteFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "hotpath-site-"));
  writeFileSync(join(folder, "index.html"), PAGE);
  writeFileSync(
    join(folder, "page.js"),
    `document.documentElement.setAttribute("data-ran", "");\n${"// padding\n".repeat(200)}`,
  );
  writeFileSync(join(folder, "big.bin"), BIG);
  return folder;
}

async function* counted(from: number): AsyncGenerator<ServerSentEvent> {
  for (let n = from + 1; n <= from + 3; n++) yield { id: n, event: "count", data: { n } };
}

export function site(folder: string): Router {
  const files = staticFiles(folder);
  const endless = new Channel<ServerSentEvent>(0);
  return router(
    [
      route("GET", "/assets/*path", files.handle),
      route("POST", "/json", { body: z.object({ n: z.number() }) }, (_request, { body }) =>
        json(200, { twice: 2 * body.n }),
      ),
      route("POST", "/upload", async (request) => {
        let size = 0;
        for await (const chunk of request.body) size += chunk.length;
        return json(200, { size, expect: request.headers.get("expect") ?? null });
      }),
      route("POST", "/form", async (request) => json(200, [...(await readForm(request))])),
      route("POST", "/multipart", async (request) => {
        const parts: unknown[] = [];
        for await (const part of readMultipart(request)) {
          const { length } = await part.bytes({ limitBytes: 10_000_000 });
          parts.push([part.name, part.filename ?? null, length]);
        }
        return json(200, parts);
      }),
      route("GET", "/cookies", (request) => {
        const headers = { "set-cookie": [setCookie("a", "1 2"), setCookie("b", "3")] };
        return json(200, Object.fromEntries(cookies(request)), headers);
      }),
      route("GET", "/stream", () => ({
        status: 200,
        headers: { "content-type": "text/plain" },
        body: (async function* () {
          for (let n = 0; n < 5; n++) yield `line ${n}\n`;
        })(),
        trailers: () => ({ "x-checksum": "5-lines" }),
      })),
      route("GET", "/events", (request) =>
        eventStream(request, counted(Number(lastEventId(request) ?? 0)), { retry: 10 }),
      ),
      route("GET", "/endless", (request) => eventStream(request, endless, { heartbeat: 50 })),
      route("GET", "/ws", (request) =>
        webSocket(request, async (socket) => {
          for await (const message of socket) await socket.send(message);
        }),
      ),
      route("GET", "/slow/:word", ({ params }) => text(200, params.word)),
    ],
    { fallback: files.find },
  );
}
