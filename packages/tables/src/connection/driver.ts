/**
 * The small interface that every PostgreSQL behind this package implements: a server reached over a
 * socket (postgres-driver.ts) and PGlite in this process (pglite-driver.ts). test/connection has one
 * conformance suite for both.
 */

export interface QueryResult {
  readonly rows: Record<string, unknown>[];
  /** The command tag's verb: "SELECT", "INSERT", "COMMIT", "ROLLBACK", … */
  readonly command: string;
  /** Rows selected or changed; undefined for commands that count none. */
  readonly count: number | undefined;
}

/** Takes the payload of a COPY … TO STDOUT in pieces of any size. What it throws ends the COPY. */
export interface CopySink {
  write(payload: Uint8Array): void | Promise<void>;
}

/**
 * One connection to the database, used by one caller at a time.
 *
 * 1. Calls are made one after the other; a session runs one thing at a time.
 * 2. When the connection breaks, the call in progress fails, and every later call fails: a session
 *    never reconnects, so a transaction can not continue on another connection unnoticed.
 */
export interface Session {
  readonly kind: DriverKind;
  /** Whether the connection is gone; such a session is not given out again. */
  readonly broken: boolean;
  query(text: string, parameters: readonly unknown[], signal?: AbortSignal): Promise<QueryResult>;
  /** Several statements in one text, without parameters or results. */
  script(text: string): Promise<void>;
  copyOut(text: string, sink: CopySink, signal?: AbortSignal): Promise<void>;
  /** @returns the number of rows written */
  copyIn(
    text: string,
    source: Iterable<Uint8Array> | AsyncIterable<Uint8Array>,
    signal?: AbortSignal,
  ): Promise<number>;
}

export type DriverKind = "postgres" | "pglite";

export interface Driver {
  readonly kind: DriverKind;
  /** Waits for a free session; rejects with the signal's reason when it aborts first. */
  acquire(signal?: AbortSignal): Promise<Session>;
  release(session: Session): void;
  listen(channel: string, receive: (payload: string) => void): Promise<() => Promise<void>>;
  close(): Promise<void>;
}
