/** Chromium: pages and scripts, fetch both ways, EventSource that comes back, WebSocket, cookies. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { chromium as playwright, type Page } from "playwright-core";
import { external, run } from "@hotpath/runtime";
import { chromium, skipWithout } from "../../../../tools/external-program.ts";
import { serve } from "../../src/index.ts";
import { site, siteFolder } from "./site.ts";

const executablePath = chromium();
const skip = skipWithout("chromium", executablePath);
const ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"];

test("a page in Chromium", { skip, timeout: 120_000 }, () =>
  run(async () => {
    const answered: string[] = [];
    await using server = await serve({
      handler: site(siteFolder()),
      onExchange: ({ path, status }) => answered.push(`${status} ${path}`),
    });
    await external(visit(`http://127.0.0.1:${server.port}`));
    assert.ok(answered.includes("200 /") && answered.includes("304 /"), "revalidated by its tag");
  }),
);

async function visit(url: string): Promise<void> {
  if (executablePath === undefined) throw new Error("chromium is not installed");
  await using browser = await playwright.launch({ executablePath, args: ARGUMENTS });
  const page = await browser.newPage();
  const errors: string[] = [];
  page.on("pageerror", (error) => errors.push(error.message));
  await page.goto(url);
  await page.waitForFunction(() => document.querySelector("[data-ran]") !== null);
  await page.reload();
  assert.deepEqual(await page.evaluate(posts), { twice: 10, problem: ["n"], size: 200_000 });
  assert.deepEqual(await events(page), ["1", "2", "3", "4", "5", "6"]);
  assert.deepEqual(await page.evaluate(talks), ["text", "3 bytes"]);
  await page.evaluate(() => fetch("/cookies"));
  const cookies = await page.evaluate(async () => (await fetch("/cookies")).json());
  assert.deepEqual(cookies, { a: "1 2", b: "3" });
  assert.deepEqual(errors, []);
}

/** Runs in the page. */
async function posts(): Promise<unknown> {
  const send = (n: unknown): Promise<Response> =>
    fetch("/json", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ n }),
    });
  const { twice } = (await (await send(5)).json()) as { twice: number };
  const { errors } = (await (await send("x")).json()) as { errors: { path: string }[] };
  const upload = await fetch("/upload", { method: "POST", body: new Uint8Array(200_000) });
  const { size } = (await upload.json()) as { size: number };
  return { twice, problem: errors.map(({ path }) => path), size };
}

/** The stream ends after three events; the browser comes back with the last id and gets the next three. */
function events(page: Page): Promise<string[]> {
  return page.evaluate(
    () =>
      new Promise<string[]>((resolve) => {
        const seen: string[] = [];
        const source = new EventSource("/events");
        source.addEventListener("count", (event) => {
          seen.push((event as MessageEvent).lastEventId);
          if (seen.length < 6) return;
          source.close();
          resolve(seen);
        });
      }),
  );
}

function talks(): Promise<unknown[]> {
  return new Promise((resolve, reject) => {
    const seen: unknown[] = [];
    const socket = new WebSocket("/ws");
    socket.binaryType = "arraybuffer";
    socket.onopen = () => {
      socket.send("text");
      socket.send(new Uint8Array(3));
    };
    socket.onerror = () => reject(new Error("the WebSocket failed"));
    socket.onmessage = ({ data }) => {
      seen.push(typeof data === "string" ? data : `${(data as ArrayBuffer).byteLength} bytes`);
      if (seen.length === 2) socket.close();
    };
    socket.onclose = () => resolve(seen);
  });
}
