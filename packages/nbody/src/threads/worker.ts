/** A worker of force-threads.ts: runs shares of whatever job is open. Same file for Node and browsers. */
import { instantiate, jobNumbers, runShare } from "../kernels/direct-job.ts";
import { TreeShares, type TreeAttachment } from "../tree/tree-job.ts";
import type { WasmMemory, WasmModule } from "../kernels/webassembly.ts";
import { shareDone, SPINS, takeShare, WORD, type Control } from "./control.ts";

export type ToWorker =
  | { readonly kind: "start"; readonly control: Control }
  | {
      readonly kind: "attach";
      readonly attachment: number;
      readonly module: WasmModule;
      readonly memory: WasmMemory;
      readonly job: number;
    }
  | { readonly kind: "attach-tree"; readonly attachment: number; readonly tree: TreeAttachment }
  | { readonly kind: "detach"; readonly attachment: number };

export type FromWorker = { readonly kind: "attached"; readonly attachment: number };

/** A job's side on this thread. */
interface Attachment {
  run(share: number): void;
}

interface Port {
  post(message: FromWorker): void;
  receive(handler: (message: ToWorker) => void): void;
}

const attachments = new Map<number, Attachment>();
const port = openPort();

port.receive((message) => {
  switch (message.kind) {
    case "start":
      void serve(message.control);
      break;
    case "attach": {
      const { attachment, module, memory, job } = message;
      const kernel = instantiate(module, memory);
      const numbers = jobNumbers(memory, job);
      attachments.set(attachment, { run: (share) => runShare(kernel, numbers, share) });
      port.post({ kind: "attached", attachment });
      break;
    }
    case "attach-tree":
      attachments.set(message.attachment, new TreeShares(message.tree));
      port.post({ kind: "attached", attachment: message.attachment });
      break;
    case "detach":
      attachments.delete(message.attachment);
      break;
  }
});

function openPort(): Port {
  const process = (globalThis as { process?: NodeJS.Process }).process;
  const threads = process?.getBuiltinModule?.("node:worker_threads");
  const { parentPort } = threads ?? {};
  if (parentPort !== undefined && parentPort !== null) {
    return {
      post: (message) => parentPort.postMessage(message),
      receive: (handler) => parentPort.on("message", handler),
    };
  }
  const scope = globalThis as unknown as {
    postMessage(message: FromWorker): void;
    addEventListener(kind: "message", listener: (event: { data: ToWorker }) => void): void;
  };
  return {
    post: (message) => scope.postMessage(message),
    receive: (handler) => scope.addEventListener("message", (event) => handler(event.data)),
  };
}

/** Works on every job; between jobs it looks for a while, then sleeps where messages still arrive. */
async function serve(control: Control): Promise<void> {
  let seen = 0;
  while (Atomics.load(control, WORD.closing) === 0) {
    const generation = Atomics.load(control, WORD.generation);
    if (generation !== seen) {
      seen = generation;
      work(control);
      continue;
    }
    if (spin(control, seen)) continue;
    const wait = Atomics.waitAsync(control, WORD.generation, seen);
    if (wait.async) await wait.value;
  }
}

function spin(control: Control, seen: number): boolean {
  for (let k = 0; k < SPINS; k++) {
    if (Atomics.load(control, WORD.generation) !== seen) return true;
  }
  return false;
}

function work(control: Control): void {
  for (let share = takeShare(control); share !== undefined; share = takeShare(control)) {
    try {
      attachments.get(Atomics.load(control, WORD.attachment))!.run(share);
    } catch {
      Atomics.store(control, WORD.failed, 1);
    }
    shareDone(control);
  }
}
