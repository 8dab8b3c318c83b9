/**
 * A worker thread: takes one order at a time, integrates the particles in the memory that it shares with
 * the service, records frames, reports progress.
 *
 * The particles belong to this thread from the order until its outcome. Between, it looks at the order's
 * control word after every batch of steps; a batch is as many steps as fit about BATCH_MS.
 */
import { parentPort } from "node:worker_threads";
import {
  kineticEnergy,
  NbodyError,
  potentialEnergy,
  useWideVectors,
  type System,
  type Units,
} from "@hotpath/nbody";
import { writeCheckpoint } from "../trajectory/checkpoint-file.ts";
import { FrameWriter } from "../trajectory/frame-file.ts";
import { restored, systemFor, type OrderSystem } from "./order-system.ts";
import {
  CONTROL,
  type Failure,
  type Order,
  type Outcome,
  type Progress,
  type WorkerMessage,
} from "./order.ts";

/** A cancel is seen within about this time; reading the control word this rarely costs nothing. */
const BATCH_MS = 20;
const PROGRESS_INTERVAL_MS = 100;
/** Relative error of a float64 sum over all pairs. */
const ROUNDING = 1e-14;
/** What a kill -9 costs at most. */
const CHECKPOINT_INTERVAL_MS = 5_000;

// Twice the speed for the same bytes. The flag is the whole process's; the only other WebAssembly with SIMD
// in it is the COPY codec of @hotpath/tables, whose tests pass with it: PGlite's modules have none.
useWideVectors();

const port = parentPort;
if (port === null) throw new Error("worker.ts runs on a worker thread");
const send = (message: WorkerMessage): void => port.postMessage(message);

port.on("message", (order: Order) => {
  execute(order).then(send, (error: unknown) => {
    send({ kind: "failed", message: error instanceof Error ? error.message : String(error) });
  });
});

async function execute(order: Order): Promise<Outcome | Failure> {
  const made = await systemFor(order);
  const { system } = made;
  const writer = frameWriter(order, system.stepsDone);
  const run = new Run(order, made, writer);
  try {
    return run.toEnd();
  } catch (error) {
    if (!(error instanceof NbodyError && error.step !== undefined)) throw error;
    return await run.failure(error, error.step);
  } finally {
    writer?.close();
    system.close();
  }
}

function frameWriter(order: Order, step: number): FrameWriter | undefined {
  if (order.framePath === undefined || order.snapshotEvery === 0) return undefined;
  const keep = step === 0 ? 0 : 1 + Math.floor(step / order.snapshotEvery);
  return new FrameWriter(order.framePath, order.n, keep);
}

class Run {
  readonly #order: Order;
  readonly #system: System;
  readonly #writer: FrameWriter | undefined;
  readonly #initialEnergy: number;
  readonly #bouncesBefore: number;
  #last: Progress;
  #reportedAt = -Infinity;
  #savedAt = performance.now();
  #batch = 1;

  constructor(order: Order, made: OrderSystem, writer: FrameWriter | undefined) {
    const { system } = made;
    this.#order = order;
    this.#system = system;
    this.#writer = writer;
    this.#bouncesBefore = made.bouncesBefore;
    const { step, time, kinetic, potential } = energyOf(system, order.units);
    this.#initialEnergy = made.initialEnergy ?? kinetic + potential;
    this.#last = this.#progress({ step, time, kinetic, potential });
    if (writer !== undefined && writer.count === 0) this.#record();
  }

