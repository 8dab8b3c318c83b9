/**
 * Runs the code blocks of Markdown files, so that no example can rot.
 *
 *   node tools/doctest.ts [FILE.md ...]      default: every README and docs page
 *
 * ```ts / ```js   written beside the file and run by Node; must exit 0.
 * ```sh           run by bash -e in an empty folder with the repository's commands on PATH. Where the
 *                 block talks to 127.0.0.1:8080 a gravity service is started there first. Lines that
 *                 install or test the repository itself (npm ci, npm start, npm test, git clone) are
 *                 passed over: CI runs them.
 * ```ts no-run    compiled by tsc with the rest of the tree, not run.
 */
import { execFile, spawn, type ChildProcess } from "node:child_process";
import { globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { promisify } from "node:util";

const execFileAsync = promisify(execFile);
const ROOT = resolve(import.meta.dirname, "..");
const TIMEOUT_MS = 60_000;
const OUTER_COMMAND = /^\s*(npm (ci|start|test|install|run)\b|npm -|git clone|cd |#)/;

export interface CodeBlock {
  readonly file: string;
  readonly line: number;
  readonly language: string;
  readonly flags: readonly string[];
  readonly code: string;
}

export function codeBlocks(file: string): CodeBlock[] {
  const blocks: CodeBlock[] = [];
  const text = readFileSync(join(ROOT, file), "utf8");
  for (const match of text.matchAll(/^```(\w+)([^\n]*)\n([\s\S]*?)^```$/gm)) {
    blocks.push({
      file,
      line: text.slice(0, match.index).split("\n").length,
      language: match[1]!,
      flags: match[2]!.trim().split(/\s+/),
      code: match[3]!,
    });
  }
  return blocks;
}

/** Runs one block; throws with the program's output when it fails. Blocks of other languages pass. */
export async function runBlock(block: CodeBlock): Promise<void> {
  if (block.flags.includes("no-run")) return;
  if (block.language === "ts" || block.language === "js") await runScript(block);
  else if (block.language === "sh") await runShell(block);
}

async function runScript(block: CodeBlock): Promise<void> {
  const path = join(
    ROOT,
    dirname(block.file),
    `.doctest-${block.line}-${process.pid}.${block.language}`,
  );
  writeFileSync(path, block.code);
  try {
    await execFileAsync(process.execPath, [path], {
      timeout: TIMEOUT_MS,
      cwd: join(ROOT, dirname(block.file)),
    });
  } finally {
    rmSync(path, { force: true });
  }
}

async function runShell(block: CodeBlock): Promise<void> {
  // Outside a checkout npx would look the command up elsewhere; here it stands on PATH.
  const commands = block.code
    .replaceAll(/^npx /gm, "")
    .split("\n")
    .filter((line) => !OUTER_COMMAND.test(line) && line.trim() !== "");
  if (commands.length === 0) return;
  const folder = mkdtempSync(join(tmpdir(), "hotpath-doctest-"));
  const env = { ...process.env, PATH: `${join(ROOT, "node_modules/.bin")}:${process.env["PATH"]}` };
  const service = block.code.includes("127.0.0.1:8080")
    ? await startService(folder, env)
    : undefined;
  try {
    await execFileAsync("bash", ["-euo", "pipefail", "-c", commands.join("\n")], {
      cwd: folder,
      env,
      timeout: TIMEOUT_MS,
    });
  } finally {
    if (service !== undefined) await stop(service);
    rmSync(folder, { recursive: true, force: true });
  }
}

async function startService(folder: string, env: NodeJS.ProcessEnv): Promise<ChildProcess> {
  const service = spawn("hotpath", ["serve"], {
    env: { ...env, PORT: "8080", HOST: "127.0.0.1", HOTPATH_DATA: join(folder, "data") },
    stdio: ["ignore", "pipe", "inherit"],
  });
  await new Promise<void>((ready, failed) => {
    service.once("error", failed);
    service.once("exit", (code) =>
      failed(new Error(`hotpath serve exited with ${code} before it was ready`)),
    );
    service.stdout!.on("data", (chunk: Buffer) => {
      if (chunk.includes("127.0.0.1:8080")) ready();
    });
  });
  return service;
}

async function stop(service: ChildProcess): Promise<void> {
  const gone = new Promise((exited) => service.once("exit", exited));
  service.kill("SIGTERM");
  await gone;
}

export function documents(): string[] {
  return globSync("{README.md,docs/**/*.md,packages/*/*.md,apps/*/*.md}", { cwd: ROOT }).sort();
}

if (import.meta.main) {
  const files = process.argv.length > 2 ? process.argv.slice(2) : documents();
  for (const block of files.flatMap(codeBlocks)) {
    process.stdout.write(`${block.file}:${block.line} ${block.language} … `);
    try {
      await runBlock(block);
      console.log("ok");
    } catch (error) {
      console.log(`FAILED\n${String((error as { stderr?: string }).stderr ?? error)}`);
      process.exitCode = 1;
    }
  }
}
