/**
 * A checkpoint: what is in memory goes to page files, the manifest names it, the log before it is recycled.
 *
 *     seal the group ─> engines write (commits go on) ─> group durable ─> manifest ─> recycle
 *
 * The manifest is the last thing to be written, and holds commits only of which the log has said that they are
 * durable. Until it is replaced, the old one with the longer log describes the same database.
 */
import type { Log } from "../log/log.ts";
import type { DatabaseParts } from "./database.ts";
import { monotonic } from "@hotpath/runtime";
import { noSpace } from "../log/segment-ring.ts";
import { tellIfSlow } from "./slow-event.ts";
import { type Manifest, writeManifest } from "./manifest.ts";

/** The log may have so many times the length at which a checkpoint begins. */
const BEHIND = 4;

export class Checkpointer {
  readonly #parts: DatabaseParts;
  readonly #log: Log;
  #manifest: Manifest;
  #running: Promise<void> | undefined = undefined;
  #replacing: Promise<void> = Promise.resolve();

  constructor(parts: DatabaseParts, log: Log) {
    this.#parts = parts;
    this.#log = log;
    this.#manifest = parts.manifest;
  }

  count = 0;

  /** Bytes of log that recovery would read. */
  get logBytes(): number {
    return this.#log.end.lsn - this.#manifest.log.lsn;
  }

  /** Whether the log has become so long that transactions must wait for a checkpoint. */
  get isBehind(): boolean {
    return this.logBytes > BEHIND * this.#parts.settings.checkpointBytes;
  }

  /** Begins one when the log has grown enough since the last. */
  consider(): void {
    if (this.#running !== undefined) return;
    if (this.logBytes < this.#parts.settings.checkpointBytes) return;
    // A full disk: the next transaction that finds no room in the log is told.
    this.run().catch(() => {});
  }

  /** One at a time; who comes while one runs waits for the next. */
  async run(closed = false): Promise<void> {
    while (this.#running !== undefined) await this.#running.catch(() => {});
    this.#running = this.#write(closed).finally(() => {
      this.#running = undefined;
    });
    await this.#running;
  }

  /** The manifest must not say that the database is closed when something follows in the log. */
  async reopen(): Promise<void> {
    await this.#replace((manifest) =>
      manifest.closed ? { ...manifest, closed: false } : undefined,
    );
  }

  /** One replacement after another, each of what the one before it has left. */
  async #replace(change: (manifest: Manifest) => Manifest | undefined): Promise<void> {
    const replacing = this.#replacing.then(async () => {
      const changed = change(this.#manifest);
      if (changed === undefined) return;
      const manifest = { ...changed, generation: this.#manifest.generation + 1 };
      await writeManifest(this.#parts.disk, manifest);
      this.#manifest = manifest;
    });
    this.#replacing = replacing.catch(() => {});
    await replacing;
  }

  /** The last one, unless there is nothing to write or nothing may be. */
  async finish(): Promise<void> {
    await this.#running?.catch(() => {});
    if (this.#log.poison !== undefined) return;
    const changed = this.#log.end.nextCommit !== this.#manifest.log.nextCommit;
    if (changed || this.#log.buffer.commits > 0 || this.#manifest.generation === 0) {
      await this.run(true);
    }
  }

  async #write(closed: boolean): Promise<void> {
    const { engines, settings } = this.#parts;
    const startMs = monotonic();
    const end = this.#log.seal();
    const { flushed } = this.#log;
    const start = { ...end, ...this.#log.ring.startAt() };
    try {
      // All begin in this turn, so that they take the same state.
      const states = [...engines].map(async ([name, engine]) => {
        return [name, await engine.checkpoint()] as const;
      });
      const sections = new Map<string, Uint8Array>(await Promise.all(states));
      await flushed;
      const commit = end.nextCommit - 1;
      await this.#replace((manifest) => ({ ...manifest, commit, log: start, closed, sections }));
    } catch (error) {
      // A disk that is full may have room later. After any other failure nobody knows what is on it.
      throw noSpace(error) ? error : this.#log.fail(error);
    }
    for (const engine of engines.values()) engine.checkpointed?.();
    await this.#log.ring.recycle(start.sequence);
    this.count++;
    tellIfSlow("checkpoint", monotonic() - startMs, settings.slowMs);
  }
}
