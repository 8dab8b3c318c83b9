/** Signals to this process as the runtime sees them. Counting is in `../signal/`. */

export type SignalName = NodeJS.Signals;

export interface SignalWatch {
  /** Stops watching; the signal then does again what it did before. */
  stop(): void;
  /** Whether the process stays alive for the sake of this signal. At first: no. */
  keepAlive(on: boolean): void;
}

export interface Signals {
  /** Calls `arrived` for every signal of that name, from a callback of the host. */
  watch(name: SignalName, arrived: () => void): SignalWatch;
}

/** Longer than any timer may be: it never fires. */
const FOREVER_MS = 2 ** 31 - 1;

export const nodeSignals: Signals = {
  watch: (name, arrived) => {
    let timer: NodeJS.Timeout | undefined;
    process.on(name, arrived);
    return {
      stop: () => {
        process.off(name, arrived);
        clearInterval(timer);
      },
      keepAlive: (on) => {
        // Node does not stay alive for a signal handler; a timer makes it.
        if (on) timer ??= setInterval(() => {}, FOREVER_MS);
        else {
          clearInterval(timer);
          timer = undefined;
        }
      },
    };
  },
};
