/** One instance as a program: settings, journal, processors, sibling; ends on SIGTERM and SIGINT. */
import { rm } from "node:fs/promises";
import { Event, formatAddress, select, Signal, spawn } from "@hotpath/runtime";
import type { PaymentsConfig } from "./config.ts";
import { StorageJournal } from "./ledger/storage-journal.ts";
import { Sibling } from "./pair/sibling.ts";
import { HttpLink } from "./processor/http-link.ts";
import { runService, type ServiceOptions } from "./service.ts";

/** Inside a runtime. `ready` is told where it listens. */
export async function main(config: PaymentsConfig, ready: (place: string) => void): Promise<void> {
  using terminated = Signal.on("SIGTERM");
  using interrupted = Signal.on("SIGINT");
  await using journal = await StorageJournal.open(config.dataDir);
  const [first, second] = config.processors;
  await using defaultLink = new HttpLink(first.url);
  await using fallbackLink = new HttpLink(second.url);
  const { pair } = config;
  await using sibling = pair && new Sibling(pair.siblingSocket);
  for (const path of [pair?.socket, "path" in config.listen ? config.listen.path : undefined]) {
    // Left behind by one that was killed; the journal's lock says that no other is running here.
    if (path !== undefined) await rm(path, { force: true });
  }
  const options: ServiceOptions = {
    journal,
    listen: config.listen,
    processors: [
      { link: defaultLink, feeRate: first.feeRate },
      { link: fallbackLink, feeRate: second.feeRate },
    ],
    contest: config.contest,
    ...(config.token === undefined ? {} : { token: config.token }),
    ...(pair && sibling ? { pair: { place: pair.place, socket: pair.socket, sibling } } : {}),
  };
  const stop = new Event({ name: "stop" });
  const service = spawn(() =>
    runService({ ...options, stop }, ({ server }) => ready(formatAddress(server.address))),
  );
  const ended = await select({ service, terminated, interrupted });
  if (ended.kind === "service") return;
  stop.set();
  await service;
}
