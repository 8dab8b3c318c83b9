/**
 * One instance of the service: ledger, dispatcher, health pollers and the server, as tasks of one group.
 *
 *     server ──> routes ──> Together ──> LocalInstance ──> ledger <── dispatcher ──> processors
 *                              └──────> the sibling                      └── health pollers
 */
import { router, serve, type HttpServer, type Listen } from "@hotpath/http";
import { group, monotonic, sleep, type Group } from "@hotpath/runtime";
import { explain } from "./api/explain.ts";
import { paymentRoutes } from "./api/routes.ts";
import { DEFAULT_DISPATCH, Dispatcher, type Processor } from "./dispatch/dispatcher.ts";
import type { Journal } from "./ledger/journal.ts";
import { Ledger } from "./ledger/ledger.ts";
import { Together, type Instance } from "./pair/instance.ts";
import { LocalInstance } from "./pair/local-instance.ts";
import type { ProcessorLink } from "./processor/processor-link.ts";
import { ProcessorState } from "./router/processor-state.ts";
import { DEFAULT_POLICY } from "./router/route.ts";

export interface ServiceOptions {
  readonly journal: Journal;
  readonly listen: Listen;
  /** The default one and the fallback. */
  readonly processors: readonly [ProcessorOptions, ProcessorOptions];
  /** The other instance and this one's place: the first of the pair is 0. Undefined: it is alone. */
  readonly sibling?: { readonly instance: Instance; readonly place: 0 | 1 };
  readonly token?: string;
  readonly contest?: boolean;
  /** Asks the processors for their health; exactly one instance of those that share them does. Default: true. */
  readonly pollHealth?: boolean;
}

export interface ProcessorOptions {
  readonly link: ProcessorLink;
  readonly feeRate: number;
  /** Payments that may be on their way to it. Default: 350, so that a pair stays below the contest's 800. */
  readonly maxInFlight?: number;
}

export interface Service {
  readonly server: HttpServer;
  readonly ledger: Ledger;
}

const SUMMARY_WAIT_MS = 1000;
/** The processors answer one call in 5 s, and let others hang. */
const HEALTH_EVERY_MS = 5050;
const BREAKER = { failuresToOpen: 5, firstProbeMs: 250, maxProbeMs: 2000 } as const;

/** Runs until its scope is cancelled, then drains the server. `ready` is called when it listens. */
export async function runService(
  options: ServiceOptions,
  ready: (service: Service) => void,
): Promise<void> {
  const ledger = await Ledger.open(options.journal);
  await group(async (tasks) => {
    const processors = options.processors.map(({ link, feeRate, maxInFlight = 350 }): Processor => {
      const limits = { initial: Math.min(64, maxInFlight), min: 1, max: maxInFlight };
      return { link, state: new ProcessorState({ feeRate, ...limits, ...BREAKER }) };
    }) as [Processor, Processor];
    const settings = { policy: DEFAULT_POLICY, ...DEFAULT_DISPATCH };
    const dispatcher = new Dispatcher(ledger, processors, settings, tasks);
    tasks.spawn(() => dispatcher.run(), { name: "dispatcher" });
    if (options.pollHealth ?? true) pollHealth(processors, ledger, tasks);
    await using server = await serve({
      handler: router(paymentRoutes(routesOptions(options, ledger)), { explain }),
      listen: options.listen,
    });
    ready({ server, ledger });
    await sleep(Infinity);
  });
}

function routesOptions(
  options: ServiceOptions,
  ledger: Ledger,
): Parameters<typeof paymentRoutes>[0] {
  const local = new LocalInstance(ledger, SUMMARY_WAIT_MS);
  const { sibling, token, contest = false } = options;
  const instances: Instance[] = [local];
  if (sibling !== undefined) instances.splice(sibling.place === 0 ? 1 : 0, 0, sibling.instance);
  return { all: new Together(instances), ledger, token, contest };
}

function pollHealth(processors: readonly Processor[], ledger: Ledger, tasks: Group): void {
  for (const { link, state } of processors) {
    tasks.spawn(async () => {
      for (;;) {
        const answer = await link.health();
        if (answer.kind === "health") {
          state.health(answer.failing, answer.minResponseMs, monotonic());
          ledger.changed.notifyAll();
        }
        await sleep(HEALTH_EVERY_MS);
      }
    });
  }
}
