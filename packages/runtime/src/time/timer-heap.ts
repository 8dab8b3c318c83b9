/**
 * Every timer of a runtime in one place, behind one alarm of the host.
 *
 * What is added in the order in which it is due goes to the end of a run (`timer-run.ts`), the rest to
 * a 4-ary heap on the due time, with the position written into the entry so that removal is O(log n)
 * and needs no search. Ties fire in the order in which they were added.
 *
 * Invariants:
 * 1. entry.heapIndex is the entry's position in the heap, below -1 in the run, or -1 when in neither.
 * 2. When there are entries the alarm is set for the earliest due time or for an earlier one:
 *    removing the earliest entry leaves the alarm, which then rings for nothing once (measured: most
 *    timeouts are cancelled before they are due, and setting the alarm costs more than a vain ring).
 * 3. When there are none the alarm is off, so that it does not keep the process alive.
 */
import type { Alarm, Clock } from "../io/io.ts";
import { TimerRun } from "./timer-run.ts";

export interface TimerEntry {
  /** Due time on the monotonic clock. */
  dueMs: number;
  /** Position in the heap or in the run; -1 outside. Owned by the heap. */
  heapIndex: number;
  /** Breaks ties. Owned by the heap. */
  timerOrder: number;
  fire(): void;
}

const FANOUT = 4;

export class TimerHeap {
  readonly #clock: Clock;
  readonly #alarm: Alarm;
  readonly #entries: TimerEntry[] = [];
  readonly #run = new TimerRun();
  #alarmMs = Infinity;
  #order = 0;
  readonly #ring = (): void => this.fireDue();

  /** What decides between entries that are due at the same time. */
  tieOrder: () => number = () => this.#order++;

  constructor(clock: Clock, alarm: Alarm) {
    this.#clock = clock;
    this.#alarm = alarm;
  }

  get size(): number {
    return this.#entries.length + this.#run.size;
  }

  get earliestMs(): number {
    return this.#earliest()?.dueMs ?? Infinity;
  }

  nowMs(): number {
    return this.#clock.monotonicMs();
  }

  /** Adds the entry, due `delayMs` from now. An infinite delay adds nothing. */
  add(entry: TimerEntry, delayMs: number): void {
    if (delayMs === Infinity) return;
    this.addAt(entry, this.#clock.monotonicMs() + delayMs);
  }

  addAt(entry: TimerEntry, dueMs: number): void {
    entry.dueMs = dueMs;
    entry.timerOrder = this.tieOrder();
    this.#place(entry);
    if (dueMs < this.#alarmMs) this.#set(dueMs);
  }

  #place(entry: TimerEntry): void {
    let { last } = this.#run;
    if (last !== undefined && before(entry, last)) {
      // One long timer must not send every shorter one after it to the heap: it goes there itself.
      this.#run.remove(last);
      this.#push(last);
      last = this.#run.last;
    }
    if (last === undefined || !before(entry, last)) this.#run.push(entry);
    else this.#push(entry);
  }

  #push(entry: TimerEntry): void {
    this.#entries.push(entry);
    this.#up(this.#entries.length - 1, entry);
  }

  remove(entry: TimerEntry): void {
    const index = entry.heapIndex;
    if (index === -1) return;
    if (index < -1) this.#run.remove(entry);
    else this.#removeAt(index, entry);
    if (this.size === 0) this.#off();
  }

  #removeAt(index: number, entry: TimerEntry): void {
    entry.heapIndex = -1;
    const last = this.#entries.pop()!;
    if (last === entry) return;
    this.#down(index, last);
    if (last.heapIndex === index) this.#up(index, last);
  }

  #earliest(): TimerEntry | undefined {
    const { first } = this.#run;
    const top = this.#entries[0];
    if (first === undefined) return top;
    return top !== undefined && before(top, first) ? top : first;
  }

  /** Takes the earliest entry out when it is due by `nowMs`. */
  takeDue(nowMs: number): TimerEntry | undefined {
    const first = this.#earliest();
    if (first === undefined || first.dueMs > nowMs) return undefined;
    this.remove(first);
    return first;
  }

  /** Fires everything that is due; the alarm calls this. */
  fireDue(): void {
    this.#alarmMs = Infinity;
    const nowMs = this.#clock.monotonicMs();
    for (let entry = this.takeDue(nowMs); entry !== undefined; entry = this.takeDue(nowMs)) {
      entry.fire();
    }
    const earliest = this.#earliest();
    if (earliest !== undefined) this.#set(earliest.dueMs);
  }

  #set(dueMs: number): void {
    this.#alarmMs = dueMs;
    this.#alarm.set(dueMs, this.#ring);
  }

  #off(): void {
    if (this.#alarmMs === Infinity) return;
    this.#alarmMs = Infinity;
    this.#alarm.off();
  }

  #up(start: number, entry: TimerEntry): void {
    let index = start;
    while (index > 0) {
      const above = (index - 1) >> 2;
      const parent = this.#entries[above]!;
      if (!before(entry, parent)) break;
      this.#entries[index] = parent;
      parent.heapIndex = index;
      index = above;
    }
    this.#entries[index] = entry;
    entry.heapIndex = index;
  }

  #down(start: number, entry: TimerEntry): void {
    const count = this.#entries.length;
    let index = start;
    for (;;) {
      const first = index * FANOUT + 1;
      if (first >= count) break;
      let best = first;
      const end = Math.min(first + FANOUT, count);
      for (let child = first + 1; child < end; child++) {
        if (before(this.#entries[child]!, this.#entries[best]!)) best = child;
      }
      const least = this.#entries[best]!;
      if (!before(least, entry)) break;
      this.#entries[index] = least;
      least.heapIndex = index;
      index = best;
    }
    this.#entries[index] = entry;
    entry.heapIndex = index;
  }
}

function before(a: TimerEntry, b: TimerEntry): boolean {
  return a.dueMs < b.dueMs || (a.dueMs === b.dueMs && a.timerOrder < b.timerOrder);
}
