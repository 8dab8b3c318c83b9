/**
 * Happy eyeballs (RFC 8305): connects to a host that has several addresses without waiting long for one
 * that does not answer.
 *
 *     address 1 ────────────────────────────×
 *     address 2      ├─ after 250 ms ────────────── connected: the others are called off
 *     address 3                 ├─ after 250 ms, or at once when all that were begun have failed
 *
 * Addresses of the two families take turns, beginning with the one that the resolver put first.
 */
import type { HostAddress } from "../io/dns.ts";
import { IoError } from "../io/io-error.ts";
import type { Net, Settle, Transport } from "../io/net.ts";
import type { TimerEntry, TimerHeap } from "../time/timer-heap.ts";

/** RFC 8305, section 8: "Connection Attempt Delay". */
export const ATTEMPT_DELAY_MS = 250;

export class ConnectRace implements TimerEntry {
  dueMs = 0;
  heapIndex = -1;
  timerOrder = 0;
  readonly #net: Net;
  readonly #timers: TimerHeap;
  readonly #addresses: readonly HostAddress[];
  readonly #subject: string;
  readonly #port: number;
  readonly #settle: Settle<Transport>;
  readonly #attempts = new Set<() => void>();
  readonly #errors: IoError[] = [];
  #next = 0;
  #over = false;

  constructor(
    net: Net,
    timers: TimerHeap,
    target: {
      readonly addresses: readonly HostAddress[];
      readonly host: string;
      readonly port: number;
    },
    settle: Settle<Transport>,
  ) {
    this.#net = net;
    this.#timers = timers;
    this.#addresses = takeTurns(target.addresses);
    this.#subject = `${target.host}:${target.port}`;
    this.#port = target.port;
    this.#settle = settle;
  }

  /** Begins; answers how to call everything off. */
  start(): () => void {
    this.fire();
    return () => this.#stop();
  }

  /** Begins the next attempt, and sees to it that the one after it begins in time. */
  fire(): void {
    const { address } = this.#addresses[this.#next++]!;
    const finished: Settle<Transport> = (error, transport) => {
      this.#attempts.delete(callOff);
      if (this.#over) transport?.close();
      else if (error === undefined) this.#win(transport!);
      else this.#lose(error);
    };
    const callOff = this.#net.connect({ kind: "tcp", host: address, port: this.#port }, finished);
    this.#attempts.add(callOff);
    if (this.#next < this.#addresses.length) this.#timers.add(this, ATTEMPT_DELAY_MS);
  }

  #win(transport: Transport): void {
    this.#stop();
    this.#settle(undefined, transport);
  }

  #lose(error: IoError): void {
    this.#errors.push(error);
    if (this.#attempts.size > 0) return;
    this.#timers.remove(this);
    if (this.#next < this.#addresses.length) return this.fire();
    this.#over = true;
    this.#settle(this.#failure(), undefined);
  }

  #failure(): IoError {
    if (this.#errors.length === 1) return this.#errors[0]!;
    const cause = new AggregateError(this.#errors, "No address of the host could be connected to");
    return new IoError("connect to", this.#subject, this.#errors[0]!.systemCode, cause);
  }

  #stop(): void {
    this.#over = true;
    this.#timers.remove(this);
    for (const callOff of this.#attempts) callOff();
    this.#attempts.clear();
  }
}

/** a6 b6 c4 d4 → a6 c4 b6 d4. */
export function takeTurns(addresses: readonly HostAddress[]): HostAddress[] {
  const family = addresses[0]?.family;
  const preferred = addresses.filter((address) => address.family === family);
  const other = addresses.filter((address) => address.family !== family);
  const turns: HostAddress[] = [];
  for (let index = 0; index < Math.max(preferred.length, other.length); index++) {
    if (index < preferred.length) turns.push(preferred[index]!);
    if (index < other.length) turns.push(other[index]!);
  }
  return turns;
}
