/**
 * Puts the service together and takes it apart.
 *
 * The socket listens before the database is there, so that whoever waits for the service gets a 503
 * with a reason instead of a refused connection. A database that cannot be reached is tried again
 * until it can; meanwhile every route that needs it answers 503.
 */
import { mkdir } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import type { Logger } from "pino";
import { findIn, type ApiContext } from "./api/context.ts";
import { operationRoutes } from "./api/operations.ts";
import { simulateRoutes } from "./api/simulate.ts";
import { simulationRoutes } from "./api/simulations.ts";
import { trajectoryRoutes } from "./api/trajectory.ts";
import type { GravityConfig } from "./config.ts";
import { listen } from "./http/node-server.ts";
import { unavailable } from "./http/problem.ts";
import type { Route } from "./http/route.ts";
import { staticFiles } from "./http/static-files.ts";
import { Runner } from "./jobs/runner.ts";
import { LIMITS } from "./limits.ts";
import { EventHub } from "./observability/event-hub.ts";
import { createLogger } from "./observability/log.ts";
import { Metrics } from "./observability/metrics.ts";
import { SimulationStore } from "./store/simulation-store.ts";

export interface GravityService {
  readonly url: string;
  /** Resolves when the database is there and unfinished work is taken up. */
  readonly ready: Promise<void>;
  /** Stops every run at a step boundary, writes its state, closes everything. */
  close(): Promise<void>;
}

const WEB = fileURLToPath(new URL("../../web/dist", import.meta.url));
const DRAIN_MS = 5_000;

export async function openService(
  config: GravityConfig,
  logger: Logger = createLogger(),
): Promise<GravityService> {
  const framesDir = `${config.dataDir}/trajectories`;
  await mkdir(framesDir, { recursive: true });
  const metrics = new Metrics();
  const hub = new EventHub();
  const store = new SimulationStore(config, logger);
  const runner = new Runner({
    store,
    hub,
    metrics,
    logger,
    framesDir,
    jobThreads: config.jobThreads,
  });
  const context: ApiContext = { store, runner, hub, metrics, framesDir, find: findIn(store) };
  let state: "starting" | "ready" | "closing" = "starting";
  const routes: Route[] = [];
  routes.push(
    ...simulationRoutes(context),
    ...trajectoryRoutes(context),
    ...simulateRoutes(context),
    ...operationRoutes(
      context,
      () => state === "ready",
      () => routes,
    ),
  );
  const server = await listen({
    host: config.host,
    port: config.port,
    bodyLimitBytes: LIMITS.bodyBytes,
    maxConnections: LIMITS.connections,
    routes,
    fallback: staticFiles(WEB),
    logger,
    metrics,
    explain: (error) =>
      store.isUnreachable(error) ? unavailable("the database cannot be reached", error) : undefined,
  });
  const ready = store
    .open()
    .then(() => runner.recover())
    .then(() => {
      if (state === "closing") return;
      state = "ready";
      logger.info({ url: server.url }, `gravity is ready on ${server.url}`);
    });
  return {
    url: server.url,
    ready,
    async close() {
      state = "closing";
      logger.info("stopping");
      store.stopOpening();
      await ready.catch(() => {});
      const drained = server.close(DRAIN_MS);
      await runner.close();
      await drained;
      await store.close();
      logger.info("stopped");
    },
  };
}
