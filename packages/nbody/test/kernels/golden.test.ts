/**
 * The bytes of results are part of the interface: they must be these on every machine. When a kernel
 * changes them on purpose, METHOD.md's version of the force goes up and these change with it.
 */
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { test } from "node:test";
import { promisify } from "node:util";
import { GOLDEN, goldenRun } from "../golden.ts";

const execFileAsync = promisify(execFile);

for (const [name, expected] of Object.entries(GOLDEN)) {
  test(`${name} has the bytes that it has always had`, async () => {
    assert.equal(await goldenRun(name), expected);
  });
}

test("256-bit kernels compute the same bytes", async () => {
  const script = `
    import { loadKernels } from "./src/kernels/load.ts";
    import { useWideVectors } from "./src/kernels/wide.ts";
    import { GOLDEN, goldenRun } from "./test/golden.ts";
    const wanted = useWideVectors();
    const { vectorBits } = await loadKernels();
    const runs = {};
    for (const name of Object.keys(GOLDEN)) runs[name] = await goldenRun(name);
    console.log(JSON.stringify({ wanted, vectorBits, runs }));
  `;
  const { stdout } = await execFileAsync(
    process.execPath,
    ["--input-type=module-typescript", "--eval", script],
    { cwd: new URL("../../", import.meta.url) },
  );
  const { wanted, vectorBits, runs } = JSON.parse(stdout) as {
    wanted: boolean;
    vectorBits: number;
    runs: object;
  };
  assert.deepEqual(runs, GOLDEN);
  assert.equal(vectorBits, wanted ? 256 : 128);
});
