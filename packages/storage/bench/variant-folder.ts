/** Runs a script of this folder in a process of its own, with a folder beside the sources, on a real disk. */
import { mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { runScript, type Sample } from "../../../tools/bench/harness.ts";

export class VariantFolder implements Disposable {
  readonly path: string = mkdtempSync(join(import.meta.dirname, "../.bench-"));

  /** `SCRIPT NAME FOLDER …`: what it prints last. */
  run(script: string, name: string, ...rest: readonly (string | number)[]): Promise<Sample> {
    const path = fileURLToPath(new URL(script, import.meta.url));
    return runScript(process.execPath, [path, name, this.path, ...rest.map(String)]);
  }

  [Symbol.dispose](): void {
    rmSync(this.path, { recursive: true });
  }
}

/** As `run`, in a folder that is there for this call only. */
export async function inFolder(
  script: string,
  name: string,
  ...rest: readonly (string | number)[]
): Promise<Sample> {
  using folder = new VariantFolder();
  return await folder.run(script, name, ...rest);
}
