/**
 * A small API as one writes it: routes with schemas, a group behind a token, events, metrics, OpenAPI.
 *
 *   node examples/30-orders.ts [PORT]      try:
 *     curl 127.0.0.1:PORT/api/orders -H 'authorization: Bearer secret' -H 'content-type: application/json' \
 *       -d '{"sku": "A-1", "quantity": 2}'
 *     curl -N 127.0.0.1:PORT/events
 */
import {
  accessLog,
  eventStream,
  group,
  httpMetrics,
  Metrics,
  metricsResponse,
  notFound,
  openApi,
  requestIds,
  route,
  router,
  serve,
  text,
  unauthorized,
  json,
  type AccessLine,
  type Middleware,
  type Route,
  type Router,
} from "@hotpath/http";
import { Broadcast, run, select, Signal } from "@hotpath/runtime";
import { z } from "zod";

const order = z.object({ id: z.int(), sku: z.string(), quantity: z.int() });
type Order = z.infer<typeof order>;

const authenticated =
  (token: string): Middleware =>
  (next) =>
  (request) => {
    if (request.headers.get("authorization") !== `Bearer ${token}`) {
      throw unauthorized("a token is required", 'Bearer realm="orders"');
    }
    return next(request);
  };

export function createApp(log: (line: AccessLine) => void): Router {
  const orders = new Map<number, Order>();
  const news = new Broadcast<Order>(64);
  const metrics = new Metrics();
  const routes: Route[] = [
    ...group(
      "/api",
      [
        route(
          "POST",
          "/orders",
          {
            summary: "Place an order",
            body: z.strictObject({
              sku: z.string().min(1).max(32),
              quantity: z.int().min(1).max(100),
            }),
            answers: { 201: { description: "Placed", schema: order } },
          },
          (_request, { body, reply }) => {
            const placed = { id: orders.size + 1, ...body };
            orders.set(placed.id, placed);
            news.send(placed);
            return reply(201, placed, { location: `/api/orders/${placed.id}` });
          },
        ),
        route("GET", "/orders/:id", ({ params }) => {
          const found = orders.get(Number(params.id));
          if (found === undefined) throw notFound(`there is no order ${params.id}`);
          return json(200, found);
        }),
      ],
      [authenticated("secret")],
    ),
    route("GET", "/events", (request) => {
      async function* placed(): AsyncGenerator<{ event: string; id: number; data: Order }> {
        using subscription = news.subscribe();
        for await (const data of subscription) yield { event: "placed", id: data.id, data };
      }
      return eventStream(request, placed(), { retry: "1s" });
    }),
    route("GET", "/metrics", { hidden: true }, () => metricsResponse(metrics)),
    route("GET", "/openapi.json", { hidden: true }, () =>
      json(200, openApi(routes, { title: "Orders", version: "1.0.0" })),
    ),
    route("GET", "/", () => text(200, "orders: see /openapi.json\n")),
  ];
  return router(routes, { middleware: [accessLog(log), httpMetrics(metrics), requestIds] });
}

if (import.meta.main) {
  await run(async () => {
    using stop = Signal.on("SIGTERM", "SIGINT");
    const app = createApp((line) => console.log(JSON.stringify(line)));
    const port = Number(process.argv[2] ?? 0);
    await using server = await serve({ handler: app, listen: { port } });
    console.log(`listening on http://127.0.0.1:${server.port}`);
    await select({ stop });
    await server.drain({ grace: "5s" });
  });
}
