/**
 * An echo server that stops when it is told to: SIGTERM or SIGINT ends accepting, connections get a
 * grace period, and what is left then is cancelled.
 *
 *   node examples/10-echo-server.ts [PORT]        try: nc 127.0.0.1 PORT
 */
import {
  group,
  IoError,
  listenTcp,
  moveOnAfter,
  run,
  select,
  Signal,
  TimeoutError,
  type Connection,
  type Duration,
  type Listener,
  type Task,
} from "@hotpath/runtime";

async function echo(connection: Connection): Promise<void> {
  await using open = connection;
  const buffer = new Uint8Array(16 * 1024);
  for (;;) {
    const count = await open.read(buffer, { timeout: "1m" });
    if (count === 0) return;
    await open.write(buffer.subarray(0, count), { timeout: "10s" });
  }
}

/** Serves until a signal comes; answers how many connections there were and which signal it was. */
export async function serve(
  listener: Listener,
  stop: Signal,
  grace: Duration,
): Promise<{ readonly served: number; readonly cut: number; readonly signal: string }> {
  let served = 0;
  const live = new Set<Task<void>>();
  return await group(async (connections) => {
    for (;;) {
      const next = await select({ stop, connection: listener });
      if (next.kind === "connection") {
        served++;
        const task = connections.spawn(async () => {
          try {
            await echo(next.value);
          } catch (error) {
            // One client that is gone or asleep is not the server's failure.
            if (!(error instanceof TimeoutError || error instanceof IoError)) throw error;
          } finally {
            live.delete(task);
          }
        });
        live.add(task);
        continue;
      }
      listener.close();
      await moveOnAfter(grace, async () => {
        for (const task of live) await task;
      });
      const cut = live.size;
      await connections.cancel("the grace period is over");
      return { served, cut, signal: next.value };
    }
  });
}

if (import.meta.main) {
  await run(async () => {
    using stop = Signal.on("SIGTERM", "SIGINT");
    await using listener = await listenTcp({ port: Number(process.argv[2] ?? 0) });
    console.log(`listening on port ${listener.port}`);
    const { served, cut, signal } = await serve(listener, stop, "2s");
    console.log(`${signal}: served ${served} connections, cut ${cut} off`);
  });
}
