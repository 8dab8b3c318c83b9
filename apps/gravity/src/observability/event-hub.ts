/**
 * Events of running simulations for anyone who listens: a bounded history per simulation, so that a
 * client that reconnects with Last-Event-ID misses nothing recent, and no queue per client: a slow
 * reader skips to what is still in the history.
 */

export interface HubEvent {
  readonly id: number;
  readonly name: "progress" | "end";
  readonly data: unknown;
}

const HISTORY = 256;

interface Topic {
  readonly events: HubEvent[];
  nextId: number;
  readonly waiting: Set<() => void>;
}

export class EventHub {
  readonly #topics = new Map<string, Topic>();

  publish(topicId: string, name: HubEvent["name"], data: unknown): void {
    const topic = this.#topic(topicId);
    topic.events.push({ id: topic.nextId++, name, data });
    if (topic.events.length > HISTORY) topic.events.shift();
    for (const wake of topic.waiting) wake();
    if (name === "end") this.#topics.delete(topicId);
  }

  /** Events after `lastId`, then those to come, up to and with `end`. Ends early when aborted. */
  async *subscribe(topicId: string, lastId: number, signal: AbortSignal): AsyncGenerator<HubEvent> {
    const topic = this.#topic(topicId);
    let wake = (): void => {};
    const abort = (): void => wake();
    signal.addEventListener("abort", abort, { once: true });
    try {
      // An id from before a restart of the service means nothing now: begin with what there is.
      let seen = lastId < topic.nextId ? lastId : 0;
      while (!signal.aborted) {
        const next = topic.events.find((event) => event.id > seen);
        if (next !== undefined) {
          seen = next.id;
          yield next;
          if (next.name === "end") return;
          continue;
        }
        await new Promise<void>((resolve) => {
          wake = resolve;
          topic.waiting.add(wake);
        });
        topic.waiting.delete(wake);
      }
    } finally {
      topic.waiting.delete(wake);
      signal.removeEventListener("abort", abort);
    }
  }

  #topic(id: string): Topic {
    let topic = this.#topics.get(id);
    if (topic === undefined) {
      topic = { events: [], nextId: 1, waiting: new Set() };
      this.#topics.set(id, topic);
    }
    return topic;
  }
}
