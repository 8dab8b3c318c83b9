/**
 * One thread of a pool, as the pool sees it: the worker, its seat, what it has been given.
 *
 * A call is offered before it is begun: it is posted, and its number stands in a word of `offers`. The
 * thread begins it by taking the number out; the pool takes it back the same way. Both are one
 * compare-and-exchange, so a call is begun once, by one thread, and begun work never moves.
 *
 * The worker keeps the process alive exactly while it has calls.
 */
import { Worker, type Transferable } from "node:worker_threads";
import type { Roster, Tag } from "../across/roster.ts";
import { RuntimeError } from "../errors.ts";
import { cloneFailure, type Call } from "./call.ts";
import { pack, transfersOf, unpack } from "./crossing.ts";
import { encodeError } from "./error-codec.ts";
import {
  HUNGRY,
  INBOX,
  OFFER_WORDS,
  type FromThread,
  type ThreadData,
  type ToThread,
} from "./messages.ts";

const ENTRY = new URL(
  import.meta.url.endsWith(".ts") ? "./thread-entry.ts" : "./thread-entry.js",
  import.meta.url,
);

/** What a thread tells its pool. */
export interface PoolThreadEvents {
  /** A call is over, or more could be begun. */
  hasRoom(thread: PoolThread): void;
  /** The thread is gone. `offered` was not begun, `begun` is lost. */
  died(thread: PoolThread, reason: unknown, offered: readonly Call[], begun: readonly Call[]): void;
}

