/**
 * Compiles every `packages/<package>/wasm/<name>.as.ts` (AssemblyScript) to `<name>.wasm` beside it.
 *
 *   node tools/wasm.ts           writes the files
 *   node tools/wasm.ts --check   compares instead, and exits 1 if a committed file is stale
 *
 * The flags of a module stand in its own first line: `// asc: --enable simd --importMemory …`.
 */
import { execFileSync } from "node:child_process";
import { existsSync, globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";

const ASC = join(import.meta.dirname, "../node_modules/assemblyscript/bin/asc.js");
const check = process.argv.includes("--check");
const folder = mkdtempSync(join(tmpdir(), "hotpath-wasm-"));

try {
  for (const entry of globSync("packages/*/wasm/*.as.ts").sort()) {
    const wasmPath = entry.replace(/\.as\.ts$/, ".wasm");
    const compiled = compile(entry);
    if (!check) {
      writeFileSync(wasmPath, compiled);
      console.log(`${wasmPath} ${compiled.length} bytes`);
    } else if (!existsSync(wasmPath) || !readFileSync(wasmPath).equals(compiled)) {
      console.error(`${wasmPath} is stale: run \`npm run build:wasm\` and commit it`);
      process.exitCode = 1;
    }
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}

function compile(entry: string): Buffer {
  const firstLine = readFileSync(entry, "utf8").split("\n", 1)[0] ?? "";
  const flags = /^\/\/ asc: (.*)$/.exec(firstLine)?.[1];
  if (flags === undefined) throw new Error(`${entry}: its first line must be "// asc: <flags>"`);
  const output = join(folder, basename(entry, ".as.ts"));
  const args = [ASC, entry, "--outFile", output, ...flags.trim().split(/\s+/)];
  execFileSync(process.execPath, args, { stdio: ["ignore", "inherit", "inherit"] });
  return readFileSync(output);
}
