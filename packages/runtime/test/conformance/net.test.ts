/** The network checks on Node's handles, on node:net, and in simulations under many seeds. */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { explore, nodeIo, run, type Io } from "@hotpath/runtime";
import { handleNet } from "../../src/io/handle-net.ts";
import { socketNet } from "../../src/io/socket-net.ts";
import { netChecks } from "./net-suite.ts";

const folder = mkdtempSync(join(tmpdir(), "hotpath-net-"));
after(() => rmSync(folder, { recursive: true }));
let nextSocket = 0;

function unixPath(): string {
  return join(folder, `${nextSocket++}`);
}

const handles = handleNet();

test("the host's handles are there on the Node that this repository pins", () => {
  assert.notEqual(handles, undefined);
});

const backends: Readonly<Record<string, () => Io>> = {
  handles: () => ({ ...nodeIo(), net: handles ?? socketNet }),
  "node:net": () => ({ ...nodeIo(), net: socketNet }),
};

for (const [backend, io] of Object.entries(backends)) {
  for (const { name, body } of netChecks) {
    test(`${backend}: ${name}`, async () => {
      await run(() => body({ unixPath: unixPath(), bulkBytes: 32 << 20 }), {
        io: io(),
        leakCheck: true,
      });
    });
  }
}

const SEEDS = 40;

for (const { name, body } of netChecks) {
  test(`simulated: ${name} (seeds 1 to ${SEEDS})`, async () => {
    await explore(() => body({ unixPath: "/run/socket", bulkBytes: 512 << 10 }), { seeds: SEEDS });
  });
}