export class PoolThread {
  readonly index: number;
  readonly calls: Map<number, Call> = new Map();
  /** Calls that it has brought to an end. */
  completed = 0;
  readonly #events: PoolThreadEvents;
  readonly #roster: Roster;
  readonly #seat: number;
  readonly #tag: Tag;
  readonly #worker: Worker;
  readonly #offers = new Int32Array(
    new SharedArrayBuffer(OFFER_WORDS * Int32Array.BYTES_PER_ELEMENT),
  );
  readonly #offered: (Call | undefined)[] = Array.from({ length: INBOX });
  #deathReason: unknown;
  #closing = false;
  #idleMs = 0;
  #pings = 0;

  constructor(index: number, roster: Roster, events: PoolThreadEvents) {
    this.index = index;
    this.#events = events;
    this.#roster = roster;
    this.#seat = roster.reserve();
    this.#tag = roster.tagOf(this.#seat);
    const workerData: ThreadData = {
      hotpathThread: index,
      roster: roster.buffer,
      seat: this.#seat,
      offers: this.#offers.buffer as SharedArrayBuffer,
    };
    this.#worker = new Worker(ENTRY, { workerData, name: `hotpath ${index}` });
    this.#worker.unref();
    this.#worker.on("message", (message: FromThread) => this.#receive(message));
    this.#worker.on("error", (error) => (this.#deathReason ??= error));
    this.#worker.on("messageerror", (error) => this.end(error));
    this.#worker.once("exit", () => this.#exited());
  }

  /** Calls that are offered and not yet begun, or free places for them. */
  get room(): number {
    this.#refresh();
    return this.#offered.filter((call) => call === undefined).length;
  }

  get offersLeft(): number {
    return INBOX - this.room;
  }

  /** Posts a call. REQUIRES: there is room. */
  offer(call: Call): void {
    const slot = this.#offered.indexOf(undefined);
    const { definition, args, options, each } = call.request;
    call.state = "offered";
    call.thread = this;
    call.slot = slot;
    this.#offered[slot] = call;
    this.calls.set(call.id, call);
    Atomics.store(this.#offers, slot, call.id);
    const { module, name } = definition;
    const message: ToThread = {
      kind: "start",
      id: call.id,
      slot,
      module,
      name,
      caller: options.name ?? call.caller,
      each,
      args: args.map((arg) => pack(arg)),
    };
    try {
      this.#post(message, transfersOf(args));
    } catch (error) {
      this.takeBack(call);
      call.fail(cloneFailure(error, definition, call.caller));
    }
  }

  /** Takes an offered call back; false when it has been begun. */
  takeBack(call: Call): boolean {
    if (Atomics.compareExchange(this.#offers, call.slot, call.id, 0) !== call.id) return false;
    this.#offered[call.slot] = undefined;
    call.thread = undefined;
    call.state = "waiting";
    this.#remove(call);
    return true;
  }

  /** The last of the offered calls that may run elsewhere, for a thread that has nothing to do. */
  stealable(): Call | undefined {
    this.#refresh();
    return this.#offered.findLast(
      (call) =>
        call !== undefined &&
        call.request.options.thread === undefined &&
        // What was transferred with the offer is the thread's already and cannot be sent again.
        transfersOf(call.request.args).length === 0,
    );
  }

  cancel(call: Call, reason: unknown): void {
    this.#post({ kind: "cancel", id: call.id, reason: encodeError(reason) });
    this.#roster.command(this.#seat);
  }

  /** Says to the thread whether the pool has work that waits. */
  set hungry(value: boolean) {
    Atomics.store(this.#offers, HUNGRY, value ? 1 : 0);
  }

  /** Asks for a sign of life. */
  ping(): void {
    this.#post({ kind: "ping", count: ++this.#pings });
    this.#roster.command(this.#seat);
  }

  /** Whether the last ping has been answered. */
  get answered(): boolean {
    return this.#roster.lastPong(this.#seat) === this.#pings;
  }

  /** How long its event loop has been idle since the last call of this. */
  idleMs(): number {
    const { idle } = this.#worker.performance.eventLoopUtilization();
    const sinceMs = idle - this.#idleMs;
    this.#idleMs = idle;
    return sinceMs;
  }

  /** Ends the thread, whatever it is doing; what it held fails with this reason. */
  end(reason: unknown): void {
    this.#deathReason ??= reason;
    void this.#worker.terminate();
  }

  async close(): Promise<void> {
    this.#closing = true;
    await this.#worker.terminate();
  }

  #post(message: ToThread, transfer: readonly Transferable[] = []): void {
    this.#worker.postMessage(message, transfer);
    if (message.kind === "start") this.#worker.ref();
  }

  #receive(message: FromThread): void {
    if (message.kind !== "more") {
      const call = this.calls.get(message.id);
      if (call !== undefined) {
        this.completed++;
        this.#remove(call);
        if (message.kind === "done") this.#succeed(call, message.value);
        else call.failEncoded(message.error);
      }
    }
    this.#events.hasRoom(this);
  }

  #succeed(call: Call, value: unknown): void {
    const values = call.request.each ? (value as unknown[]).map((each) => unpack(each)) : value;
    call.succeed(call.request.each ? values : unpack(values));
  }

  #remove(call: Call): void {
    this.calls.delete(call.id);
    if (this.#offered[call.slot] === call) this.#offered[call.slot] = undefined;
    if (this.calls.size === 0) this.#worker.unref();
  }

  /** Notices which offers have been taken. */
  #refresh(): void {
    for (let slot = 0; slot < INBOX; slot++) {
      const call = this.#offered[slot];
      if (call === undefined || Atomics.load(this.#offers, slot) === call.id) continue;
      call.state = "begun";
      this.#offered[slot] = undefined;
    }
  }

  #exited(): void {
    this.#roster.bury(this.#tag);
    this.#refresh();
    const offered = this.#offered.filter((call) => call !== undefined);
    for (const call of offered) this.takeBack(call);
    const begun = [...this.calls.values()];
    this.calls.clear();
    const reason =
      this.#deathReason ?? new RuntimeError("THREAD", `Thread ${this.index} exited by itself`);
    if (!this.#closing) this.#events.died(this, reason, offered, begun);
    else for (const call of [...offered, ...begun]) call.fail(reason);
  }
}
