/**
 * The load of the contest's preview: users that each send a payment and rest a second, from 1 to 550 of
 * them in 60 s, and processors that change every 10 s. Source: rinha-test/rinha.js of
 * zanfranceschi/rinha-de-backend-2025.
 */
import type { Stage } from "../router/policy-simulator.ts";

export const PREVIEW_MS = 60_000;
export const PREVIEW_USERS = 550;
export const PREVIEW_AMOUNT_MINOR = 1990;
export const PREVIEW_FEE_RATES = [0.05, 0.15] as const;

export const PREVIEW_STAGES: readonly [readonly Stage[], readonly Stage[]] = [
  [
    { atMs: 0, delayMs: 0, failing: false },
    { atMs: 10_000, delayMs: 100, failing: false },
    { atMs: 20_000, delayMs: 100, failing: true },
    { atMs: 30_000, delayMs: 2000, failing: true },
    { atMs: 40_000, delayMs: 20, failing: false },
    { atMs: 50_000, delayMs: 0, failing: false },
  ],
  [
    { atMs: 0, delayMs: 0, failing: false },
    { atMs: 30_000, delayMs: 1000, failing: true },
    { atMs: 40_000, delayMs: 20, failing: false },
    { atMs: 50_000, delayMs: 5000, failing: false },
  ],
];

/** When payments arrive if every answer comes at once: as many a second as there are users by then. */
export function previewArrivals(): number[] {
  const arrivalsMs: number[] = [];
  for (let user = 0; user < PREVIEW_USERS; user++) {
    const startMs = (user / PREVIEW_USERS) * PREVIEW_MS;
    for (let atMs = startMs; atMs < PREVIEW_MS; atMs += 1000) arrivalsMs.push(atMs);
  }
  return arrivalsMs.sort((a, b) => a - b);
}
