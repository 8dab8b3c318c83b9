/**
 * Events of running simulations for anyone who listens: a bounded history per simulation, so that a
 * client that reconnects with Last-Event-ID misses nothing recent, and no queue per client: a slow
 * reader skips to what is still in the history.
 */
import { Notify } from "@hotpath/runtime";

export interface HubEvent {
  readonly id: number;
  readonly name: "progress" | "end";
  readonly data: unknown;
}

const HISTORY = 256;

interface Topic {
  readonly events: HubEvent[];
  nextId: number;
  readonly news: Notify;
}

export class EventHub {
  readonly #topics = new Map<string, Topic>();

  publish(topicId: string, name: HubEvent["name"], data: unknown): void {
    const topic = this.#topic(topicId);
    topic.events.push({ id: topic.nextId++, name, data });
    if (topic.events.length > HISTORY) topic.events.shift();
    topic.news.notifyAll();
    if (name === "end") this.#topics.delete(topicId);
  }

  /** Events after `lastId`, then those to come, up to and with `end`. */
  async *subscribe(topicId: string, lastId: number): AsyncGenerator<HubEvent> {
    const topic = this.#topic(topicId);
    // An id from before a restart of the service means nothing now: begin with what there is.
    let seen = lastId < topic.nextId ? lastId : 0;
    for (;;) {
      const next = topic.events.find((event) => event.id > seen);
      if (next === undefined) {
        await topic.news.wait();
        continue;
      }
      seen = next.id;
      yield next;
      if (next.name === "end") return;
    }
  }

  #topic(id: string): Topic {
    let topic = this.#topics.get(id);
    if (topic === undefined) {
      topic = { events: [], nextId: 1, news: new Notify() };
      this.#topics.set(id, topic);
    }
    return topic;
  }
}
