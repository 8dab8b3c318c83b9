/**
 * Who may import whom, and that each package declares what it imports.
 *
 * The list below is the architecture: apps → packages, never back, nothing sideways between apps
 * except that the command (`cli`) starts the services.
 */
import { readFileSync } from "node:fs";
import { isBuiltin } from "node:module";
import type { Finding, SourceFile } from "../tidy.ts";

const ALLOWED: Readonly<Record<string, readonly string[]>> = {
  "packages/runtime": [],
  "packages/tables": [],
  "packages/http": ["@hotpath/runtime"],
  "packages/storage": ["@hotpath/runtime"],
  "packages/queue": ["@hotpath/storage", "@hotpath/runtime"],
  "packages/nbody": ["@hotpath/runtime"],
  "apps/gravity": packages("runtime", "http", "storage", "queue", "tables", "nbody"),
  "apps/payments": packages("runtime", "http", "storage", "queue", "tables"),
  "apps/web": packages("nbody"),
  "apps/cli": [
    ...packages("runtime", "http", "storage", "queue", "tables", "nbody"),
    "@hotpath/gravity",
    "@hotpath/payments",
  ],
};

/** packages/nbody reaches the runtime only from its Node thread backend: its core runs in a browser. */
const NBODY_THREADS = "packages/nbody/src/threads/";

function packages(...list: readonly string[]): string[] {
  return list.map((name) => `@hotpath/${name}`);
}

const IMPORT =
  /(?:^|\n)\s*(?:import|export)\s[^"'`;]*?from\s*["']([^"']+)["']|(?:^|\n)\s*import\s*["']([^"']+)["']|\bimport\(\s*["']([^"']+)["']\s*\)/g;

export function arrows(files: readonly SourceFile[]): Finding[] {
  const findings: Finding[] = [];
  for (const file of files) {
    const home =
      /^((?:packages|apps)\/[^/]+)\/(src|bin|test|bench|examples)\/.*\.(?:ts|tsx|js)$/.exec(
        file.path,
      );
    if (home === null) continue;
    const [, folder, part] = home as unknown as [string, string, string];
    const shipped = part === "src" || part === "bin";
    const manifest = manifestOf(folder);
    for (const specifier of importsOf(file.text)) {
      if (specifier.startsWith(".")) {
        if (shipped && leaves(file.path, specifier, folder)) {
          findings.push(
            `${file.path}: imports ${specifier} from outside its package; use the package's name`,
          );
        }
        continue;
      }
      if (isBuiltin(specifier)) continue;
      const name = packageName(specifier);
      if (name === manifest.name) continue;
      if (name.startsWith("@hotpath/")) {
        const allowed = ALLOWED[folder] ?? [];
        if (!allowed.includes(name)) {
          findings.push(
            `${file.path}: ${folder} may not import ${name} (tools/tidy/arrows.ts has the list)`,
          );
        } else if (folder === "packages/nbody" && shipped && !file.path.startsWith(NBODY_THREADS)) {
          findings.push(
            `${file.path}: only ${NBODY_THREADS} may import ${name}; the core runs in a browser`,
          );
        }
      }
      if (shipped && !manifest.declared.has(name)) {
        findings.push(
          `${file.path}: imports ${name}, which ${folder}/package.json does not declare`,
        );
      }
    }
  }
  return findings;
}

export function importsOf(text: string): string[] {
  const code = text.replace(/\/\*[\s\S]*?\*\//g, "");
  return [...code.matchAll(IMPORT)].map((match) => match[1] ?? match[2] ?? match[3] ?? "");
}

function leaves(path: string, specifier: string, folder: string): boolean {
  return !new URL(specifier, `file:///${path}`).pathname.startsWith(`/${folder}/`);
}

function packageName(specifier: string): string {
  return specifier.split("/", specifier.startsWith("@") ? 2 : 1).join("/");
}

interface Manifest {
  readonly name: string;
  readonly declared: ReadonlySet<string>;
}

const manifests = new Map<string, Manifest>();

function manifestOf(folder: string): Manifest {
  let manifest = manifests.get(folder);
  if (manifest === undefined) {
    const json = JSON.parse(readFileSync(`${folder}/package.json`, "utf8")) as Record<
      string,
      unknown
    >;
    const declared = ["dependencies", "peerDependencies", "optionalDependencies"].flatMap((key) =>
      Object.keys((json[key] as Record<string, string> | undefined) ?? {}),
    );
    manifest = { name: String(json["name"]), declared: new Set(declared) };
    manifests.set(folder, manifest);
  }
  return manifest;
}
