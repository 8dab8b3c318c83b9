/**
 * Puts the service together and takes it apart.
 *
 * The socket listens before the database is there, so that whoever waits for the service gets a 503
 * with a reason instead of a refused connection. A database that cannot be reached is tried again
 * until it can; meanwhile every route that needs it answers 503.
 *
 * The service is one run of the runtime: requests are its tasks, and it ends when they have.
 */
import { mkdir } from "node:fs/promises";
import {
  accessLog,
  httpMetrics,
  Metrics,
  requestIds,
  router,
  serve,
  unavailable,
  type AccessLine,
  type HttpServer,
  type Route,
  type Router,
} from "@hotpath/http";
import { Event, formatAddress, run, spawn } from "@hotpath/runtime";
import type { Logger } from "pino";
import { findIn, type ApiContext } from "./api/context.ts";
import { operationRoutes } from "./api/operations.ts";
import { simulateRoutes } from "./api/simulate.ts";
import { simulationRoutes } from "./api/simulations.ts";
import { trajectoryRoutes } from "./api/trajectory.ts";
import type { GravityConfig } from "./config.ts";
import { Runner } from "./jobs/runner.ts";
import { LIMITS } from "./limits.ts";
import { EventHub } from "./observability/event-hub.ts";
import { createLogger } from "./observability/log.ts";
import { page } from "./page.ts";
import { SimulationStore } from "./store/simulation-store.ts";

export interface GravityService {
  readonly url: string;
  /** Resolves when the database is there and unfinished work is taken up. */
  readonly ready: Promise<void>;
  /** Stops every run at a step boundary, writes its state, closes everything. */
  close(): Promise<void>;
}

const DRAIN = "5s";
/** A synchronous call may compute for minutes, and wait for those before it. */
const HANDLER_TIMEOUT = "1h";

export async function openService(
  config: GravityConfig,
  logger: Logger = createLogger(),
): Promise<GravityService> {
  const opened = Promise.withResolvers<Pick<GravityService, "url" | "ready">>();
  const stop = new Event({ name: "stop" });
  const ended = run(() => main(config, logger, stop, opened.resolve), { name: "gravity" });
  ended.catch(opened.reject);
  const { url, ready } = await opened.promise;
  return {
    url,
    ready,
    close() {
      stop.set();
      return ended;
    },
  };
}

type State = "starting" | "ready" | "closing";

async function main(
  config: GravityConfig,
  logger: Logger,
  stop: Event,
  opened: (service: Pick<GravityService, "url" | "ready">) => void,
): Promise<void> {
  const framesDir = `${config.dataDir}/trajectories`;
  await mkdir(framesDir, { recursive: true });
  const metrics = new Metrics();
  const hub = new EventHub();
  const store = new SimulationStore(config, logger);
  const { jobThreads } = config;
  const runner = new Runner({ store, hub, metrics, logger, framesDir, jobThreads });
  const context: ApiContext = { store, runner, hub, metrics, framesDir, find: findIn(store) };
  let state: State = "starting";
  const app = application(context, logger, () => state === "ready");
  await using server = await listen(config, app, logger);
  const url = `http://${formatAddress(server.address)}`;
  const ready = store
    .open()
    .then(() => runner.recover())
    .then(() => {
      if (state === "closing") return;
      state = "ready";
      logger.info({ url }, `gravity is ready on ${url}`);
    });
  opened({ url, ready });
  await stop.wait();
  state = "closing";
  logger.info("stopping");
  store.stopOpening();
  await ready.catch(() => {});
  const drained = spawn(() => server.drain({ grace: DRAIN }));
  await runner.close();
  await drained;
  await store.close();
  logger.info("stopped");
}

function application(context: ApiContext, logger: Logger, isReady: () => boolean): Router {
  const routes: Route[] = [];
  routes.push(
    ...simulationRoutes(context),
    ...trajectoryRoutes(context),
    ...simulateRoutes(context),
    ...operationRoutes(context, isReady, () => routes),
  );
  const { store, metrics } = context;
  return router(routes, {
    middleware: [
      accessLog((line) => logger[levelOf(line)](line, "request")),
      httpMetrics(metrics, { prefix: "hotpath_http" }),
      requestIds,
    ],
    fallback: page,
    explain: (error) =>
      store.isUnreachable(error) ? unavailable("the database cannot be reached", error) : undefined,
    report: (error, { id, path }) => logger.error({ id, path, err: error }, "unexpected error"),
  });
}

function levelOf({ status }: AccessLine): "error" | "warn" | "debug" {
  if (status >= 500) return "error";
  return status >= 400 ? "warn" : "debug";
}

function listen({ host, port }: GravityConfig, app: Router, logger: Logger): Promise<HttpServer> {
  return serve({
    handler: app,
    listen: { host, port },
    limits: { bodyBytes: LIMITS.bodyBytes, connections: LIMITS.connections },
    timeouts: { handler: HANDLER_TIMEOUT },
    onError: (error, request) =>
      logger.error({ id: request?.id, path: request?.path, err: error }, "response broke off"),
  });
}
