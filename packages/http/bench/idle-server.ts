/**
 * A server that says, for each line of its standard input, how much memory it has, in bytes.
 *
 *   node --expose-gc idle-server.ts hotpath|node-http
 */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { run } from "@hotpath/runtime";
import { serve } from "@hotpath/http";

async function report(port: number): Promise<void> {
  console.log(port);
  const { gc } = globalThis as unknown as { gc: () => void };
  process.stdin.on("data", () => {
    gc();
    gc();
    const { rss, heapUsed, external } = process.memoryUsage();
    console.log(JSON.stringify({ rss, heap: heapUsed + external }));
  });
  await new Promise((resolve) => process.stdin.once("end", resolve));
}

if (process.argv[2] === "node-http") {
  const server = createServer({ keepAliveTimeout: 600_000 }, (_request, response) =>
    response.end("hello"),
  );
  await new Promise<void>((resolve) =>
    server.listen({ port: 0, host: "127.0.0.1", backlog: 4096 }, resolve),
  );
  await report((server.address() as AddressInfo).port);
  process.exit();
} else {
  await run(async () => {
    await using server = await serve({
      handler: () => ({ status: 200, body: "hello" }),
      timeouts: { idle: "10m" },
    });
    await report(server.port);
  });
}
