/** The page in a real browser: pick the solar system, run it, see the planets move and the bar reach 100. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { chromium as playwright, type Browser, type Page } from "playwright-core";
import { chromium, skipWithout } from "../../../tools/external-program.ts";
import { startService } from "./service.ts";

const skip = skipWithout("chromium", chromium());
/** Chromium as root and without a GPU; nothing that would call out. */
const ARGUMENTS = [
  "--no-sandbox",
  "--use-angle=swiftshader",
  "--enable-unsafe-swiftshader",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

test(
  "the page runs the solar system: planets move, progress reaches 100",
  { skip, timeout: 120_000 },
  async () => {
    await using service = await startService();
    await using browser = await launch();
    const errors: string[] = [];
    const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
    page.on("pageerror", (error) => errors.push(error.message));
    page.on("console", (message) => {
      if (message.type() === "error") errors.push(message.text());
    });
    await page.goto(service.url);
    await page.getByTestId("preset-solar-system").click();
    await page.getByTestId("run").click();
    await page.waitForFunction(() => window.hotpathView?.frame() != null);
    const first = await positions(page);
    await page.waitForFunction(
      () =>
        document.querySelector("[data-testid=progress]")?.getAttribute("aria-valuenow") === "100",
    );
    await page.waitForFunction(
      (index) => (window.hotpathView?.frame()?.index ?? 0) > index,
      first.index,
    );
    const last = await positions(page);
    assert.equal(first.xyz.length, 33, "eleven bodies");
    const moved = Math.hypot(...[3, 4, 5].map((k) => last.xyz[k]! - first.xyz[k]!));
    assert.ok(moved > 0.01, `Mercury moved ${moved} AU`);
    assert.match(
      await page.getByTestId("status").innerText(),
      /successful|complete|finished|done/i,
    );
    await page
      .screenshot({ path: process.env["HOTPATH_SCREENSHOT"] ?? "/dev/null", type: "png" })
      .catch(() => {});
    assert.deepEqual(errors, []);
  },
);

test("the page fits a phone", { skip, timeout: 120_000 }, async () => {
  await using service = await startService();
  await using browser = await launch();
  const page = await browser.newPage({ viewport: { width: 360, height: 740 } });
  await page.goto(service.url);
  await page.getByTestId("preset-figure-eight").click();
  await page.getByTestId("run").click();
  await page.waitForFunction(() => window.hotpathView?.frame() != null);
  const width = await page.evaluate(() => document.documentElement.scrollWidth);
  assert.ok(width <= 360, `the page is ${width} pixels wide`);
});

async function launch(): Promise<Browser> {
  const executablePath = chromium();
  if (executablePath === undefined) throw new Error("chromium is not installed");
  return playwright.launch({ executablePath, args: ARGUMENTS });
}

interface ViewFrame {
  readonly index: number;
  readonly positions: Float32Array;
}

declare global {
  // The page's own hook for tests; these functions run in the browser.
  var window: { readonly hotpathView?: { frame(): ViewFrame | null } };
  var document: {
    querySelector(selector: string): { getAttribute(name: string): string | null } | null;
    readonly documentElement: { readonly scrollWidth: number };
  };
}

async function positions(page: Page): Promise<{ readonly index: number; readonly xyz: number[] }> {
  return page.evaluate(() => {
    const frame = window.hotpathView!.frame()!;
    return { index: frame.index, xyz: [...frame.positions] };
  });
}
