/**
 * A Hono app on this server: anything that turns a web-standard Request into a Response runs unchanged.
 *
 *   node examples/31-hono.ts [PORT]        try: curl 127.0.0.1:PORT/hello/you
 */
import { serveFetch } from "@hotpath/http";
import { run, select, Signal } from "@hotpath/runtime";
import { Hono } from "hono";
import { setCookie } from "hono/cookie";
import { logger } from "hono/logger";
import { streamText } from "hono/streaming";

export function createApp(log: (line: string) => void): Hono {
  const app = new Hono();
  app.use(logger(log));
  app.get("/hello/:name", (c) => c.json({ hello: c.req.param("name") }));
  app.post("/echo", (c) => new Response(c.req.raw.body));
  app.get("/login", (c) => {
    setCookie(c, "sid", "s1", { httpOnly: true });
    setCookie(c, "theme", "dark");
    return c.redirect("/hello/you", 303);
  });
  app.get("/count/:to", (c) =>
    streamText(c, async (stream) => {
      for (let n = 1; n <= Number(c.req.param("to")); n++) await stream.writeln(String(n));
    }),
  );
  return app;
}

if (import.meta.main) {
  await run(async () => {
    using stop = Signal.on("SIGTERM", "SIGINT");
    const port = Number(process.argv[2] ?? 0);
    await using server = await serveFetch(createApp(console.log).fetch, { listen: { port } });
    console.log(`listening on http://127.0.0.1:${server.port}`);
    await select({ stop });
    await server.drain({ grace: "5s" });
  });
}
