/**
 * One instance of the service: ledger, dispatcher, health poller and servers, as tasks of one group.
 *
 *     server ──> routes ──> Together ──> LocalInstance ──> ledger <── dispatcher ──> processors
 *                              │              ^                            └── health poller
 *                              └─> sibling    └── internal server <── the sibling
 */
import { router, serve, type HttpServer, type Listen } from "@hotpath/http";
import { Event, group } from "@hotpath/runtime";
import { explain } from "./api/explain.ts";
import { paymentRoutes } from "./api/routes.ts";
import { DEFAULT_DISPATCH, Dispatcher, type Processor } from "./dispatch/dispatcher.ts";
import { HealthPoller, type HealthReport } from "./dispatch/health-poller.ts";
import type { Journal } from "./ledger/journal.ts";
import { Ledger } from "./ledger/ledger.ts";
import { Together, type Instance } from "./pair/instance.ts";
import { explainToSibling, internalRoutes } from "./pair/internal-routes.ts";
import { LocalInstance } from "./pair/local-instance.ts";
import type { ProcessorLink } from "./processor/processor-link.ts";
import { ProcessorState } from "./router/processor-state.ts";
import { DEFAULT_POLICY } from "./router/route.ts";

export interface ServiceOptions {
  readonly journal: Journal;
  readonly listen: Listen;
  /** The default one and the fallback. */
  readonly processors: readonly [ProcessorOptions, ProcessorOptions];
  /** Undefined: it is alone. */
  readonly pair?: Pair;
  readonly token?: string;
  readonly contest?: boolean;
  /** Set it, and the service answers what it has taken on and ends. */
  readonly stop?: Event;
}

export interface ProcessorOptions {
  readonly link: ProcessorLink;
  readonly feeRate: number;
  /** Payments that may be on their way to it. Default: 350, so that a pair stays below the contest's 800. */
  readonly maxInFlight?: number;
}

export interface Pair {
  /** The first of the two also asks the processors for their health. */
  readonly place: 0 | 1;
  /** Where this one answers its sibling: the path of a Unix socket. */
  readonly socket: string;
  readonly sibling: Instance & { tellHealth(report: HealthReport): Promise<void> };
}

export interface Service {
  readonly server: HttpServer;
  readonly ledger: Ledger;
}

const SUMMARY_WAIT_MS = 150;
const DRAIN_MS = 5000;
const BREAKER = { failuresToOpen: 5, firstProbeMs: 250, maxProbeMs: 2000 } as const;

/** Runs until `stop` is set or its scope is cancelled. `ready` is called when it listens. */
export async function runService(
  options: ServiceOptions,
  ready: (service: Service) => void,
): Promise<void> {
  const { pair, stop = new Event() } = options;
  const ledger = await Ledger.open(options.journal);
  const processors = options.processors.map(processorOf) as [Processor, Processor];
  const poller = new HealthPoller({
    processors,
    changed: () => void ledger.changed.notifyAll(),
    place: pair?.place ?? 0,
    ...(pair === undefined ? {} : { tell: (report) => pair.sibling.tellHealth(report) }),
  });
  const local = new LocalInstance(ledger, SUMMARY_WAIT_MS);
  await group(async (tasks) => {
    const settings = { policy: DEFAULT_POLICY, ...DEFAULT_DISPATCH };
    const dispatcher = new Dispatcher(ledger, processors, settings, tasks);
    const working = [
      tasks.spawn(() => dispatcher.run(), { name: "dispatcher" }),
      tasks.spawn(() => poller.run(), { name: "health poller" }),
    ];
    const { token, contest = false } = options;
    await using internal = pair && (await serveSibling(pair, local, poller));
    await using server = await serve({
      handler: router(paymentRoutes({ all: together(local, pair), ledger, token, contest }), {
        explain,
      }),
      listen: options.listen,
    });
    ready({ server, ledger });
    await stop.wait();
    await server.drain({ grace: DRAIN_MS });
    await internal?.drain({ grace: DRAIN_MS });
    for (const task of working) await task.cancel("the service stops");
    await dispatcher.settleDown(DRAIN_MS);
    await tasks.cancel("the service stops");
  });
}

function processorOf({ link, feeRate, maxInFlight = 350 }: ProcessorOptions): Processor {
  const limits = { initial: Math.min(64, maxInFlight), min: 1, max: maxInFlight };
  return { link, state: new ProcessorState({ feeRate, ...limits, ...BREAKER }) };
}

function together(local: Instance, pair: Pair | undefined): Instance {
  if (pair === undefined) return new Together([local]);
  return new Together(pair.place === 0 ? [local, pair.sibling] : [pair.sibling, local]);
}

function serveSibling(pair: Pair, local: Instance, poller: HealthPoller): Promise<HttpServer> {
  const routes = internalRoutes(local, (report) => poller.told(report));
  const handler = router(routes, { explain: explainToSibling });
  return serve({ handler, listen: { path: pair.socket } });
}
