/** The GPU direct sum in headless Chromium, on its software device. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { chromium, skipWithout } from "../../../../tools/external-program.ts";
import type * as gpuModule from "../../src/gpu/index.ts";
import type * as plummerModule from "../../src/initial/plummer.ts";
import type * as referenceModule from "../../src/reference/direct.ts";
import { openBrowserPage } from "../browser-page.ts";

const skip = skipWithout("chromium", chromium());

interface Measured {
  readonly name: string;
  readonly selfTestError: number;
  readonly errors: Readonly<Record<string, number>>;
}

test(
  "in the browser, accelerations are good to 1e-6 from 2 to 3000 bodies, soft or not",
  { skip, timeout: 120_000 },
  async () => {
    await using browser = await openBrowserPage();
    const { name, selfTestError, errors } = await browser.page.evaluate(
      async (): Promise<Measured> => {
        const load = (path: string): Promise<never> => import(path) as Promise<never>;
        const { GpuDirect, relativeError }: typeof gpuModule = await load("/src/gpu/index.ts");
        const { plummer }: typeof plummerModule = await load("/src/initial/plummer.ts");
        const { referenceForces }: typeof referenceModule = await load("/src/reference/direct.ts");
        const { gpu } = navigator as unknown as { gpu: Parameters<typeof GpuDirect.open>[0] };
        const device = await GpuDirect.open(gpu);
        const errors: Record<string, number> = {};
        for (const [n, softening] of [
          [2, 0],
          [3, 0],
          [255, 0],
          [257, 0.01],
          [3000, 0.01],
        ] as const) {
          const units = { G: 2.5, softening };
          const bodies = plummer(n, 2);
          const exact = plummer(n, 2);
          referenceForces(exact, units).accelerations();
          await device.accelerations(bodies, units);
          errors[`${n} bodies, softening ${softening}`] = relativeError(bodies, exact);
        }
        device.close();
        return { name: device.name, selfTestError: device.selfTestError, errors };
      },
    );
    assert.match(name, /swiftshader/i);
    assert.ok(selfTestError < 1e-6);
    for (const [what, error] of Object.entries(errors))
      assert.ok(error > 0 && error < 1e-6, `${what}: ${error}`);
  },
);
