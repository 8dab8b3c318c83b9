/** Files on a simulated disk: what is found, in which form, and what is never found. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { gunzipSync } from "node:zlib";
import { makeDirectory, simulate, sleep, writeFile } from "@hotpath/runtime";
import {
  Problem,
  staticFiles,
  type Response,
  type StaticFiles,
  type StaticFilesOptions,
} from "../../src/index.ts";
import { makeRequest } from "../request.ts";

const SCRIPT = "export const answer = 42;\n".repeat(100);
const BIG = Buffer.from(Array.from({ length: 5000 }, (_, i) => i & 255));

function site(
  body: (files: StaticFiles) => Promise<void>,
  options: StaticFilesOptions = {},
): Promise<void> {
  return simulate(async () => {
    await makeDirectory("/site/docs", { parents: true });
    await makeDirectory("/site/.git", { parents: true });
    await makeDirectory("/site/.well-known", { parents: true });
    await writeFile("/secret", "secret");
    await writeFile("/site/.git/config", "secret");
    await writeFile("/site/.env", "secret");
    await writeFile("/site/.well-known/security.txt", "contact");
    await writeFile("/site/index.html", "<h1>home</h1>");
    await writeFile("/site/docs/index.html", "<h1>docs</h1>");
    await writeFile("/site/a b.txt", "spaced");
    await writeFile("/site/app.js", SCRIPT);
    await writeFile("/site/big.bin", BIG);
    await body(staticFiles("/site", options));
  });
}

async function get(
  files: StaticFiles,
  target: string,
  headers: Record<string, string> = {},
  method = "GET",
): Promise<Response | undefined> {
  try {
    return await files.find(makeRequest({ target, headers, method }));
  } catch (error) {
    if (error instanceof Problem) return error.toResponse();
    throw error;
  }
}

async function content(response: Response | undefined): Promise<Buffer> {
  const body = response?.body ?? "";
  if (typeof body === "string" || body instanceof Uint8Array) return Buffer.from(body as string);
  const pieces: Buffer[] = [];
  for await (const piece of body) pieces.push(Buffer.from(piece as string));
  return Buffer.concat(pieces);
}

describe("staticFiles", () => {
  test("finds files, indexes and escaped names", () =>
    site(async (files) => {
      for (const [target, type, text] of [
        ["/", "text/html; charset=utf-8", "<h1>home</h1>"],
        ["/docs/", "text/html; charset=utf-8", "<h1>docs</h1>"],
        ["/a%20b.txt", "text/plain; charset=utf-8", "spaced"],
        ["/app.js", "text/javascript; charset=utf-8", SCRIPT],
        ["/.well-known/security.txt", "text/plain; charset=utf-8", "contact"],
      ] as const) {
        const response = await get(files, target);
        assert.equal(response?.status, 200, target);
        assert.equal(response.headers?.["content-type"], type);
        assert.equal(response.headers?.["x-content-type-options"], "nosniff");
        assert.equal((await content(response)).toString(), text);
      }
      const moved = await get(files, "/docs?x=1");
      assert.deepEqual([moved?.status, moved?.headers?.["location"]], [308, "./docs/?x=1"]);
    }));

  test("never leaves its folder, and hides what begins with a dot", () =>
    site(async (files) => {
      for (const target of [
        "/../secret",
        "/..%2fsecret",
        "/%2e%2e/secret",
        "/docs/../../secret",
        "/docs/..%5c..%5csecret",
        "//secret",
        "/docs//index.html",
        "/.git/config",
        "/.env",
        "/docs/.",
        "/%00",
        "/%ff",
        "/index.html%00.txt",
        "/missing",
        "/index.html/",
      ]) {
        assert.equal(await get(files, target), undefined, target);
      }
      const route = async (path: string): Promise<Response> =>
        files.handle({ ...makeRequest({ target: "/x" }), params: { path } });
      for (const path of ["../secret", "docs/../../secret", "/secret", ""]) {
        await assert.rejects(route(`x/${path}`), Problem, path);
      }
      assert.equal((await route("docs/index.html")).status, 200);
    }));

  test("answers only GET and HEAD", () =>
    site(async (files) => {
      assert.equal(await get(files, "/app.js", {}, "POST"), undefined);
      assert.equal((await get(files, "/app.js", {}, "HEAD"))?.status, 200);
    }));

  for (const fileMemoryBytes of [1 << 20, 0]) {
    const how = fileMemoryBytes === 0 ? "from the disk" : "from memory";
    const options = { fileMemoryBytes };

    test(`ranges, one and several, ${how}`, () =>
      site(async (files) => {
        const one = await get(files, "/big.bin", { range: "bytes=1000-1009" });
        assert.equal(one?.status, 206);
        assert.equal(one.headers?.["content-range"], "bytes 1000-1009/5000");
        assert.deepEqual(await content(one), BIG.subarray(1000, 1010));
        const two = await get(files, "/big.bin", { range: "bytes=0-1, -2" });
        const type = String(two?.headers?.["content-type"]);
        const [, boundary] = /^multipart\/byteranges; boundary=([\w-]+)$/.exec(type) ?? [];
        assert.equal(
          (await content(two)).toString("latin1"),
          `\r\n--${boundary}\r\ncontent-type: application/octet-stream\r\ncontent-range: bytes 0-1/5000\r\n\r\n\x00\x01` +
            `\r\n--${boundary}\r\ncontent-type: application/octet-stream\r\ncontent-range: bytes 4998-4999/5000\r\n\r\n\x86\x87` +
            `\r\n--${boundary}--\r\n`,
        );
        const none = await get(files, "/big.bin", { range: "bytes=5000-" });
        assert.equal(none?.status, 416);
        assert.equal(none.headers?.["content-range"], "bytes */5000");
        const whole = await get(files, "/big.bin", { range: "bytes=0-1", "if-range": '"old"' });
        assert.deepEqual([whole?.status, (await content(whole)).length], [200, 5000]);
        const head = await get(files, "/big.bin", { range: "bytes=0-1" }, "HEAD");
        assert.equal(head?.status, 200, "a range is for GET");
      }, options));

    test(`is asked for again by tag and date, ${how}`, () =>
      site(async (files) => {
        const { headers } = (await get(files, "/app.js"))!;
        const etag = String(headers?.["etag"]);
        const date = String(headers?.["last-modified"]);
        for (const [name, value, status] of [
          ["if-none-match", etag, 304],
          ["if-none-match", '"other"', 200],
          ["if-modified-since", date, 304],
          ["if-match", '"other"', 412],
        ] as const) {
          assert.equal((await get(files, "/app.js", { [name]: value }))?.status, status, name);
        }
        await sleep("2s");
        await writeFile("/site/app.js", "changed");
        const after = await get(files, "/app.js", { "if-none-match": etag });
        assert.deepEqual([after?.status, (await content(after)).toString()], [200, "changed"]);
      }, options));
  }

  test("serves precompressed variants to those who take them, each with its own tag", () =>
    site(async (files) => {
      await writeFile("/site/app.js.br", "brotli");
      await writeFile("/site/app.js.zst", "zstandard");
      const plain = await get(files, "/app.js");
      const br = await get(files, "/app.js", { "accept-encoding": "gzip, br" });
      const zstd = await get(files, "/app.js", { "accept-encoding": "gzip, zstd" });
      assert.equal((await content(br)).toString(), "brotli");
      assert.equal((await content(zstd)).toString(), "zstandard");
      assert.equal(br?.headers?.["content-encoding"], "br");
      assert.equal(br?.headers?.["content-type"], "text/javascript; charset=utf-8");
      assert.equal((await content(plain)).toString(), SCRIPT);
      const answers = [plain, br, zstd];
      assert.equal(new Set(answers.map((answer) => answer?.headers?.["etag"])).size, 3);
      assert.deepEqual(
        answers.map((answer) => answer?.headers?.["vary"]),
        Array.from({ length: 3 }, () => "accept-encoding"),
      );
      // The file is replaced, its variants are not: they are not served any more.
      await sleep("10s");
      await writeFile("/site/app.js", "new");
      const after = await get(files, "/app.js", { "accept-encoding": "br" });
      assert.equal((await content(after)).toString(), "new");
    }));

  test("compresses small text once, when nobody has before", () =>
    site(async (files) => {
      const packed = await get(files, "/app.js", { "accept-encoding": "gzip" });
      assert.equal(packed?.headers?.["content-encoding"], "gzip");
      assert.equal(gunzipSync(await content(packed)).toString(), SCRIPT);
      const binary = await get(files, "/big.bin", { "accept-encoding": "gzip" });
      assert.equal(binary?.headers?.["content-encoding"], undefined);
    }));

  test("keeps no more in memory than it may, and still serves everything", () =>
    site(
      async (files) => {
        for (let round = 0; round < 2; round++) {
          for (const [target, size] of [
            ["/app.js", SCRIPT.length],
            ["/big.bin", 5000],
          ] as const) {
            assert.equal((await content(await get(files, target))).length, size);
          }
        }
      },
      { memoryBytes: 3000 },
    ));

  test("a file that changes between head and body breaks the body off", () =>
    site(
      async (files) => {
        const response = await get(files, "/big.bin");
        assert.equal(response?.headers?.["content-length"], "5000");
        await sleep("1s");
        await writeFile("/site/big.bin", "short");
        await assert.rejects(content(response), /changed between its head and its body/);
      },
      { fileMemoryBytes: 0 },
    ));

  test("headers and cache control are the program's", () =>
    site(
      async (files) => {
        const { headers } = (await get(files, "/app.js"))!;
        assert.equal(headers?.["cache-control"], "immutable /app.js");
        assert.equal(headers?.["x-extra"], "1");
      },
      { cacheControl: (path) => `immutable ${path}`, headers: { "x-extra": "1" } },
    ));
});
