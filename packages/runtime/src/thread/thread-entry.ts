/**
 * The program of a pool's thread: takes calls, runs each as a task, and says how it ended.
 *
 * Calls are tasks of this thread's runtime, so everything a task can do works here: spawn, channels,
 * timeouts, cancellation. While a call blocks the thread (`lockSync`), its messages are read from there,
 * so that cancellation reaches it; what is to be started waits until the event loop is free, and may be
 * stolen meanwhile.
 */
import { parentPort, receiveMessageOnPort, workerData } from "node:worker_threads";
import { whenCommanded } from "../across/doorbell.ts";
import { Roster } from "../across/roster.ts";
import "../across/all.ts";
import { RuntimeError, assert } from "../errors.ts";
import { hostRuntime } from "../runtime/runtime.ts";
import { spawnIn, type RunningTask } from "../task/task.ts";
import { cloneFailure } from "./call.ts";
import { pack, transfersOf, unpack } from "./crossing.ts";
import { findDefinition, type TaskDefinition } from "./define-task.ts";
import { decodeError, encodeError } from "./error-codec.ts";
import { finishImport, startImport } from "./importing.ts";
import { HUNGRY, type FromThread, type ThreadData, type ToThread } from "./messages.ts";
import { markPoolThread } from "./place.ts";

type Start = Extract<ToThread, { readonly kind: "start" }>;

const data = workerData as ThreadData;
assert(parentPort !== null, "this module is the entry of a worker");
const port = parentPort;
const offers = new Int32Array(data.offers);
const roster = Roster.adopt(data.roster, data.seat);
const runtime = hostRuntime();
const running = new Map<number, RunningTask>();
/** Calls that were cancelled while their module was being imported. */
const cancelledEarly = new Map<number, unknown>();
const postponed: Start[] = [];

markPoolThread();
whenCommanded(readWhileBlocked);
port.on("message", receive);

function receive(message: ToThread): void {
  if (message.kind === "start") start(message);
  else if (message.kind === "cancel") cancel(message.id, decodeError(message.reason));
  else roster.pong(message.count);
}

function readWhileBlocked(): void {
  for (;;) {
    const received = receiveMessageOnPort(port) as { readonly message: ToThread } | undefined;
    if (received === undefined) return;
    const { message } = received;
    if (message.kind !== "start") receive(message);
    else if (postponed.push(message) === 1) setImmediate(startPostponed);
  }
}

function startPostponed(): void {
  for (const message of postponed.splice(0)) start(message);
}

function start(message: Start): void {
  const { id, slot } = message;
  if (Atomics.compareExchange(offers, slot, id, 0) !== id) return;
  const definition = findDefinition(message.module, message.name);
  if (definition === undefined) void importAndRun(message);
  else run(message, definition);
  // What was started is parked, or has ended, when the event loop comes round.
  setImmediate(() => {
    if (Atomics.load(offers, HUNGRY) === 1) post({ kind: "more" });
  });
}

async function importAndRun(message: Start): Promise<void> {
  const { id, module, name, caller } = message;
  startImport(module);
  try {
    await import(module);
  } catch (error) {
    post({ kind: "failed", id, error: encodeError(importFailure(module, caller, error)) });
    return;
  } finally {
    finishImport(module);
  }
  const definition = findDefinition(module, name);
  if (definition !== undefined) return run(message, definition);
  const error = new RuntimeError(
    "THREAD",
    `Cannot run "${name}", called by ${caller}: ${module} does not define it at its top level`,
  );
  post({ kind: "failed", id, error: encodeError(error) });
}

function importFailure(module: string, caller: string, cause: unknown): unknown {
  if (cause instanceof RuntimeError) return cause;
  return new RuntimeError("THREAD", `Cannot import ${module} for ${caller} on a thread`, { cause });
}

function run(message: Start, definition: TaskDefinition): void {
  const { id } = message;
  const task = spawnIn(runtime.root, () => perform(message, definition), message.name);
  task.observed = true;
  running.set(id, task);
  if (cancelledEarly.has(id)) {
    task.abort(cancelledEarly.get(id));
    cancelledEarly.delete(id);
  }
  void task.untilEnded(false).then(() => {
    running.delete(id);
    if (task.phase === "done") reply(message, definition, task.result);
    else post({ kind: "failed", id, error: encodeError(task.result) });
  });
}

async function perform(message: Start, definition: TaskDefinition): Promise<unknown> {
  const body = definition.body as (...args: unknown[]) => unknown;
  const args = message.args.map((arg) => unpack(arg));
  if (!message.each) return body(...args);
  const results: unknown[] = [];
  for (const arg of args) {
    results.push(await body(arg));
    await runtime.done();
  }
  return results;
}

function reply(message: Start, definition: TaskDefinition, value: unknown): void {
  const { id, each } = message;
  const values = each ? (value as unknown[]) : [value];
  const packed = values.map((one) => pack(one));
  try {
    port.postMessage(
      { kind: "done", id, value: each ? packed : packed[0] } satisfies FromThread,
      transfersOf(values),
    );
  } catch (error) {
    post({
      kind: "failed",
      id,
      error: encodeError(cloneFailure(error, definition, message.caller)),
    });
  }
}

function cancel(id: number, reason: unknown): void {
  const task = running.get(id);
  if (task === undefined) cancelledEarly.set(id, reason);
  else task.abort(reason);
}

function post(message: FromThread): void {
  port.postMessage(message);
}
