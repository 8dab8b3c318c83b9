/**
 * PostgreSQL in this process: PGlite, in memory or in a directory. It has one connection, so sessions
 * are given out one at a time.
 */
import { existsSync, readdirSync } from "node:fs";
import { PGlite } from "@electric-sql/pglite";
import { quoteIdentifier } from "../sql/identifier.ts";
import { lockDirectory, type DirectoryLock } from "./data-directory.ts";
import type { Driver, Session } from "./driver.ts";
import { PgliteSession } from "./pglite-session.ts";
import { readPgliteTemplate } from "./pglite-template.ts";
import { serverError } from "./server-error.ts";
import { SessionPool, type PoolLimits, type PooledSession } from "./session-pool.ts";

/**
 * Nothing of a database in memory survives its process, so it needs no protection against a crash, and its
 * files are arrays of Emscripten's: one that posix_fallocate makes longer is copied each time to one of
 * exactly the new length. A copyIn of 1,000,000 rows of 8 columns took 20 s so and takes 2.3 s with these
 * settings, as long as INSERT … SELECT of the same rows (PGlite 0.5.16). Look again when PGlite changes its
 * file system.
 */
const IN_MEMORY: string[] = [
  ...PGlite.defaultStartParams,
  ...["file_extend_method=write_zeros", "full_page_writes=off", "wal_init_zero=off"].flatMap(
    (setting) => ["-c", setting],
  ),
];

export class PgliteDriver implements Driver {
  readonly kind = "pglite";
  readonly #pglite: PGlite;
  readonly #lock: DirectoryLock | undefined;
  readonly #pool: SessionPool;
  /** Listeners of each channel. */
  readonly #listening = new Map<string, number>();

  /** @param directory where the database lives; undefined for memory */
  static async open(directory: string | undefined, limits: PoolLimits): Promise<PgliteDriver> {
    const lock = directory === undefined ? undefined : lockDirectory(directory);
    try {
      const template = isFresh(directory) ? await readPgliteTemplate() : undefined;
      const pglite = await PGlite.create({
        ...(directory === undefined ? { startParams: IN_MEMORY } : { dataDir: directory }),
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

  /** PGlite runs one statement at a time in any case. */
  share(): Session | Promise<Session> {
    return this.#pool.acquire();
  }

  release(session: Session): void {
    this.#pool.release(session as PooledSession);
  }

  async listen(channel: string, receive: (payload: string) => void): Promise<() => Promise<void>> {
    const stop = this.#pglite.onNotification((from, payload) => {
      if (from === channel) receive(payload);
    });
    await this.#script(`LISTEN ${quoteIdentifier(channel)}`);
    this.#listening.set(channel, (this.#listening.get(channel) ?? 0) + 1);
    return async () => {
      stop();
      const others = (this.#listening.get(channel) ?? 1) - 1;
      this.#listening.set(channel, others);
      if (others === 0) await this.#script(`UNLISTEN ${quoteIdentifier(channel)}`);
    };
  }

  /** On the session, so that it waits for a transaction in progress instead of joining it. */
  async #script(text: string): Promise<void> {
    const session = await this.acquire();
    try {
      await session.script(text);
    } finally {
      this.release(session);
    }
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
