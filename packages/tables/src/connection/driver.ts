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

/** One message of the server other than a row: its type byte and its body. */
export type OnMessage = (type: number, body: Uint8Array) => void;

/** Takes the rows of a COPY out. */
export interface CopySink {
  /** Whether `push` may return a promise: the server is then made to wait for it. */
  readonly slow: boolean;
  /** Tells it, before anything else, that rows come as DataRow messages, without a COPY around them. */
  bareRows(): void;
  /**
   * Takes bytes of the server's answer, cut anywhere; they are the sink's only during the call. Calls
   * `onMessage` for messages that are not rows. What it throws ends the COPY.
   */
  push(bytes: Uint8Array, onMessage: OnMessage): void | Promise<void>;
}

/** Gives the rows of a COPY in. */
export interface CopySource {
  /**
   * The next whole rows in binary format, or undefined at the end. The bytes stay unchanged until the
   * call after the next one.
   */
  next(): Uint8Array | undefined | Promise<Uint8Array | undefined>;
}

/** What a COPY out reads, as the two statements that say the same. */
export interface CopyQuery {
  readonly copy: string;
  readonly select: string;
}

/**
 * One connection to the database, used by one caller at a time.
 *
 * 1. Calls are made one after the other, except that a shared session (Driver.share) takes any number of
 *    query calls at once.
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
  copyOut(query: CopyQuery, sink: CopySink, signal?: AbortSignal): Promise<void>;
  /** All rows or none. @returns the number of rows written */
  copyIn(text: string, source: CopySource, signal?: AbortSignal): Promise<number>;
}

export type DriverKind = "postgres" | "pglite";

export interface ListenOptions {
  /** Called after the connection was lost and made again: notifications in between were missed. */
  readonly onReconnect?: () => void;
}

export interface Driver {
  readonly kind: DriverKind;
  /** Waits for a free session; rejects with the signal's reason when it aborts first. */
  acquire(signal?: AbortSignal): Promise<Session>;
  /** A session for one statement outside a transaction; others may send theirs on it meanwhile. */
  share(): Session | Promise<Session>;
  /** Gives back what acquire or share gave. */
  release(session: Session): void;
  listen(
    channel: string,
    receive: (payload: string) => void,
    options: ListenOptions,
  ): Promise<() => Promise<void>>;
  close(): Promise<void>;
}
