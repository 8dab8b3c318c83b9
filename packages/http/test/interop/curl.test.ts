/** curl, as people use it. */
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, test } from "node:test";
import { promisify } from "node:util";
import { external, run } from "@hotpath/runtime";
import { findProgram, skipWithout } from "../../../../tools/external-program.ts";
import { serve } from "../../src/index.ts";
import { BIG, site, siteFolder } from "./site.ts";

const skip = skipWithout("curl", findProgram("curl"));
const folder = siteFolder();
const execute = promisify(execFile);

async function curl(...args: readonly string[]): Promise<string> {
  const { stdout } = await execute("curl", ["-sS", "--max-time", "30", ...args], {
    encoding: "latin1",
    maxBuffer: 64 << 20,
  });
  return stdout;
}

const served = (body: (url: string) => Promise<void>): Promise<void> =>
  run(async () => {
    await using server = await serve({ handler: site(folder), limits: { bodyBytes: 16 << 20 } });
    await external(body(`http://127.0.0.1:${server.port}`));
  });

describe("curl", { skip, timeout: 120_000 }, () => {
  test("posts JSON and reads problems", () =>
    served(async (url) => {
      const type = ["-H", "content-type: application/json"];
      assert.equal(await curl(`${url}/json`, ...type, "-d", '{"n": 21}'), '{"twice":42}');
      const refused = await curl("-i", `${url}/json`, ...type, "-d", '{"n": "x"}');
      assert.match(refused, /^HTTP\/1\.1 422 .*\r\n/);
      assert.match(refused, /content-type: application\/problem\+json/);
      assert.match(refused, /"path":"n"/);
    }));

  test("asks for a head, for options, for what is not there", () =>
    served(async (url) => {
      assert.match(await curl("-I", `${url}/slow/word`), /content-length: 4\r\n/);
      assert.match(
        await curl("-i", "-X", "OPTIONS", `${url}/json`),
        /204.*\r\n(.*\r\n)*allow: POST\r\n/,
      );
      assert.match(
        await curl("-i", "-X", "DELETE", `${url}/json`),
        /405.*\r\n(.*\r\n)*allow: POST\r\n/,
      );
      assert.match(await curl("-i", `${url}/nowhere`), /^HTTP\/1\.1 404/);
      assert.match(await curl("-i", `${url}/${"n".repeat(300)}`), /^HTTP\/1\.1 404/);
      assert.match(await curl("-i", "--path-as-is", `${url}/../etc/passwd`), /^HTTP\/1\.1 404/);
    }));

  test("uploads a file with Expect: 100-continue, and one chunked", () =>
    served(async (url) => {
      const file = join(folder, "big.bin");
      const expect = ["-H", "expect: 100-continue"];
      assert.match(
        await curl(`${url}/upload`, ...expect, "--data-binary", `@${file}`),
        /"size":3000000/,
      );
      const chunked = ["-H", "transfer-encoding: chunked"];
      assert.match(
        await curl(`${url}/upload`, ...chunked, "--data-binary", `@${file}`),
        /"size":3000000/,
      );
      const parts = ["-F", "note=hello", "-F", `file=@${file};filename=a b.bin`];
      assert.equal(
        await curl(`${url}/multipart`, ...parts),
        '[["note",null,5],["file","a b.bin",3000000]]',
      );
      assert.equal(
        await curl(`${url}/form`, "--data-urlencode", "a=x y", "-d", "b=2"),
        '[["a","x y"],["b","2"]]',
      );
    }));

  test("downloads, resumes, takes ranges and compressed files, and revalidates", () =>
    served(async (url) => {
      const hash = (bytes: string): string =>
        createHash("sha256").update(bytes, "latin1").digest("hex");
      const whole = hash(BIG.toString("latin1"));
      assert.equal(hash(await curl(`${url}/big.bin`)), whole);
      const part = join(tmpdir(), `hotpath-part-${process.pid}`);
      writeFileSync(part, BIG.subarray(0, 1_000_000));
      await curl("-C", "-", "-o", part, `${url}/big.bin`);
      assert.equal(hash(await curl(`file://${part}`)), whole);
      assert.equal(await curl("-r", "0-9", `${url}/big.bin`), BIG.toString("latin1", 0, 10));
      assert.match(
        await curl("-r", "0-1,5-6", `${url}/big.bin`),
        /content-range: bytes 5-6\/3000000/,
      );
      assert.match(await curl("--compressed", `${url}/page.js`), /^document\./);
      const tags = join(tmpdir(), `hotpath-etag-${process.pid}`);
      await curl("--etag-save", tags, "-o", "/dev/null", `${url}/page.js`);
      const again = await curl("--etag-compare", tags, "-w", "%{http_code}", `${url}/page.js`);
      assert.equal(again, "304");
      const since = ["-z", "Thu, 01 Jan 2037 00:00:00 GMT", "-w", "%{http_code}"];
      assert.equal(await curl(...since, `${url}/page.js`), "304");
    }));

  test("keeps one connection for many requests, keeps cookies, and talks HTTP/1.0", () =>
    served(async (url) => {
      const many = Array.from({ length: 20 }, (_, i) => `${url}/slow/${i}`);
      const connects = await curl("-w", " %{num_connects}\n", ...many);
      assert.equal(connects.match(/ 1\n/g)?.length, 1);
      assert.equal(connects.match(/ 0\n/g)?.length, 19);
      // Secure cookies go over plain HTTP to localhost only by name.
      const local = url.replace("127.0.0.1", "localhost");
      assert.match(await curl("-b", "a=1%202; b=3", `${local}/cookies`), /\{"a":"1 2","b":"3"\}/);
      assert.match(await curl("-0", "-i", `${url}/stream`), /^HTTP\/1\.1 200[^]*line 4\n$/);
    }));

  test("reads a stream with trailers, and events", () =>
    served(async (url) => {
      assert.match(await curl("-i", `${url}/stream`), /line 4\n/);
      const events = await curl("-N", "-H", "last-event-id: 7", `${url}/events`);
      assert.match(events, /^retry: 10\n\nid: 8\nevent: count\ndata: \{"n":8\}\n\n[^]*id: 10\n/);
    }));
});
