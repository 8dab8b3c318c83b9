/** Checks orders by a zod schema and answers receipts. As hello-server.ts: prints its port, and its processor time when asked. */
import { json, route, router, serve } from "@hotpath/http";
import { run } from "@hotpath/runtime";
import { z } from "zod";
import { receiptOf } from "./order.ts";
import { untilInputEnds } from "./until-input-ends.ts";

const order = z.strictObject({
  id: z.string().min(1).max(64),
  customer: z.string().min(3).max(254),
  currency: z.string().length(3),
  lines: z
    .array(
      z.strictObject({
        sku: z.string().min(1).max(32),
        quantity: z.int().min(1).max(1000),
        priceMinor: z.int().min(0),
      }),
    )
    .min(1)
    .max(100),
  note: z.string().max(500),
});

const app = router([
  route("POST", "/orders", { body: order }, (_request, { body }) => json(200, receiptOf(body))),
]);

await run(async () => {
  await using server = await serve({ handler: app });
  console.log(server.port);
  await untilInputEnds();
});
