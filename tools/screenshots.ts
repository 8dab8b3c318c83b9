/**
 * Takes the pictures of the README from the running service: node tools/screenshots.ts
 * Needs Chromium; writes docs/images/.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { chromium as playwright, type Browser } from "playwright-core";
import { chromium } from "./external-program.ts";

const HOTPATH = join(import.meta.dirname, "../apps/cli/bin/hotpath.js");
const IMAGES = join(import.meta.dirname, "../docs/images");
/** Of a recorded run: far enough for trails and tails. */
const SHOWN = 0.35;

const folder = mkdtempSync(join(tmpdir(), "hotpath-pictures-"));
const service = spawn(process.execPath, [HOTPATH, "serve"], {
  env: { ...process.env, PORT: "0", HOTPATH_DATA: folder },
  stdio: ["ignore", "pipe", "inherit"],
});
try {
  const url = await address();
  mkdirSync(IMAGES, { recursive: true });
  const executablePath = chromium();
  if (executablePath === undefined) throw new Error("chromium is not installed");
  await using browser = await playwright.launch({
    executablePath,
    args: ["--no-sandbox", "--use-angle=swiftshader", "--enable-unsafe-swiftshader"],
  });
  await picture(browser, url, "solar-system");
  await picture(browser, url, "galaxies");
} finally {
  service.kill("SIGTERM");
  await once(service, "exit");
  rmSync(folder, { recursive: true, force: true });
}

async function address(): Promise<string> {
  for await (const line of createInterface(service.stdout)) {
    const { msg, url } = JSON.parse(line) as { msg: string; url?: string };
    if (msg.startsWith("gravity is ready") && url !== undefined) return url;
  }
  throw new Error("hotpath serve ended before it was ready");
}

async function picture(browser: Browser, url: string, preset: string): Promise<void> {
  const page = await browser.newPage({
    viewport: { width: 1280, height: 800 },
    colorScheme: "dark",
  });
  await page.goto(url);
  await page.getByTestId(`preset-${preset}`).click();
  await page.getByTestId("run").click();
  await page.waitForSelector('[data-testid=progress][aria-valuenow="100"]', { timeout: 120_000 });
  const scrubber = page.locator("input[type=range]").last();
  const most = Number(await scrubber.getAttribute("max"));
  await scrubber.fill(String(Math.round(most * SHOWN)));
  await page.waitForTimeout(1500);
  await page.screenshot({ path: join(IMAGES, `${preset}.png`) });
  await page.close();
}
