/** The command as its user runs it. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { decodeNpy } from "@hotpath/nbody";

const HOTPATH = new URL("../bin/hotpath.js", import.meta.url).pathname;

describe("hotpath", () => {
  let folder: string;
  before(() => (folder = mkdtempSync(join(tmpdir(), "hotpath-cli-"))));
  after(() => rmSync(folder, { recursive: true, force: true }));

  const hotpath = (...args: string[]): { code: number | null; out: string; err: string } => {
    const { status, stdout, stderr } = spawnSync(process.execPath, [HOTPATH, ...args], {
      cwd: folder,
      encoding: "utf8",
    });
    return { code: status, out: stdout, err: stderr };
  };

  test("simulate writes the state that its summary describes", () => {
    const { code, out } = hotpath(
      "simulate",
      "--preset",
      "solar-system",
      "--dt",
      "1d",
      "--steps",
      "100",
      "--out",
      "state.npy",
      "--json",
    );
    assert.equal(code, 0);
    const summary = JSON.parse(out) as Record<string, number | string>;
    assert.equal(summary["time"], 100);
    assert.ok(Number(summary["energyError"]) < 1e-5);
    assert.deepEqual(decodeNpy(readFileSync(join(folder, "state.npy"))).shape, [11, 7]);
  });

  test("simulate gives the same bytes for the same seed, and a one-screen summary", () => {
    const args = ["simulate", "--preset", "plummer", "--n", "100", "--seed", "9", "--steps", "20"];
    const { out } = hotpath(...args);
    assert.equal(
      hotpath(...args).out.match(/sha256\)\s+(\w+)/)?.[1],
      out.match(/sha256\)\s+(\w{64})/)?.[1],
    );
    assert.ok(out.split("\n").length < 24);
  });

  const wrong: readonly (readonly [string, readonly string[], RegExp])[] = [
    ["an unknown command", ["fly"], /no command "fly"/],
    [
      "an unknown service",
      ["serve", "coffee"],
      /no service "coffee"; there are gravity and payments/,
    ],
    ["an unknown preset", ["simulate", "--preset", "x"], /no preset "x"; there are solar-system/],
    ["an unknown option", ["simulate", "--speed", "1"], /Unknown option '--speed'/],
    [
      "an unknown integrator",
      ["simulate", "--integrator", "euler"],
      /no integrator "euler"; there are/,
    ],
    ["zero steps", ["simulate", "--steps", "0"], /--steps must be a whole number of at least 1/],
    [
      "a count that a preset cannot have",
      ["simulate", "--preset", "figure-eight", "--n", "5"],
      /figure-eight has 3 bodies/,
    ],
    [
      "a file that cannot be written",
      ["simulate", "--steps", "1", "--out", "no/such/state.npy"],
      /ENOENT/,
    ],
  ];
  for (const [what, args, message] of wrong) {
    test(`${what} is one clear line and exit code 2`, () => {
      const { code, err } = hotpath(...args);
      assert.equal(code, 2);
      assert.match(err.split("\n")[0]!, message);
      assert.doesNotMatch(err, /\n\s+at /, "no stack trace");
    });
  }

  test("a bad setting stops serve with what would be right", () => {
    const { status, stderr } = spawnSync(process.execPath, [HOTPATH, "serve"], {
      env: { ...process.env, PORT: "eighty" },
      encoding: "utf8",
    });
    assert.equal(status, 2);
    assert.match(stderr, /PORT must be a whole number from 0 to 65535, not "eighty"/);
  });
});
