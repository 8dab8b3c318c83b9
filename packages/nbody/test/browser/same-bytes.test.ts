/** Server and browser, one thread and several: the same bytes. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { chromium, skipWithout } from "../../../../tools/external-program.ts";
import { openBrowserPage } from "../browser-page.ts";
import type * as threadsModule from "../../src/threads/force-threads.ts";
import type * as goldenModule from "../golden.ts";
import { GOLDEN } from "../golden.ts";

const skip = skipWithout("chromium", chromium());

test(
  "headless Chromium computes the golden bytes, alone and with two workers",
  { skip },
  async () => {
    await using browser = await openBrowserPage();
    const runs = await browser.page.evaluate(async () => {
      const path = (name: string): string => name;
      const { GOLDEN, goldenRun } = (await import(path("/test/golden.ts"))) as typeof goldenModule;
      const { ForceThreads } = (await import(
        path("/src/threads/force-threads.ts")
      )) as typeof threadsModule;
      const threads = await ForceThreads.start(3);
      const alone: Record<string, string> = {};
      const together: Record<string, string> = {};
      for (const name of Object.keys(GOLDEN)) {
        alone[name] = await goldenRun(name);
        together[name] = await goldenRun(name, threads);
      }
      await threads.close();
      return { alone, together, isolated: Reflect.get(globalThis, "crossOriginIsolated") };
    });
    assert.deepEqual(runs, { alone: GOLDEN, together: GOLDEN, isolated: true });
  },
);
