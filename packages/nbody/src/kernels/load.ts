/**
 * Reads and compiles the WebAssembly kernels, once per thread. In Node the file is read from disk
 * (its fetch does not know file: URLs); everywhere else it is fetched, and bundlers follow the
 * `new URL(…, import.meta.url)` form to ship it.
 */
import { NbodyError } from "../errors.ts";
import { compileWide, wideVectorsWanted } from "./wide.ts";
import { wasm, type WasmModule } from "./webassembly.ts";

/** Every module by its name; a new one is added here and below. */
export type KernelName =
  | "direct"
  | "directFast"
  | "ias15"
  | "whfast"
  | "jerk"
  | "hermite4"
  | "preview"
  | "treeBuild"
  | "treeForces";

/** Bundlers find the files by these very expressions. */
const FILES: Readonly<Record<KernelName, URL>> = {
  direct: new URL("../../wasm/direct.wasm", import.meta.url),
  directFast: new URL("../../wasm/direct-fast.wasm", import.meta.url),
  ias15: new URL("../../wasm/ias15.wasm", import.meta.url),
  treeBuild: new URL("../../wasm/tree-build.wasm", import.meta.url),
  treeForces: new URL("../../wasm/tree-forces.wasm", import.meta.url),
  whfast: new URL("../../wasm/whfast.wasm", import.meta.url),
  jerk: new URL("../../wasm/jerk.wasm", import.meta.url),
  hermite4: new URL("../../wasm/hermite4.wasm", import.meta.url),
  preview: new URL("../../wasm/preview.wasm", import.meta.url),
};

/** Compiled modules: cheap to instantiate, and they may be posted to other threads. */
export interface Kernels extends Readonly<Record<KernelName, WasmModule>> {
  /** Vector width that the direct kernels were compiled for. The results do not depend on it. */
  readonly vectorBits: 128 | 256;
}

export interface KernelOptions {
  /** 128 keeps to what WebAssembly promises; the default is 256 after useWideVectors(). */
  readonly vectorBits?: 128 | 256;
}

const loading = new Map<128 | 256, Promise<Kernels>>();

/** Resolves to the compiled kernels; the first call does the work. A failed load may be retried. */
export function loadKernels(options: KernelOptions = {}): Promise<Kernels> {
  const bits = options.vectorBits ?? (wideVectorsWanted() ? 256 : 128);
  let kernels = loading.get(bits);
  if (kernels === undefined) {
    kernels = compileAll(bits).catch((error: unknown) => {
      loading.delete(bits);
      throw error;
    });
    loading.set(bits, kernels);
  }
  return kernels;
}

async function compileAll(bits: 128 | 256): Promise<Kernels> {
  const names = Object.keys(FILES) as KernelName[];
  const compiled = new Map(
    await Promise.all(names.map(async (name) => [name, await compile(FILES[name])] as const)),
  );
  const modules = Object.fromEntries(
    names.map((name) => [name, compiled.get(name)!.module]),
  ) as Record<KernelName, WasmModule>;
  const narrow: Kernels = { ...modules, vectorBits: 128 };
  if (bits === 128) return narrow;
  const direct = await compileWide(compiled.get("direct")!);
  const directFast = direct && (await compileWide(compiled.get("directFast")!));
  if (direct === undefined || directFast === undefined) return narrow;
  return { ...narrow, direct, directFast, vectorBits: 256 };
}

/** A module compiled the ordinary way, with the bytes that it came from. */
export interface CompiledModule {
  readonly module: WasmModule;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

async function compile(url: URL): Promise<CompiledModule> {
  try {
    const bytes = await bytesOf(url);
    return { bytes, module: await wasm.compile(bytes) };
  } catch (cause) {
    throw new NbodyError("kernels-unavailable", `cannot load the kernel ${url.pathname}`, {
      cause,
    });
  }
}

async function bytesOf(url: URL): Promise<Uint8Array<ArrayBuffer>> {
  if (url.protocol === "file:") {
    const { readFile } = globalThis.process.getBuiltinModule("node:fs/promises");
    return new Uint8Array(await readFile(url));
  }
  const response = await fetch(url);
  if (!response.ok) throw new Error(`HTTP status ${response.status}`);
  return new Uint8Array(await response.arrayBuffer());
}
