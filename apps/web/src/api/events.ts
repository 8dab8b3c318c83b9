/**
 * Follows a simulation's server-sent events until it is over. While the stream is broken the resource
 * is polled; EventSource reconnects by itself (with Last-Event-ID), and where it gave up, as after an
 * error page of a proxy, a new one is opened as soon as the service answers again.
 *
 * A service that shuts down ends its streams with the resource as it left it, which may not be over.
 */
import { readSimulation, pathOf } from "./gravity.ts";
import { asProblem, type ApiProblem } from "./problem.ts";
import { isOver, type Progress, type Simulation } from "./resources.ts";

const POLL_MS = 1500;

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
  let timer: ReturnType<typeof setTimeout> | undefined;
  let source = connect();

  function connect(): EventSource {
    const made = new EventSource(`${pathOf(id)}/events`);
    made.addEventListener("progress", (event) => {
      clearTimeout(timer);
      const progress = parse(event) as Progress | undefined;
      if (progress !== undefined) handlers.progress(progress);
    });
    made.addEventListener("end", (event) => {
      const simulation = parse(event) as Simulation | undefined;
      if (simulation !== undefined) take(simulation);
    });
    made.addEventListener("open", () => {
      clearTimeout(timer);
      handlers.connection(undefined);
    });
    made.addEventListener("error", pollSoon);
    return made;
  }
  function close(): void {
    stop.abort();
    source.close();
    clearTimeout(timer);
  }
  function take(simulation: Simulation): void {
    if (stop.signal.aborted) return;
    if (isOver(simulation.status)) {
      close();
      handlers.connection(undefined);
      handlers.end(simulation);
    } else handlers.progress({ ...simulation, kinetic: null, potential: null });
  }
  function pollSoon(): void {
    clearTimeout(timer);
    if (!stop.signal.aborted) timer = setTimeout(() => void poll(), POLL_MS);
  }
  async function poll(): Promise<void> {
    try {
      const simulation = await readSimulation(id, stop.signal);
      handlers.connection(undefined);
      take(simulation);
      if (!stop.signal.aborted && source.readyState === EventSource.CLOSED) source = connect();
    } catch (error) {
      if (!stop.signal.aborted) handlers.connection(asProblem(error));
    }
    if (source.readyState !== EventSource.OPEN) pollSoon();
  }
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
