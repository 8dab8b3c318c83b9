/**
 * Programs that npm does not bring and that some tests use. A test that misses one is skipped and says
 * so; with HOTPATH_REQUIRE=all it runs all the same and fails.
 *
 *   test("…", { skip: skipWithout("chromium", chromium()) }, …)
 */
import { execFileSync } from "node:child_process";
import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";

/** Path of a program on PATH; undefined when there is none. */
export function findProgram(...names: readonly string[]): string | undefined {
  const folders = (process.env["PATH"] ?? "").split(delimiter);
  for (const name of names) {
    for (const folder of folders) {
      const path = join(folder, name);
      try {
        accessSync(path, constants.X_OK);
        return path;
      } catch {
        // Not in this folder.
      }
    }
  }
  return undefined;
}

export function chromium(): string | undefined {
  return process.env["CHROMIUM"] ?? findProgram("chromium", "chromium-browser", "google-chrome");
}

/**
 * A Python that has a module. The first on PATH may be one without: Debian's packages are for the system's own.
 */
export function findPython(module: string): string | undefined {
  return ["python3", "/usr/bin/python3"].find((candidate) => {
    try {
      execFileSync(candidate, ["-c", `import ${module}`], { stdio: "ignore" });
      return true;
    } catch {
      return false;
    }
  });
}

/** The reason to skip, or false. */
export function skipWithout(what: string, found: unknown): string | false {
  if (found !== undefined && found !== false) return false;
  if (process.env["HOTPATH_REQUIRE"] === "all") return false;
  return `${what} is not installed`;
}
