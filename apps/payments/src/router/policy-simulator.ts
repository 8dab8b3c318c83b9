/**
 * Scores a routing policy: payments arrive, two processors answer as the contest's do (limiter, then delay,
 * then the failure flag as it stands after the delay), the policy chooses. Time is simulated, so thousands
 * of scenarios take seconds.
 *
 * The bound is what perfect foresight could earn at most: as many payments as the processor with the lower fee
 * could have taken at all, the rest at the other. It may be out of reach; nothing can be above it.
 */
import type { ProcessorView } from "./route.ts";
import { ProcessorState, type Outcome, type ProcessorSettings } from "./processor-state.ts";

export interface Stage {
  readonly atMs: number;
  readonly delayMs: number;
  readonly failing: boolean;
}

export interface Scenario {
  readonly endMs: number;
  /** When each payment is accepted, ascending. All have the same amount. */
  readonly arrivalsMs: readonly number[];
  readonly feeRates: readonly [number, number];
  readonly stages: readonly [readonly Stage[], readonly Stage[]];
}

export type Chooser = (
  views: readonly [ProcessorView, ProcessorView],
  waitedMs: number,
  queued: number,
) => { readonly kind: "send"; readonly processor: 0 | 1 } | { readonly kind: "wait" };

export interface Score {
  readonly settled: readonly [number, number];
  readonly leftOver: number;
  /** Sum of amounts less fees, with an amount of 1. */
  readonly profit: number;
}

/** The contest's limiter: so many at work, so many waiting, then 429. */
const PERMITS = 800;
const QUEUE = 500;
const HEALTH_EVERY_MS = 5000;
const STEP_MS = 10;

interface Flight {
  readonly payment: number;
  readonly sentAtMs: number;
  readonly doneAtMs: number;
}

export function stageAt(stages: readonly Stage[], timeMs: number): Stage {
  let found = stages[0]!;
  for (const stage of stages) if (stage.atMs <= timeMs) found = stage;
  return found;
}

/** Runs one scenario in steps of 10 ms. */
export function simulatePolicy(
  scenario: Scenario,
  settings: Omit<ProcessorSettings, "feeRate">,
  choose: Chooser,
): Score {
  const states = scenario.feeRates.map((feeRate) => new ProcessorState({ ...settings, feeRate }));
  const flights: [Flight[], Flight[]] = [[], []];
  const queue: number[] = [];
  const settled: [number, number] = [0, 0];
  let arrived = 0;
  for (let nowMs = 0; nowMs <= scenario.endMs; nowMs += STEP_MS) {
    for (const processor of [0, 1] as const) {
      const state = states[processor]!;
      const stages = scenario.stages[processor];
      if (nowMs % HEALTH_EVERY_MS === 0) {
        const { failing, delayMs } = stageAt(stages, nowMs);
        state.health(failing, delayMs, nowMs);
      }
      const landed = flights[processor].filter(({ doneAtMs }) => doneAtMs <= nowMs);
      if (landed.length === 0) continue;
      flights[processor] = flights[processor].filter(({ doneAtMs }) => doneAtMs > nowMs);
      for (const { payment, sentAtMs, doneAtMs } of landed) {
        const outcome: Outcome = stageAt(stages, doneAtMs).failing ? "failed" : "settled";
        state.finished(outcome, sentAtMs, nowMs);
        if (outcome === "settled") settled[processor]++;
        else queue.unshift(payment);
      }
    }
    while (arrived < scenario.arrivalsMs.length && scenario.arrivalsMs[arrived]! <= nowMs)
      queue.push(arrived++);
    dispatch(scenario, states, flights, queue, choose, nowMs);
  }
  const [low, high] = scenario.feeRates;
  const profit = settled[0] * (1 - low) + settled[1] * (1 - high);
  return { settled, leftOver: scenario.arrivalsMs.length - settled[0] - settled[1], profit };
}

function dispatch(
  scenario: Scenario,
  states: readonly ProcessorState[],
  flights: readonly [Flight[], Flight[]],
  queue: number[],
  choose: Chooser,
  nowMs: number,
): void {
  let sent = 0;
  while (sent < queue.length) {
    const payment = queue[sent]!;
    const views = [states[0]!.view(nowMs), states[1]!.view(nowMs)] as const;
    const choice = choose(views, nowMs - scenario.arrivalsMs[payment]!, queue.length - sent);
    if (choice.kind === "wait") break;
    const { processor } = choice;
    const state = states[processor]!;
    state.sent();
    if (flights[processor].length >= PERMITS + QUEUE) {
      state.finished("full", nowMs, nowMs);
      break;
    }
    sent++;
    const { delayMs } = stageAt(scenario.stages[processor], nowMs);
    // One that waits for a permit gets it when the flight that is PERMITS before it lands.
    const ahead = flights[processor].at(-PERMITS);
    const startMs = Math.max(nowMs, ahead?.doneAtMs ?? nowMs);
    flights[processor].push({ payment, sentAtMs: nowMs, doneAtMs: startMs + Math.max(1, delayMs) });
  }
  queue.splice(0, sent);
}

/** The most that any policy could earn. */
export function foresightBound(scenario: Scenario): number {
  const { arrivalsMs, feeRates } = scenario;
  const low = feeRates[0] <= feeRates[1] ? 0 : 1;
  const high = low === 0 ? 1 : 0;
  const atLow = mostServed(scenario, low);
  const atHigh = Math.min(arrivalsMs.length - atLow, mostServed(scenario, high));
  return atLow * (1 - feeRates[low]) + atHigh * (1 - feeRates[high]);
}

/** How many payments one processor could settle before the end if it were sent each at the best moment. */
function mostServed(scenario: Scenario, processor: 0 | 1): number {
  const { arrivalsMs, endMs } = scenario;
  const stages = scenario.stages[processor];
  let arrived = 0;
  let served = 0;
  let permits = 0;
  for (let nowMs = 0; nowMs <= endMs; nowMs += STEP_MS) {
    while (arrived < arrivalsMs.length && arrivalsMs[arrived]! <= nowMs) arrived++;
    const delayMs = Math.max(1, stageAt(stages, nowMs).delayMs);
    const doneMs = nowMs + delayMs;
    if (doneMs > endMs || stageAt(stages, doneMs).failing) continue;
    // Permits that are not used are not saved up beyond one round.
    permits = Math.min(PERMITS, permits + (PERMITS * STEP_MS) / delayMs);
    const now =
      delayMs <= STEP_MS ? arrived - served : Math.min(arrived - served, Math.floor(permits));
    served += now;
    permits -= Math.min(permits, now);
  }
  return served;
}
