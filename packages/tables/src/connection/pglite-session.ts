/**
 * PGlite's one connection as a session.
 *
 * COPY out takes the bytes of the protocol, so the same decoder reads them. A slow reader gets its rows
 * from a binary cursor, a page at a time, because PGlite runs a whole statement before it returns. COPY in
 * goes through PGlite's `/dev/blob`, in blobs of BLOB_BYTES within one transaction.
 */
import type { PGlite, ParserOptions, SerializerOptions } from "@electric-sql/pglite";
import { TablesError } from "../errors.ts";
import type { CopyQuery, CopySink, CopySource, OnMessage, QueryResult } from "./driver.ts";
import {
  completedRows,
  COPY_HEADER,
  COPY_TRAILER,
  errorFields,
  MESSAGE,
  queryMessage,
} from "./message-reader.ts";
import { serverError } from "./server-error.ts";
import type { PooledSession } from "./session-pool.ts";
import { assertParameterCount, CODECS_BY_OID, encodeParameter } from "./value-text.ts";

const parsers: ParserOptions = {};
const serializers: SerializerOptions = {};
for (const [oid, codec] of CODECS_BY_OID) {
  parsers[oid] = (text) => codec.decode(text);
  serializers[oid] = (value: unknown) => encodeParameter(value, codec);
}

const BLOB_BYTES = 4 << 20;
const PAGE_ROWS = 4096;
const CURSOR = "hotpath_copy_out";

export class PgliteSession implements PooledSession {
  readonly kind = "pglite";
  readonly #pglite: PGlite;

  constructor(pglite: PGlite) {
    this.#pglite = pglite;
  }

  get broken(): boolean {
    return this.#pglite.closed;
  }

  async query(
    text: string,
    parameters: readonly unknown[],
    signal?: AbortSignal,
  ): Promise<QueryResult> {
    signal?.throwIfAborted();
    assertParameterCount(parameters);
    const command = verb(text);
    if (command === "COMMIT") return { rows: [], command: await this.#commit(), count: undefined };
    try {
      const result = await this.#pglite.query(text, [...parameters], { parsers, serializers });
      const count = command === "SELECT" ? result.rows.length : result.affectedRows;
      return { rows: result.rows as Record<string, unknown>[], command, count };
    } catch (error) {
      throw serverError(error, "Cannot run a statement");
    }
  }

  async script(text: string): Promise<void> {
    try {
      await this.#pglite.exec(text);
    } catch (error) {
      throw serverError(error, "Cannot run a script");
    }
  }

  async copyOut(query: CopyQuery, sink: CopySink, signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted();
    if (!sink.slow) {
      await this.#raw(query.copy, sink);
      return;
    }
    sink.bareRows();
    await this.#inTransaction(async () => {
      await this.script(`DECLARE ${CURSOR} BINARY NO SCROLL CURSOR FOR ${query.select}`);
      let fetched: number;
      do {
        signal?.throwIfAborted();
        fetched = await this.#raw(`FETCH ${PAGE_ROWS} FROM ${CURSOR}`, sink);
      } while (fetched === PAGE_ROWS);
      await this.script(`CLOSE ${CURSOR}`);
    });
  }

  async copyIn(text: string, source: CopySource, signal?: AbortSignal): Promise<number> {
    signal?.throwIfAborted();
    const statement = text.replace(
      /FROM STDIN \(FORMAT binary\)$/,
      "FROM '/dev/blob' (FORMAT binary)",
    );
    return await this.#inTransaction(async () => {
      let rowCount = 0;
      let parts: Uint8Array<ArrayBuffer>[] = [];
      let size = 0;
      const send = async (): Promise<void> => {
        const blob = new Blob([
          new Uint8Array(COPY_HEADER),
          ...parts,
          new Uint8Array(COPY_TRAILER),
        ]);
        parts = [];
        size = 0;
        const result = await this.#pglite.query(statement, [], { blob });
        rowCount += result.affectedRows ?? 0;
      };
      for (let rows = await source.next(); rows !== undefined; rows = await source.next()) {
        signal?.throwIfAborted();
        parts.push(new Uint8Array(rows));
        size += rows.length;
        if (size >= BLOB_BYTES) await send();
      }
      await send();
      return rowCount;
    });
  }

  async close(): Promise<void> {}

  /** @returns the server's tag: ROLLBACK when an earlier statement of the transaction had failed */
  async #commit(): Promise<string> {
    const { messages } = await this.#pglite.runExclusive(() =>
      this.#pglite.execProtocol(queryMessage("COMMIT")),
    );
    const complete = messages.find((message) => message.name === "commandComplete");
    return complete !== undefined && "text" in complete ? String(complete.text) : "COMMIT";
  }

  /** Runs one statement by the simple protocol and gives what the server answers to the sink. */
  async #raw(text: string, sink: CopySink): Promise<number> {
    let failure: { readonly error: unknown } | undefined;
    let rowCount = 0;
    let waiting: Promise<void> | undefined;
    const onMessage: OnMessage = (type, body) => {
      if (type === MESSAGE.complete) rowCount = completedRows(body);
      else if (type === MESSAGE.error) {
        failure ??= { error: serverError(errorFields(body), "Cannot copy out") };
      }
    };
    const onRawData = (bytes: Uint8Array): void => {
      if (failure !== undefined) return;
      try {
        waiting = sink.push(bytes, onMessage) ?? waiting;
      } catch (error) {
        // It must not travel through the frames of the WebAssembly that calls us.
        failure = { error };
      }
    };
    const message = queryMessage(text);
    await this.#pglite.runExclusive(() =>
      this.#pglite.execProtocolRawStream(message, { onRawData }),
    );
    if (failure !== undefined) throw failure.error;
    await waiting;
    return rowCount;
  }

  async #inTransaction<Value>(body: () => Promise<Value>): Promise<Value> {
    const own = !this.#pglite.isInTransaction();
    if (own) await this.script("BEGIN");
    try {
      const value = await body();
      if (own) await this.script("COMMIT");
      return value;
    } catch (error) {
      if (own) await this.script("ROLLBACK");
      throw error instanceof TablesError || isReason(error)
        ? error
        : serverError(error, "Cannot copy");
    }
  }
}

/** Whether it is not an error of the database: a signal's reason, a misuse. */
function isReason(error: unknown): boolean {
  return !(error instanceof Error && "severity" in error);
}

function verb(text: string): string {
  return /^\s*(\w+)/.exec(text)?.[1]?.toUpperCase() ?? "";
}
