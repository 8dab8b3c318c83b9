/** Every name that the core exports stands in a program that runs, in the README or a guide. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";

const PACKAGE = join(import.meta.dirname, "..");
/** The core's exports are what stands in src/index.ts before the other parts of the package. */
const CORE = readFileSync(join(PACKAGE, "src/index.ts"), "utf8").split("// Input and output.")[0]!;
/** Types that a program meets by inference; they are described where they are declared. */
const INFERRED = new Set([
  "Alarm",
  "Cases",
  "Clock",
  "CloseMode",
  "GroupOptions",
  "Io",
  "Overflow",
  "Selected",
  "ShieldOptions",
  "SpawnOptions",
  "TaskState",
  "Turns",
]);

test("every exported name of the core is used in a code block of the documentation", () => {
  const text = ["README.md", "GUIDE.md", "THREADS.md"]
    .map((file) => readFileSync(join(PACKAGE, file), "utf8"))
    .join("\n");
  const code = [...text.matchAll(/^```ts\n([\s\S]*?)^```$/gm)].map((match) => match[1]).join("\n");
  const names = [...CORE.matchAll(/export (?:type )?\{([^}]*)\}/g)]
    .flatMap((match) => match[1]!.split(","))
    .map((name) => name.replace(/\btype\b/, "").trim())
    .filter((name) => name !== "");
  assert.ok(names.length > 60);
  const missing = names.filter(
    (name) => !INFERRED.has(name) && !new RegExp(`\\b${name}\\b`).test(code),
  );
  // Errors that no program provokes on purpose are in the table of errors.
  const undocumented = missing.filter((name) => !text.includes(`\`${name}\``));
  assert.deepEqual(undocumented, []);
});
