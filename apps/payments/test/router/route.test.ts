/** The policy: a table of cases, and scores over scenarios beside what contest entries did. */
import assert from "node:assert/strict";
import { test } from "node:test";
import {
  PREVIEW_FEE_RATES,
  PREVIEW_MS,
  PREVIEW_STAGES,
  previewArrivals,
} from "../../src/contest/preview.ts";
import {
  foresightBound,
  simulatePolicy,
  type Chooser,
  type Scenario,
  type Stage,
} from "../../src/router/policy-simulator.ts";
import { DEFAULT_POLICY, route, type Choice, type ProcessorView } from "../../src/router/route.ts";
import { sequence } from "../sequence.ts";

const up = (feeRate: number, changes: Partial<ProcessorView> = {}): ProcessorView => {
  const idle = {
    failing: false,
    probeDue: false,
    expectedMs: 5,
    failureRate: 0,
    inFlight: 0,
    limit: 100,
  };
  return { feeRate, ...idle, ...changes };
};
const failing = { failing: true };
const full = { inFlight: 100 };
const to = (processor: 0 | 1): Choice => ({ kind: "send", processor });
const wait = (forMs: number): Choice => ({ kind: "wait", forMs });

interface Case {
  readonly name: string;
  readonly default?: Partial<ProcessorView>;
  readonly fallback?: Partial<ProcessorView>;
  readonly waitedMs?: number;
  readonly queued?: number;
  readonly choice: Choice;
}

const cases: readonly Case[] = [
  { name: "both well: the lower fee", choice: to(0) },
  {
    name: "the cheaper a little slower: still the lower fee",
    default: { expectedMs: 2000 },
    choice: to(0),
  },
  { name: "so slow that the fee is worth it", default: { expectedMs: 11_000 }, choice: to(1) },
  {
    name: "both slow: the lower fee",
    default: { expectedMs: 9000 },
    fallback: { expectedMs: 5000 },
    choice: to(0),
  },
  { name: "fails so often that tries cost more", default: { failureRate: 0.95 }, choice: to(1) },
  { name: "fails now and then", default: { failureRate: 0.2 }, choice: to(0) },
  { name: "down: wait", default: failing, choice: wait(5000) },
  { name: "down, waited a while", default: failing, waitedMs: 2000, choice: wait(3000) },
  { name: "down, patience used up", default: failing, waitedMs: 5000, choice: to(1) },
  {
    name: "down, half the queue full: half the patience",
    default: failing,
    waitedMs: 2500,
    queued: 50_000,
    choice: to(1),
  },
  { name: "down, queue full: no patience", default: failing, queued: 100_000, choice: to(1) },
  { name: "full but quick: a slot is worth the wait", default: full, choice: wait(Infinity) },
  {
    name: "full and slow, few queued: a slot is worth the wait",
    default: { ...full, expectedMs: 2000 },
    queued: 100,
    choice: wait(Infinity),
  },
  {
    name: "full and slow, many queued: the fee is worth it",
    default: { ...full, expectedMs: 2000 },
    queued: 600,
    choice: to(1),
  },
  { name: "the dearer one down", fallback: failing, choice: to(0) },
  {
    name: "the dearer one down, the other full",
    default: full,
    fallback: failing,
    waitedMs: 60_000,
    choice: wait(Infinity),
  },
  {
    name: "both down: until something changes",
    default: failing,
    fallback: failing,
    waitedMs: 60_000,
    choice: wait(Infinity),
  },
  {
    name: "down, and nobody has looked for a while",
    default: { ...failing, probeDue: true },
    choice: to(0),
  },
  {
    name: "both down, the dearer to be looked at, patience left",
    default: failing,
    fallback: { ...failing, probeDue: true },
    choice: wait(5000),
  },
  {
    name: "both down, the dearer to be looked at, no patience left",
    default: failing,
    fallback: { ...failing, probeDue: true },
    waitedMs: 5000,
    choice: to(1),
  },
  {
    name: "one down, the other full",
    default: failing,
    fallback: full,
    waitedMs: 60_000,
    choice: wait(Infinity),
  },
];

