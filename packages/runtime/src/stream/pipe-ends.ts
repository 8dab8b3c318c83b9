/** One-way transports as a reader or a writer: the pipes of processes, standard input and output. */
import type { IoError } from "../io/io-error.ts";
import type { Transport, TransportSink } from "../io/net.ts";
import { ByteReader, READ_AHEAD_BYTES, type ReaderOptions } from "./byte-reader.ts";
import { ByteWriter } from "./byte-writer.ts";

/** What a one-way transport never reports. */
class OneWay implements TransportSink {
  received(_chunk: Uint8Array): void {}
  ended(): void {}
  written(_error: IoError | undefined): void {}
  shut(_error: IoError | undefined): void {}
  failed(_error: IoError): void {}
}

class ReaderSink extends OneWay {
  readonly reader: ByteReader;

  constructor(reader: ByteReader) {
    super();
    this.reader = reader;
  }

  override received(chunk: Uint8Array): void {
    this.reader.received(chunk);
  }

  override ended(): void {
    this.reader.sourceEnded();
  }

  override failed(error: IoError): void {
    this.reader.sourceFailed(error);
  }
}

class WriterSink extends OneWay {
  readonly writer: ByteWriter;

  constructor(writer: ByteWriter) {
    super();
    this.writer = writer;
  }

  override written(error: IoError | undefined): void {
    this.writer.written(error);
  }

  override shut(error: IoError | undefined): void {
    this.writer.shut(error);
  }

  override failed(error: IoError): void {
    this.writer.sinkFailed(error);
  }
}

export function readerOf(
  transport: Transport,
  name: string,
  options: ReaderOptions = {},
): ByteReader {
  const reader = new ByteReader(transport, name, READ_AHEAD_BYTES, options);
  transport.open(new ReaderSink(reader));
  return reader;
}

export function writerOf(transport: Transport, name: string): ByteWriter {
  const writer = new ByteWriter(transport, name);
  transport.open(new WriterSink(writer));
  return writer;
}