  toEnd(): Outcome {
    const { steps, control } = this.#order;
    while (this.#system.stepsDone < steps) {
      if (Atomics.load(control, 0) === CONTROL.stop) {
        this.#save();
        return this.#outcome("stopped");
      }
      this.#advance();
      if (performance.now() - this.#savedAt > CHECKPOINT_INTERVAL_MS) this.#save();
    }
    return this.#outcome("finished");
  }

  /** What became of a run that threw; its last good checkpoint becomes the file's. */
  async failure(error: NbodyError, step: number): Promise<Failure> {
    const { code, message, checkpoint } = error;
    const { id } = this.#system.bodies;
    const reason = { code, step, particles: error.bodies.map((i) => id[i]!), checkpointStep: null };
    if (checkpoint === undefined) return { kind: "failed", message, reason };
    const { bodies, stepsDone, time } = await restored(this.#order, checkpoint);
    this.#write(checkpoint);
    return {
      kind: "failed",
      message,
      reason: { ...reason, checkpointStep: stepsDone },
      lastGood: { bodies: bodies.handle, step: stepsDone, time },
    };
  }

  #outcome(kind: Outcome["kind"]): Outcome {
    this.#last = this.#measure();
    const { bodies, forces } = this.#system;
    const forceError = "expectedError" in forces ? Number(forces.expectedError) : ROUNDING;
    return { kind, forces: forces.name, forceError, bodies: bodies.handle, last: this.#last };
  }

  #save(): void {
    if (this.#order.checkpointPath === undefined) return;
    this.#write(this.#system.checkpoint());
    this.#savedAt = performance.now();
  }

  #write(system: Uint8Array): void {
    const path = this.#order.checkpointPath;
    if (path === undefined) return;
    const initialEnergy = this.#initialEnergy;
    writeCheckpoint(path, { initialEnergy, bouncesBefore: this.#bouncesBefore, system });
  }

  /** One batch, up to the next frame at most. */
  #advance(): void {
    const { steps, snapshotEvery } = this.#order;
    const done = this.#system.stepsDone;
    const frameAt =
      snapshotEvery === 0 ? steps : Math.min(steps, done - (done % snapshotEvery) + snapshotEvery);
    const count = Math.min(this.#batch, frameAt - done);
    const startedAt = performance.now();
    this.#system.step(count);
    const took = performance.now() - startedAt;
    if (took < BATCH_MS / 2) this.#batch = Math.min(this.#batch * 2, 1 << 20);
    else if (took > BATCH_MS) this.#batch = Math.max(1, this.#batch >> 1);
    if (done + count === frameAt && this.#writer !== undefined) {
      this.#last = this.#measure();
      this.#record();
    }
    if (performance.now() - this.#reportedAt > PROGRESS_INTERVAL_MS) this.#report();
  }

  #record(): void {
    const { step, time, energyError } = this.#last;
    this.#writer!.append(this.#system.bodies, { step, time, energyError });
    this.#last = { ...this.#last, frames: this.#writer!.count };
  }

  /** Energies are as of the last frame: measuring them costs as much as a step. */
  #report(): void {
    this.#reportedAt = performance.now();
    const { stepsDone: step, time } = this.#system;
    send({ ...this.#last, ...this.#collided(), step, time });
  }

  #collided(): Pick<Progress, "merged" | "bounces"> {
    const { bodies, collisions } = this.#system;
    return {
      merged: this.#order.n - bodies.n,
      bounces: this.#bouncesBefore + collisions.bounces,
    };
  }

  #measure(): Progress {
    return this.#progress(energyOf(this.#system, this.#order.units));
  }

  #progress({ step, time, kinetic, potential }: Energy): Progress {
    const initial = this.#initialEnergy;
    const energyError = Math.abs(kinetic + potential - initial) / (Math.abs(initial) || 1);
    const frames = this.#writer?.count ?? 0;
    return {
      kind: "progress",
      step,
      time,
      frames,
      energyError,
      ...this.#collided(),
      kinetic,
      potential,
      initialEnergy: initial,
    };
  }
}

interface Energy {
  readonly step: number;
  readonly time: number;
  readonly kinetic: number;
  readonly potential: number;
}

function energyOf({ bodies, stepsDone: step, time }: System, units: Units): Energy {
  return { step, time, kinetic: kineticEnergy(bodies), potential: potentialEnergy(bodies, units) };
}
