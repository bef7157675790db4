import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { init, type WrappedPdfiumModule } from "@embedpdf/pdfium";
import { messageOf } from "../../kernel/errors/failure.ts";
import { fail, type Result } from "../../kernel/result.ts";
import { limits } from "./limits.ts";

/**
 * One instance of the PDF engine: pdfium in WebAssembly with its own memory. A hostile PDF can trap it, never leave it;
 * after a trap the instance is `broken` and must be thrown away, because its memory is in an unknown state.
 */
export interface Instance {
  readonly api: WrappedPdfiumModule;
  readonly memory: Memory;
  readonly broken: boolean;
  /** Runs calls into the engine. A trap becomes `K-BIND-138` and breaks the instance; any other throw is a bug and passes. */
  guard<T>(work: () => Result<T>): Result<T>;
}

/** Views into the engine's memory. They are made anew on each use, since growing the memory replaces its buffer. */
export interface Memory {
  /** Bytes that the engine's memory takes now; it never shrinks. */
  sizeBytes(): number;
  /** A place of `bytes` bytes, filled with zeros; 0 when there is no room. The caller frees it. */
  allocate(bytes: number): number;
  /** The same without filling it: there may be anything in it. */
  allocateUnfilled(bytes: number): number;
  free(address: number): void;
  write(address: number, bytes: Uint8Array): void;
  /** A view, valid until the engine is called again: its memory may grow and be replaced. */
  view(address: number, bytes: number): Uint8Array;
  /** A copy. */
  read(address: number, bytes: number): Uint8Array;
  double(address: number): number;
  float(address: number): number;
  int32(address: number): number;
}

/** Compiles and starts an engine (about 100 ms). The engine's bytes come from the package, never from a network. */
export async function startInstance(): Promise<Instance> {
  const file = createRequire(import.meta.url).resolve("@embedpdf/pdfium/pdfium.wasm");
  const bytes = await readFile(file);
  const wasmBinary = new Uint8Array(bytes).buffer;
  const quiet = { print: () => {}, printErr: () => {} };
  const api = await init({ wasmBinary, ...quiet });
  capMemory(api);
  api.PDFiumExt_Init();
  let broken = false;
  return {
    api,
    memory: memoryOf(api),
    get broken() {
      return broken;
    },
    guard(work) {
      if (broken) return fail("K-BIND-138", { why: "the engine broke on an earlier call" });
      try {
        return work();
      } catch (thrown) {
        if (!isTrap(thrown)) throw thrown;
        broken = true;
        return fail("K-BIND-138", { why: "the engine trapped", trap: messageOf(thrown).slice(0, 200) });
      }
    },
  };
}

/** The part of WebAssembly.Memory that is needed here; the language's library has no types for it. */
interface WasmMemory {
  readonly buffer: ArrayBuffer;
  grow(pages: number): number;
}
const WASM_PAGE_BYTES = 65_536;

/** Lets the engine's memory grow to `limits.engineBytes` and no further. The engine takes it as being out of memory. */
function capMemory(api: WrappedPdfiumModule): void {
  const { memory } = api.pdfium.wasmExports as unknown as { readonly memory: WasmMemory };
  const grow = memory.grow.bind(memory);
  memory.grow = (pages) => {
    if (memory.buffer.byteLength + pages * WASM_PAGE_BYTES > limits.engineBytes) throw new RangeError("memory limit");
    return grow(pages);
  };
}

/** A WebAssembly trap or abort, or a stack that the page made too deep. */
function isTrap(thrown: unknown): boolean {
  if (!(thrown instanceof Error)) return false;
  // WebAssembly.RuntimeError, by its name: the language's library has no types for WebAssembly without those of browsers.
  if (thrown.name === "RuntimeError") return true;
  return thrown instanceof RangeError && /call stack|memory/i.test(thrown.message);
}

function memoryOf(api: WrappedPdfiumModule): Memory {
  const { wasmExports } = api.pdfium;
  // The package's types leave out the heap views that its module has.
  const module = api.pdfium as unknown as { readonly HEAPU8: Uint8Array };
  const heap = (): Uint8Array => module.HEAPU8;
  const view = (): DataView => new DataView(heap().buffer);
  return {
    sizeBytes: () => heap().byteLength,
    allocate(bytes) {
      const address = wasmExports.malloc(bytes);
      if (address !== 0) heap().fill(0, address, address + bytes);
      return address;
    },
    allocateUnfilled: (bytes) => wasmExports.malloc(bytes),
    free: (address) => wasmExports.free(address),
    write: (address, bytes) => heap().set(bytes, address),
    view: (address, bytes) => heap().subarray(address, address + bytes),
    read: (address, bytes) => heap().slice(address, address + bytes),
    double: (address) => view().getFloat64(address, true),
    float: (address) => view().getFloat32(address, true),
    int32: (address) => view().getInt32(address, true),
  };
}
