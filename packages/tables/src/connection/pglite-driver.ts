/**
 * PostgreSQL in this process: PGlite, in memory or in a directory. It has one connection, so sessions
 * are given out one at a time.
 */
import { existsSync, readdirSync } from "node:fs";
import { PGlite, type ParserOptions, type SerializerOptions } from "@electric-sql/pglite";
import { lockDirectory, type DirectoryLock } from "./data-directory.ts";
import type { CopySink, Driver, QueryResult, Session } from "./driver.ts";
import { readPgliteTemplate } from "./pglite-template.ts";
import { encoded } from "./postgres-session.ts";
import { serverError } from "./server-error.ts";
import { SessionPool, type PoolLimits, type PooledSession } from "./session-pool.ts";
import { CODECS_BY_OID } from "./value-text.ts";

const parsers: ParserOptions = {};
const serializers: SerializerOptions = {};
for (const [oid, codec] of CODECS_BY_OID) {
  parsers[oid] = (text) => codec.decode(text);
  serializers[oid] = (value: unknown) => encoded(codec.encode(value), codec.type);
}

export class PgliteDriver implements Driver {
  readonly kind = "pglite";
  readonly #pglite: PGlite;
  readonly #lock: DirectoryLock | undefined;
  readonly #pool: SessionPool;

  /** @param directory where the database lives; undefined for memory */
  static async open(directory: string | undefined, limits: PoolLimits): Promise<PgliteDriver> {
    const lock = directory === undefined ? undefined : lockDirectory(directory);
    try {
      const template = isFresh(directory) ? await readPgliteTemplate() : undefined;
      const pglite = await PGlite.create({
        ...(directory === undefined ? {} : { dataDir: directory }),
        ...(template === undefined ? {} : { loadDataDir: template }),
      });
      await pglite.exec("SET TimeZone = 'UTC'; SET DateStyle = 'ISO, YMD'");
      return new PgliteDriver(pglite, lock, limits);
    } catch (error) {
      lock?.release();
      throw serverError(error, "Cannot open the embedded database");
    }
  }

  private constructor(pglite: PGlite, lock: DirectoryLock | undefined, limits: PoolLimits) {
    this.#pglite = pglite;
    this.#lock = lock;
    const session = new PgliteSession(pglite);
    this.#pool = new SessionPool(() => Promise.resolve(session), { ...limits, size: 1 });
  }

  acquire(signal?: AbortSignal): Promise<Session> {
    return this.#pool.acquire(signal);
  }

  release(session: Session): void {
    this.#pool.release(session as PooledSession);
  }

  listen(channel: string, receive: (payload: string) => void): Promise<() => Promise<void>> {
    return this.#pglite.listen(channel, receive);
  }

  async close(): Promise<void> {
    await this.#pool.close();
    if (!this.#pglite.closed) await this.#pglite.close();
    this.#lock?.release();
  }
}

function isFresh(directory: string | undefined): boolean {
  return directory === undefined || !existsSync(directory) || readdirSync(directory).length === 0;
}

class PgliteSession implements PooledSession {
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
    try {
      const result = await this.#pglite.query(text, [...parameters], { parsers, serializers });
      return {
        rows: result.rows as Record<string, unknown>[],
        command: verb(text),
        count: result.affectedRows ?? result.rows.length,
      };
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

  async copyOut(text: string, sink: CopySink, signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted();
    try {
      const result = await this.#pglite.query(text.replace("TO STDOUT", "TO '/dev/blob'"));
      if (result.blob !== undefined)
        await sink.write(new Uint8Array(await result.blob.arrayBuffer()));
    } catch (error) {
      throw serverError(error, "Cannot copy out");
    }
  }

  async copyIn(
    text: string,
    source: Iterable<Uint8Array> | AsyncIterable<Uint8Array>,
    signal?: AbortSignal,
  ): Promise<number> {
    try {
      const parts: Uint8Array<ArrayBuffer>[] = [];
      for await (const chunk of source) {
        signal?.throwIfAborted();
        parts.push(new Uint8Array(chunk));
      }
      const result = await this.#pglite.query(text.replace("FROM STDIN", "FROM '/dev/blob'"), [], {
        blob: new Blob(parts),
      });
      return result.affectedRows ?? 0;
    } catch (error) {
      signal?.throwIfAborted();
      throw serverError(error, "Cannot copy in");
    }
  }

  async close(): Promise<void> {}
}

function verb(text: string): string {
  return /^\s*(\w+)/.exec(text)?.[1]?.toUpperCase() ?? "";
}
