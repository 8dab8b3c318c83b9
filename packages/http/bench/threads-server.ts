/**
 * A server on several threads, which listen on one port (`reusePort`: the kernel shares connections
 * among them), with a handler that computes. Prints its port, then for each line of its standard input
 * the processor time used so far.
 *
 *   node threads-server.ts THREADS
 */
import { createHash } from "node:crypto";
import { defineTask, group, listenTcp, run, SharedChannel, sleep } from "@hotpath/runtime";
import { serve } from "@hotpath/http";

const CONTENT = Buffer.alloc(512 * 1024, "x");

/** A SHA-256 of 512 KiB: what a handler does that is worth a second thread. */
function digest(): string {
  return createHash("sha256").update(CONTENT).digest("hex");
}

export const serveOn = defineTask(
  import.meta.url,
  async function serveOn(port: number, listening: SharedChannel<number>): Promise<void> {
    await using _server = await serve({
      handler: () => ({ status: 200, body: digest() }),
      listen: { port, reusePort: true },
    });
    await listening.send(port);
    await sleep("1h");
  },
);

async function main(): Promise<void> {
  // Keeps the port while the threads take it; nobody accepts here once they listen.
  const held = await listenTcp({ reusePort: true });
  const { port } = held;
  const threads = Number(process.argv[2]);
  const listening = SharedChannel.u32(8);
  await group(async (tasks) => {
    for (let thread = 0; thread < threads; thread++) {
      tasks.spawn(() => serveOn.with({ thread })(port, listening));
    }
    for (let count = 0; count < threads; count++) await listening.receive();
    held.close();
    process.stdin.on("data", () => {
      const { user, system } = process.cpuUsage();
      console.log(user + system);
    });
    console.log(port);
    await new Promise((resolve) => process.stdin.once("end", resolve));
    process.exit();
  });
}

// The threads import this module too.
if (import.meta.main) await run(main, { threads: Number(process.argv[2]) });
