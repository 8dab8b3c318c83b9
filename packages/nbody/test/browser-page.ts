/**
 * Headless Chromium on a page that can import this package's TypeScript sources as they are: a server on
 * loopback strips the types. The page is cross-origin isolated, so that memory can be shared.
 */
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { stripTypeScriptTypes } from "node:module";
import { join, normalize } from "node:path";
import { chromium as playwright, type Page } from "playwright-core";
import { chromium } from "../../../tools/external-program.ts";

const PACKAGE = join(import.meta.dirname, "..");
/** SwiftShader as the GPU, for machines that have none. */
const ARGUMENTS = [
  "--no-sandbox",
  "--use-angle=swiftshader",
  "--enable-unsafe-swiftshader",
  "--enable-unsafe-webgpu",
  "--use-webgpu-adapter=swiftshader",
  "--enable-features=Vulkan",
  "--disable-background-networking",
  "--disable-component-update",
];

export interface BrowserPage extends AsyncDisposable {
  readonly page: Page;
}

/** `page.evaluate` may `import("/src/….ts")`. */
export async function openBrowserPage(): Promise<BrowserPage> {
  const executablePath = chromium();
  if (executablePath === undefined) throw new Error("chromium is not installed");
  const server = createServer((request, response) => {
    const path = normalize(new URL(request.url ?? "/", "http://localhost").pathname);
    const isolation = {
      "cross-origin-opener-policy": "same-origin",
      "cross-origin-embedder-policy": "require-corp",
      "cross-origin-resource-policy": "same-origin",
    };
    try {
      const content = contentOf(path);
      response.writeHead(200, { ...isolation, "content-type": typeOf(path) }).end(content);
    } catch {
      response.writeHead(404, isolation).end();
    }
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  const browser = await playwright.launch({ executablePath, args: ARGUMENTS });
  const page = await browser.newPage();
  await page.goto(`http://localhost:${(server.address() as AddressInfo).port}/`);
  return {
    page,
    async [Symbol.asyncDispose]() {
      await browser.close();
      server.closeAllConnections();
      server.close();
    },
  };
}

function contentOf(path: string): string | Buffer {
  if (path === "/") return "<!doctype html><title>test</title>";
  const bytes = readFileSync(join(PACKAGE, path));
  return path.endsWith(".ts") ? stripTypeScriptTypes(bytes.toString()) : bytes;
}

function typeOf(path: string): string {
  if (path.endsWith(".ts")) return "text/javascript";
  return path.endsWith(".wasm") ? "application/wasm" : "text/html";
}
