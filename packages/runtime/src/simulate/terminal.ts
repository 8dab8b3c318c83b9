/** Standard input and output, and signals, of a simulated process: what a person at a terminal does. */
import type { Transport, TransportSink } from "../io/net.ts";
import type { SignalName, Signals, SignalWatch } from "../io/signals.ts";
import type { StandardStreams } from "../io/standard-streams.ts";
import { currentRuntime } from "../runtime/runtime.ts";
import type { SimulatedNetwork } from "./network.ts";

export class SimulatedTerminal implements StandardStreams, Signals {
  readonly #network: SimulatedNetwork;
  readonly #keyboard: Transport;
  readonly #input: Transport;
  readonly #watchers = new Map<SignalName, Set<() => void>>();
  /** What has been written to standard output. */
  outputText = "";
  /** What has been written to standard error. */
  errorText = "";

  constructor(network: SimulatedNetwork) {
    this.#network = network;
    const pipe = network.pipe("the keyboard");
    this.#keyboard = pipe.near;
    this.#input = pipe.far;
    this.#keyboard.open(new Collector(() => {}));
  }

  /** Types text; the program can read it a moment later. */
  type(text: string): void {
    this.#keyboard.writeText(text, "utf8");
  }

  /** Ends the input (Control-D). */
  endInput(): void {
    this.#keyboard.shutdown();
  }

  /** Sends a signal to the program, as `kill` does; false when it does not watch for it. */
  send(name: SignalName): boolean {
    const watchers = this.#watchers.get(name);
    if (watchers === undefined) return false;
    for (const arrived of watchers) arrived();
    return true;
  }

  input(): Transport {
    return this.#input;
  }

  output(): Transport {
    return this.#screen((text) => (this.outputText += text));
  }

  error(): Transport {
    return this.#screen((text) => (this.errorText += text));
  }

  watch(name: SignalName, arrived: () => void): SignalWatch {
    const watchers = this.#watchers.get(name) ?? new Set();
    this.#watchers.set(name, watchers.add(arrived));
    const stop = (): void => {
      watchers.delete(arrived);
      if (watchers.size === 0) this.#watchers.delete(name);
    };
    return { stop, keepAlive: () => {} };
  }

  #screen(print: (text: string) => void): Transport {
    const { near, far } = this.#network.pipe("the screen");
    far.open(new Collector(print));
    far.readStart();
    return near;
  }
}

/** Takes everything that arrives. */
class Collector implements TransportSink {
  readonly #print: (text: string) => void;
  readonly #decoder = new TextDecoder();

  constructor(print: (text: string) => void) {
    this.#print = print;
  }

  received(chunk: Uint8Array): void {
    this.#print(this.#decoder.decode(chunk, { stream: true }));
  }

  ended(): void {}
  written(): void {}
  shut(): void {}
  failed(): void {}
}

/** The terminal of the simulation in which the caller runs. */
export function simulatedTerminal(): SimulatedTerminal {
  const { stdio } = currentRuntime().io;
  if (stdio instanceof SimulatedTerminal) return stdio;
  throw new TypeError("There is a simulated terminal only inside simulate()");
}
