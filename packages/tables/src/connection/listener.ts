/**
 * LISTEN on a server: one connection for all channels, made when the first is asked for, made again,
 * with growing pauses, when it is lost, and closed with the last.
 */
import { TablesError } from "../errors.ts";
import { quoteIdentifier } from "../sql/identifier.ts";
import type { ListenOptions } from "./driver.ts";
import { PostgresSession, type SessionOptions } from "./postgres-session.ts";
import type { ServerAddress } from "./server-address.ts";

export interface Subscriber {
  readonly receive: (payload: string) => void;
  readonly options: ListenOptions;
}

const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 5_000;

export class Listener {
  readonly #address: ServerAddress;
  readonly #options: SessionOptions;
  readonly #channels = new Map<string, Set<Subscriber>>();
  #session: Promise<PostgresSession> | undefined;
  #closed = false;
  #pauseMs = FIRST_PAUSE_MS;
  #retry: NodeJS.Timeout | undefined;

  constructor(address: ServerAddress, options: SessionOptions) {
    this.#address = address;
    this.#options = options;
  }

  async add(channel: string, subscriber: Subscriber): Promise<() => Promise<void>> {
    if (this.#closed)
      throw new TablesError("CONNECTION_CLOSED", "Cannot listen: the connection was closed");
    const session = await (this.#session ??= this.#open());
    const subscribers = this.#channels.get(channel) ?? new Set();
    this.#channels.set(channel, subscribers.add(subscriber));
    if (subscribers.size === 1) await session.script(`LISTEN ${quoteIdentifier(channel)}`);
    return () => this.#remove(channel, subscriber);
  }

  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#retry);
    this.#channels.clear();
    await this.#drop();
  }

  async #remove(channel: string, subscriber: Subscriber): Promise<void> {
    const subscribers = this.#channels.get(channel);
    if (subscribers?.delete(subscriber) !== true || subscribers.size > 0) return;
    this.#channels.delete(channel);
    if (this.#channels.size === 0) {
      await this.#drop();
      return;
    }
    const session = await this.#session;
    if (session?.broken === false) await session.script(`UNLISTEN ${quoteIdentifier(channel)}`);
  }

  async #drop(): Promise<void> {
    const session = this.#session;
    this.#session = undefined;
    try {
      await (await session)?.close();
    } catch {
      // It never opened.
    }
  }

  #open(): Promise<PostgresSession> {
    const opening = PostgresSession.open(this.#address, {
      ...this.#options,
      onNotification: (channel, payload) => {
        for (const subscriber of this.#channels.get(channel) ?? []) subscriber.receive(payload);
      },
      onClose: () => {
        if (this.#session !== opening) return;
        this.#session = undefined;
        this.#reconnectLater();
      },
    });
    opening.catch(() => {
      if (this.#session === opening) this.#session = undefined;
    });
    return opening;
  }

  #reconnectLater(): void {
    if (this.#closed || this.#channels.size === 0) return;
    clearTimeout(this.#retry);
    this.#retry = setTimeout(() => void this.#reconnect(), this.#pauseMs).unref();
    this.#pauseMs = Math.min(this.#pauseMs * 2, LONGEST_PAUSE_MS);
  }

  async #reconnect(): Promise<void> {
    if (this.#closed || this.#session !== undefined) return;
    try {
      const session = await (this.#session = this.#open());
      for (const channel of this.#channels.keys()) {
        await session.script(`LISTEN ${quoteIdentifier(channel)}`);
      }
    } catch {
      this.#reconnectLater();
      return;
    }
    this.#pauseMs = FIRST_PAUSE_MS;
    for (const subscribers of this.#channels.values()) {
      for (const { options } of subscribers) options.onReconnect?.();
    }
  }
}
