/** The process's own input and output as the runtime sees them. */
import type { Transport } from "./net.ts";
import { StreamTransport } from "./stream-transport.ts";

export interface StandardStreams {
  /** A new transport on the same input; closing it leaves the input open. */
  input(): Transport;
  output(): Transport;
  error(): Transport;
}

export const nodeStandardStreams: StandardStreams = {
  input: () =>
    new StreamTransport({ readable: process.stdin, name: "standard input", borrowed: true }),
  output: () =>
    new StreamTransport({ writable: process.stdout, name: "standard output", borrowed: true }),
  error: () =>
    new StreamTransport({ writable: process.stderr, name: "standard error", borrowed: true }),
};
