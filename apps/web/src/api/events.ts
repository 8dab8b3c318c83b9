/**
 * Follows a simulation's server-sent events until it ends. EventSource reconnects by itself (with
 * Last-Event-ID); where it gives up, or the stream is silent for too long, the resource is polled.
 */
import { readSimulation, pathOf } from "./gravity.ts";
import { asProblem, type ApiProblem } from "./problem.ts";
import { isOver, type Progress, type Simulation } from "./resources.ts";

const POLL_MS = 2000;

export interface EventHandlers {
  readonly progress: (progress: Progress) => void;
  /** Called once, with the finished resource. */
  readonly end: (simulation: Simulation) => void;
  /** The stream is broken (a problem) or well again (undefined). */
  readonly connection: (problem: ApiProblem | undefined) => void;
}

/** Returns the function that stops following. */
export function followEvents(id: string, handlers: EventHandlers): () => void {
  const stop = new AbortController();
  const source = new EventSource(`${pathOf(id)}/events`);
  let timer: ReturnType<typeof setTimeout> | undefined;

  const finish = (simulation: Simulation): void => {
    if (stop.signal.aborted) return;
    close();
    handlers.connection(undefined);
    handlers.end(simulation);
  };
  const close = (): void => {
    stop.abort();
    source.close();
    clearTimeout(timer);
  };
  const poll = async (): Promise<void> => {
    try {
      const simulation = await readSimulation(id, stop.signal);
      if (stop.signal.aborted) return;
      handlers.connection(undefined);
      if (isOver(simulation.status)) return finish(simulation);
      handlers.progress({ ...simulation, kinetic: null, potential: null });
    } catch (error) {
      if (stop.signal.aborted) return;
      handlers.connection(asProblem(error));
    }
    timer = setTimeout(() => void poll(), POLL_MS);
  };

  source.addEventListener("progress", (event) => {
    clearTimeout(timer);
    const progress = parse(event) as Progress | undefined;
    if (progress !== undefined) handlers.progress(progress);
  });
  source.addEventListener("end", (event) => {
    const simulation = parse(event) as Simulation | undefined;
    if (simulation !== undefined) finish(simulation);
  });
  source.addEventListener("open", () => handlers.connection(undefined));
  source.addEventListener("error", () => {
    clearTimeout(timer);
    if (!stop.signal.aborted) timer = setTimeout(() => void poll(), POLL_MS / 2);
  });
  return close;
}

function parse(event: Event): unknown {
  const { data } = event as MessageEvent<unknown>;
  try {
    return JSON.parse(String(data)) as unknown;
  } catch {
    return undefined; // one unreadable event is passed over: the next one brings the whole state
  }
}
