/** The file checks on the host's disk and in simulations under many seeds. */
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { explore, makeDirectory, run } from "@hotpath/runtime";
import { fileChecks } from "./file-suite.ts";

const root = mkdtempSync(join(tmpdir(), "hotpath-file-"));
after(() => rmSync(root, { recursive: true }));

const SEEDS = 40;

for (const [index, { name, body }] of fileChecks.entries()) {
  test(`host: ${name}`, async () => {
    const folder = join(root, `${index}`);
    mkdirSync(folder);
    await run(() => body(folder), { leakCheck: true });
  });
  test(`simulated: ${name} (seeds 1 to ${SEEDS})`, async () => {
    const program = async (): Promise<void> => {
      await makeDirectory("/data/check");
      await body("/data/check");
    };
    await explore(program, { seeds: SEEDS });
  });
}
