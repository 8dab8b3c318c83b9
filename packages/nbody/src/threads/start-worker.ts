/** One worker, behind the same few calls in Node and in a browser. */
import { NbodyError } from "../errors.ts";
import type { FromWorker, ToWorker } from "./worker.ts";

export interface WorkerHandle {
  post(message: ToWorker): void;
  /** Resolves when the worker has the bodies and the kernel. */
  attach(message: Extract<ToWorker, { kind: "attach" | "attach-tree" }>): Promise<void>;
  end(): Promise<void>;
}

/** The little of a browser's Worker that is used; this package compiles without the DOM library. */
declare class Worker {
  constructor(url: URL, options: { readonly type: "module" });
  postMessage(message: ToWorker): void;
  addEventListener(kind: "message", listener: (event: { readonly data: FromWorker }) => void): void;
  addEventListener(kind: "error", listener: (event: { readonly message?: string }) => void): void;
  terminate(): void;
}

export function startWorker(): Promise<WorkerHandle> {
  const process = (globalThis as { process?: NodeJS.Process }).process;
  const inNode = process?.versions?.node !== undefined;
  return Promise.resolve(inNode ? startNodeWorker(process!) : startWebWorker());
}

type Waiting = Map<number, { resolve: () => void; reject: (error: NbodyError) => void }>;

function settle(waiting: Waiting, message: FromWorker): void {
  waiting.get(message.attachment)?.resolve();
  waiting.delete(message.attachment);
}

function failAll(waiting: Waiting, cause: unknown): void {
  const error = new NbodyError("threads-lost", "a worker thread could not start", { cause });
  for (const { reject } of waiting.values()) reject(error);
  waiting.clear();
}

function startNodeWorker(process: NodeJS.Process): WorkerHandle {
  const threads = process.getBuiltinModule("node:worker_threads");
  const worker = new threads.Worker(new URL("./worker.ts", import.meta.url));
  const waiting: Waiting = new Map();
  worker.unref();
  worker.on("message", (message: FromWorker) => settle(waiting, message));
  worker.on("error", (cause) => failAll(waiting, cause));
  return {
    post: (message) => worker.postMessage(message),
    async attach(message) {
      worker.ref();
      try {
        await new Promise<void>((resolve, reject) => {
          waiting.set(message.attachment, { resolve, reject });
          worker.postMessage(message);
        });
      } finally {
        worker.unref();
      }
    },
    async end() {
      await worker.terminate();
    },
  };
}

function startWebWorker(): WorkerHandle {
  const worker = new Worker(new URL("./worker.ts", import.meta.url), { type: "module" });
  const waiting: Waiting = new Map();
  worker.addEventListener("message", (event) => settle(waiting, event.data));
  worker.addEventListener("error", (event) => failAll(waiting, event.message));
  return {
    post: (message) => worker.postMessage(message),
    attach: (message) =>
      new Promise<void>((resolve, reject) => {
        waiting.set(message.attachment, { resolve, reject });
        worker.postMessage(message);
      }),
    end() {
      worker.terminate();
      return Promise.resolve();
    },
  };
}
