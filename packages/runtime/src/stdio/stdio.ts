/**
 * Standard input, output and error: one reader and two writers per runtime.
 *
 * Input is received only while somebody waits for it, so a program that has stopped reading can end.
 */
import { currentRuntime, type Runtime } from "../runtime/runtime.ts";
import type { ByteReader } from "../stream/byte-reader.ts";
import type { ByteWriter } from "../stream/byte-writer.ts";
import { readerOf, writerOf } from "../stream/pipe-ends.ts";

interface Ends {
  input?: ByteReader;
  output?: ByteWriter;
  error?: ByteWriter;
}

const endsOf = new WeakMap<Runtime, Ends>();

function ends(): Ends {
  const runtime = currentRuntime();
  let found = endsOf.get(runtime);
  if (found === undefined) endsOf.set(runtime, (found = {}));
  return found;
}

export function stdin(): ByteReader {
  const { io } = currentRuntime();
  return (ends().input ??= readerOf(io.stdio.input(), "standard input", { lazy: true }));
}

/** `await stdout().write("text\n")`: with backpressure, where console.log has none. */
export function stdout(): ByteWriter {
  const { io } = currentRuntime();
  return (ends().output ??= writerOf(io.stdio.output(), "standard output"));
}

export function stderr(): ByteWriter {
  const { io } = currentRuntime();
  return (ends().error ??= writerOf(io.stdio.error(), "standard error"));
}
