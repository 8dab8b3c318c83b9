/** The thread of `watchdog.ts`: sleeps on the heartbeat, and looks when it stops. */
import { writeSync } from "node:fs";
import { Session, type Debugger, type InspectorNotification } from "node:inspector";
import { workerData, type MessagePort } from "node:worker_threads";
import type { Stall } from "./watchdog.ts";

interface Watch {
  readonly heart: Int32Array;
  readonly stallMs: number;
  readonly port: MessagePort;
  readonly print: boolean;
}

const { heart, stallMs, port, print } = workerData as Watch;
const FRAMES = 8;
/** A look that gets no answer by then is given up: the thread may have become free. */
const ANSWER_MS = 2000;

for (;;) {
  const seen = Atomics.load(heart, 0);
  const stoppedAt = performance.now();
  if (Atomics.wait(heart, 0, seen, stallMs) !== "timed-out") continue;
  const stall = await look(stoppedAt);
  if (stall !== undefined && Atomics.load(heart, 0) === seen) report(stall);
  // One report a stall: wait until the heart beats again.
  Atomics.wait(heart, 0, seen);
}

/** Pauses the main thread, asks it who is running, and lets it go on. */
async function look(stoppedAt: number): Promise<Stall | undefined> {
  const session = new Session();
  session.connectToMainThread();
  try {
    const paused = new Promise<Debugger.CallFrame[]>((resolve) => {
      session.on(
        "Debugger.paused",
        (message: InspectorNotification<Debugger.PausedEventDataType>) =>
          resolve(message.params.callFrames),
      );
    });
    session.post("Debugger.enable");
    session.post("Debugger.pause");
    const frames = await Promise.race([paused, answerTimeout()]);
    if (frames === undefined) return undefined;
    const task = await runningTask(session, frames[0]!.callFrameId);
    session.post("Debugger.resume");
    return {
      task,
      ms: performance.now() - stoppedAt,
      stack: frames.slice(0, FRAMES).map(frameText),
    };
  } finally {
    session.disconnect();
  }
}

function answerTimeout(): Promise<undefined> {
  return new Promise((resolve) => setTimeout(resolve, ANSWER_MS, undefined));
}

function runningTask(session: Session, callFrameId: string): Promise<string> {
  const expression = `globalThis[Symbol.for("hotpath.runtime.runningTask")]()`;
  return new Promise((resolve) => {
    session.post(
      "Debugger.evaluateOnCallFrame",
      { callFrameId, expression },
      (error: Error | null, answer?: { readonly result: { readonly value?: unknown } }) =>
        resolve(error === null ? String(answer?.result.value) : "the program"),
    );
  });
}

function frameText(frame: Debugger.CallFrame): string {
  const { lineNumber, columnNumber = 0 } = frame.location;
  const name = frame.functionName === "" ? "(anonymous)" : frame.functionName;
  return `${name} (${frame.url}:${lineNumber + 1}:${columnNumber + 1})`;
}

function report(stall: Stall): void {
  port.postMessage(stall);
  if (!print) return;
  const took = `${Math.round(stall.ms)} ms`;
  const lines = stall.stack.map((line) => `    at ${line}`).join("\n");
  // Straight to the descriptor: a worker's own stderr goes through the thread that is stalled.
  writeSync(2, `${stall.task} has kept its thread for ${took} without yielding\n${lines}\n`);
}
