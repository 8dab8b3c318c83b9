/**
 * Where a task was spawned, at a bounded cost.
 *
 * Capturing a stack of two frames costs 600 ns (Node 26.10), three times the rest of a spawn, so the
 * capture draws on a bucket: the first BUCKET spawns and then PER_MS a millisecond carry their site,
 * which is every spawn of an ordinary program, and a storm of spawns pays nothing. The text is made
 * only when somebody reads it. A simulated runtime captures every site.
 */
import type { Runtime } from "../runtime/runtime.ts";

const BUCKET = 64;
const PER_MS = 0.5;
/** The runtime's own frames between the caller of spawn and the capture, and one more for wrappers. */
const FRAMES = 8;

/** What the runtime remembers between captures. */
export class SiteBudget {
  left: number = BUCKET;
  atMs = 0;
}

export function captureSite(runtime: Runtime, nowMs: number): Error | undefined {
  const { sites } = runtime;
  if (sites !== undefined) {
    if (nowMs > sites.atMs) {
      sites.left = Math.min(BUCKET, sites.left + (nowMs - sites.atMs) * PER_MS);
      sites.atMs = nowMs;
    }
    if (sites.left < 1) return undefined;
    sites.left--;
  }
  const limit = Error.stackTraceLimit;
  Error.stackTraceLimit = FRAMES;
  const site = new Error("spawn site");
  Error.stackTraceLimit = limit;
  return site;
}

const OWN = new URL("../", import.meta.url).href;

/** "file:line:column" of the first frame outside this package. */
export function siteText(site: Error | undefined): string | undefined {
  if (site?.stack === undefined) return undefined;
  for (const line of site.stack.split("\n").slice(1)) {
    if (line.includes("node:")) continue;
    const frame = /\(?((?:file:|\/|[A-Za-z]:\\).*:\d+:\d+)\)?$/.exec(line.trim())?.[1];
    if (frame !== undefined && !frame.startsWith(OWN)) return frame.replace(/^file:\/\//, "");
  }
  return undefined;
}
