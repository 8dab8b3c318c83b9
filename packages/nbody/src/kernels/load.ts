/**
 * Reads and compiles the WebAssembly kernels, once per thread. In Node the file is read from disk
 * (its fetch does not know file: URLs); everywhere else it is fetched, and bundlers follow the
 * `new URL(…, import.meta.url)` form to ship it.
 */
import { NbodyError } from "../errors.ts";
import { wasm, type WasmModule } from "./webassembly.ts";

/** Compiled modules: cheap to instantiate, and they may be posted to other threads. */
export interface Kernels {
  readonly direct: WasmModule;
  readonly ias15: WasmModule;
  readonly whfast: WasmModule;
}

let loading: Promise<Kernels> | undefined;

/** Resolves to the compiled kernels; the first call does the work. A failed load may be retried. */
export function loadKernels(): Promise<Kernels> {
  loading ??= compileAll().catch((error: unknown) => {
    loading = undefined;
    throw error;
  });
  return loading;
}

async function compileAll(): Promise<Kernels> {
  const [direct, ias15, whfast] = await Promise.all([
    compile(new URL("../../wasm/direct.wasm", import.meta.url)),
    compile(new URL("../../wasm/ias15.wasm", import.meta.url)),
    compile(new URL("../../wasm/whfast.wasm", import.meta.url)),
  ]);
  return { direct, ias15, whfast };
}

async function compile(url: URL): Promise<WasmModule> {
  try {
    return await wasm.compile(await bytesOf(url));
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
