/**
 * 256-bit kernels on V8, for whoever asks for them. WebAssembly knows 128-bit vectors only, but V8 can
 * join adjacent pairs of them (revectorization; x64 with AVX2). Strict operations round the same in
 * either width, so that the results are the same bytes. Measured for 1000 bodies on a Zen 4 core with
 * Node 26.10: 0.64 ms against 1.15 ms.
 *
 * The option is experimental, off by default, and belongs to the process: it applies to every
 * WebAssembly module with SIMD that V8 optimises from then on. Hence it is the application's to call
 * useWideVectors(); and what V8 made of our kernel is compared, bit for bit, with the module compiled
 * the ordinary way before loadKernels() hands it out.
 * Switching it on for the compilation of our module alone was tried and rejected: that needs the
 * baseline compiler off for a moment, and V8 14.6 aborts the process when another flag of that kind
 * changes under a compilation.
 */
import { instantiate, type DirectExports } from "./direct-job.ts";
import type { CompiledModule } from "./load.ts";
import { wasm, type WasmModule } from "./webassembly.ts";

let wanted = false;

/**
 * Switches V8's 256-bit vectors on for this process. Call it on every thread that loads kernels, before
 * loadKernels(). False, and nothing done, outside Node, on other processors than x64, and where the
 * environment has HOTPATH_NBODY_WIDE=off.
 */
export function useWideVectors(): boolean {
  const process = (globalThis as { process?: NodeJS.Process }).process;
  if (process?.arch !== "x64" || process.versions["v8"] === undefined) return false;
  if (process.versions["bun"] !== undefined) return false;
  if (process.env["HOTPATH_NBODY_WIDE"] === "off") return false;
  if (!wanted) {
    process.getBuiltinModule("node:v8").setFlagsFromString("--experimental-wasm-revectorize");
    wanted = true;
  }
  return true;
}

export function wideVectorsWanted(): boolean {
  return wanted;
}

/** The module once more, in 256-bit code; undefined where its results are not the same bits. */
export async function compileWide(ordinary: CompiledModule): Promise<WasmModule | undefined> {
  const wide = await wasm.compile(marked(ordinary.bytes));
  return sameBits(ordinary.module, wide) ? wide : undefined;
}

/**
 * The same module with an empty custom section "wide" at its end. V8 keeps one compiled copy for equal
 * bytes, and would otherwise hand out the ordinary one.
 */
function marked(bytes: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  const name = new TextEncoder().encode("wide");
  const result = new Uint8Array(bytes.length + name.length + 3);
  result.set(bytes);
  result.set([0, name.length + 1, name.length, ...name], bytes.length);
  return result;
}

/**
 * The optimising compiler takes over some milliseconds after a function has become hot; the trial is
 * repeated for long enough that its code is among what is compared.
 */
const TRIAL_MS = 40;

function sameBits(ordinary: WasmModule, wide: WasmModule): boolean {
  const expected = trial(ordinary, 0);
  const found = trial(wide, TRIAL_MS);
  return expected.every((word, k) => word === found[k]);
}

const GROUPS = 12;
const PAGES = 2;
const AT = { ring: 16_384, rows: 20_480, soft: 24_576, forces: 32_768 } as const;

/** The forces between 48 irregular bodies, with and without softening of their own, as bits. */
function trial(module: WasmModule, milliseconds: number): BigUint64Array<SharedArrayBuffer> {
  const memory = new wasm.Memory({ initial: PAGES, maximum: 65_536, shared: true });
  const kernel = instantiate(module, memory);
  const rows = new Float64Array(memory.buffer, AT.rows, (GROUPS + 4) * 16);
  const soft = new Float64Array(memory.buffer, AT.soft, (GROUPS + 4) * 4);
  let state = 1;
  const next = (): number => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return state / 2 ** 31 - 1;
  };
  for (let k = 0; k < rows.length; k++) rows[k] = next();
  // The spare groups at the end are massless.
  for (let g = GROUPS; g < GROUPS + 4; g++) rows.fill(0, g * 16 + 12, g * 16 + 16);
  for (let k = 0; k < soft.length; k++) soft[k] = 0.01 + next() ** 2;
  const bytes = (GROUPS + 4) * 128;
  const until = performance.now() + milliseconds;
  do {
    run(kernel, 0, AT.forces);
    run(kernel, AT.soft, AT.forces + bytes);
  } while (performance.now() < until);
  return new BigUint64Array(memory.buffer, AT.forces, (2 * bytes) / 8);
}

function run(kernel: DirectExports, soft: number, forces: number): void {
  const dummy = AT.rows + (GROUPS + 3) * 128;
  kernel.pairs(0, 1, GROUPS, AT.rows, dummy, forces, AT.ring, soft, 1e-3);
}
