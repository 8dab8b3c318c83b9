/**
 * Graceful shutdown: stop taking work, finish what was taken, and give up when that takes too long.
 *
 *   node examples/02-graceful-shutdown.ts
 *
 * A service takes a job every few milliseconds. When it is told to stop it closes its inbox, lets the
 * workers empty it within a grace period, and cancels what is left after that; a worker that is
 * cancelled hands its job back under a shield. Written as one function of a stop event, so that the
 * test runs it with a virtual clock, and a program connects it to a signal.
 */
import {
  Channel,
  Event,
  group,
  moveOnAfter,
  run,
  select,
  shield,
  sleep,
  ticker,
} from "@hotpath/runtime";
import type { Duration } from "@hotpath/runtime";

export interface Report {
  readonly taken: number;
  readonly finished: number;
  readonly handedBack: number;
}

export async function serve(stop: Event, jobTime: Duration, grace: Duration): Promise<Report> {
  let [taken, finished, handedBack] = [0, 0, 0];
  const inbox = new Channel<number>(100, { name: "inbox" });

  const worker = async (): Promise<void> => {
    for await (const _job of inbox) {
      let done = false;
      try {
        await sleep(jobTime);
        done = true;
        finished++;
      } finally {
        if (!done) await shield(async () => void handedBack++, { graceMs: 1000 });
      }
    }
  };

  await group(async (tasks) => {
    const crew = [1, 2, 3].map((k) => tasks.spawn(worker, { name: `worker ${k}` }));
    const arrivals = ticker("5ms");
    for (;;) {
      const next = await select({ stop, arrivals });
      if (next.kind === "stop") break;
      if (inbox.trySend(next.value.count)) taken++;
    }
    inbox.close();
    const end = await moveOnAfter(grace, async () => {
      for (const task of crew) await task;
    });
    if (end.kind === "timeout") {
      handedBack += inbox.size;
      inbox.close("immediate");
      for (const task of crew) await task.cancel("the grace period is over");
    }
  });
  return { taken, finished, handedBack };
}

if (import.meta.main) {
  await run(async () => {
    const stop = new Event({ name: "stop" });
    process.once("SIGTERM", () => stop.set());
    process.once("SIGINT", () => stop.set());
    setTimeout(() => stop.set(), 100); // so that the example ends by itself
    const { taken, finished, handedBack } = await serve(stop, "8ms", "1s");
    console.log(`took ${taken} jobs, finished ${finished}, handed back ${handedBack}`);
  });
}