for (const { name, waitedMs = 0, queued = 1, choice, ...changes } of cases) {
  test(`route(): ${name}`, () => {
    const views = [up(0.05, changes.default), up(0.15, changes.fallback)] as const;
    const [first, second] = views;
    const close = (found: Choice): Choice =>
      found.kind === "wait" && found.forMs < Infinity
        ? wait(Math.round(found.forMs / 10) * 10)
        : found;
    assert.deepEqual(close(route(views, { waitedMs }, queued, DEFAULT_POLICY)), choice);
    // Which of the two is called the default makes no difference.
    const mirrored = route([second, first], { waitedMs }, queued, DEFAULT_POLICY);
    const expected = choice.kind === "send" ? to(choice.processor === 0 ? 1 : 0) : choice;
    assert.deepEqual(close(mirrored), expected);
  });
}

const settings = {
  initial: 64,
  min: 4,
  max: 700,
  failuresToOpen: 5,
  firstProbeMs: 250,
  maxProbeMs: 2000,
};

const ours: Chooser = (views, waitedMs, queued) =>
  route(views, { waitedMs }, queued, DEFAULT_POLICY);

/** What entries of the contest did, as far as their sources say. */
const others: Readonly<Record<string, Chooser>> = {
  "default only": ([first]) => (first.failing ? { kind: "wait" } : { kind: "send", processor: 0 }),
  "the winner's rule": ([first, second]) => {
    if (!first.failing && first.expectedMs < 120) return { kind: "send", processor: 0 };
    if (!second.failing && second.expectedMs < 3 * first.expectedMs)
      return { kind: "send", processor: 1 };
    return first.failing ? { kind: "wait" } : { kind: "send", processor: 0 };
  },
  "whichever is faster": ([first, second]) => {
    if (first.failing && second.failing) return { kind: "wait" };
    if (first.failing) return { kind: "send", processor: 1 };
    const faster = !second.failing && second.expectedMs < first.expectedMs ? 1 : 0;
    return { kind: "send", processor: faster };
  },
};

const preview: Scenario = {
  endMs: PREVIEW_MS + 500,
  arrivalsMs: previewArrivals(),
  feeRates: PREVIEW_FEE_RATES,
  stages: PREVIEW_STAGES,
};

test("the policy earns at least 0.98 of what foresight could in the preview, and leaves nothing over", () => {
  const score = simulatePolicy(preview, settings, ours);
  const share = score.profit / foresightBound(preview);
  assert.equal(score.leftOver, 0);
  assert.ok(share >= 0.98, `${share} of the bound: ${JSON.stringify(score)}`);
});

test("the policy earns more than the others over random scenarios (seeds 1 to 60)", () => {
  const shares: Record<string, number> = { ours: 0 };
  for (const name of Object.keys(others)) shares[name] = 0;
  for (let seed = 1; seed <= 60; seed++) {
    const scenario = randomScenario(seed);
    const bound = foresightBound(scenario);
    const score = simulatePolicy(scenario, settings, ours);
    assert.ok(
      score.profit <= bound * (1 + 1e-9),
      `seed ${seed}: ${score.profit} above the bound ${bound}`,
    );
    shares["ours"]! += score.profit / bound / 60;
    for (const [name, chooser] of Object.entries(others)) {
      shares[name]! += simulatePolicy(scenario, settings, chooser).profit / bound / 60;
    }
  }
  for (const name of Object.keys(others)) {
    assert.ok(shares["ours"]! > shares[name]!, `${name}: ${JSON.stringify(shares)}`);
  }
  assert.ok(shares["ours"]! >= 0.95, JSON.stringify(shares));
});

function randomScenario(seed: number): Scenario {
  const random = sequence(seed);
  const stages = (): Stage[] =>
    Array.from({ length: 6 }, (_, index) => ({
      atMs: index * 5000,
      delayMs: [0, 1, 20, 100, 500, 1000, 2000, 5000][random(8)]!,
      failing: random(4) === 0,
    }));
  const rate = 20 + random(300);
  const arrivalsMs = Array.from({ length: rate * 25 }, (_, index) => (index * 1000) / rate);
  const feeRates = random(2) === 0 ? ([0.05, 0.15] as const) : ([0.07, 0.1] as const);
  return { endMs: 30_000, arrivalsMs, feeRates, stages: [stages(), stages()] };
}
