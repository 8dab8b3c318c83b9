/** The part of WebAssembly that this package uses: TypeScript declares it only for browsers. */

/** Can be sent to another thread, which then shares it. */
export interface SharedMemory {
  readonly buffer: SharedArrayBuffer;
}

/** A compiled module; can be sent to another thread. */
export type WasmModule = object;

interface WebAssemblyNamespace {
  readonly Module: new (bytes: Uint8Array) => WasmModule;
  readonly Instance: new (
    module: WasmModule,
    imports: { readonly env: { readonly memory: SharedMemory } },
  ) => { readonly exports: object };
  readonly Memory: new (limits: {
    readonly initial: number;
    readonly maximum: number;
    readonly shared: true;
  }) => SharedMemory;
}

export const wasm: WebAssemblyNamespace = (
  globalThis as unknown as { readonly WebAssembly: WebAssemblyNamespace }
).WebAssembly;

export const WASM_PAGE_BYTES = 65_536;
