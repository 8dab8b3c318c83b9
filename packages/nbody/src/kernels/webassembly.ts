/**
 * The part of the WebAssembly interface that this package uses, typed here because it must compile
 * both without TypeScript's DOM library (Node) and with it (the browser side).
 */

export interface WasmMemory {
  readonly buffer: SharedArrayBuffer;
  grow(pages: number): number;
}

export interface WasmModule {
  readonly [Symbol.toStringTag]?: string;
}

interface WasmInterface {
  readonly Memory: new (descriptor: {
    readonly initial: number;
    readonly maximum: number;
    readonly shared: true;
  }) => WasmMemory;
  readonly Instance: new (
    module: WasmModule,
    imports: { readonly env: { readonly memory: WasmMemory } },
  ) => { readonly exports: object };
  readonly Module: new (bytes: Uint8Array<ArrayBuffer>) => WasmModule;
  compile(bytes: Uint8Array<ArrayBuffer>): Promise<WasmModule>;
}

export const wasm: WasmInterface = (globalThis as unknown as { WebAssembly: WasmInterface })
  .WebAssembly;

export const PAGE_BYTES = 65_536;
