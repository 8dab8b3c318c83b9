/** What the environment may set. */
import { availableParallelism } from "node:os";
import { resolve } from "node:path";

export interface GravityConfig {
  readonly host: string;
  /** 0 lets the system choose. */
  readonly port: number;
  /** Folder of the embedded database and of the recorded frames. */
  readonly dataDir: string;
  /** A PostgreSQL server; undefined means the embedded one in dataDir. */
  readonly databaseUrl: string | undefined;
  /** Threads that run background jobs; synchronous calls have one of their own. */
  readonly jobThreads: number;
}

/** Reads PORT (8080), HOST (127.0.0.1), HOTPATH_DATA (./data), DATABASE_URL, HOTPATH_THREADS (cores). */
export function configFrom(env: NodeJS.ProcessEnv): GravityConfig {
  return {
    host: env["HOST"] || "127.0.0.1",
    port: integer(env, "PORT", 8080, 0, 65_535),
    dataDir: resolve(env["HOTPATH_DATA"] || "./data"),
    databaseUrl: env["DATABASE_URL"] || undefined,
    jobThreads: integer(env, "HOTPATH_THREADS", availableParallelism(), 1, 256),
  };
}

function integer(
  env: NodeJS.ProcessEnv,
  name: string,
  preset: number,
  min: number,
  max: number,
): number {
  const text = env[name];
  if (text === undefined || text === "") return preset;
  const value = Number(text);
  if (!Number.isInteger(value) || value < min || value > max) {
    throw new RangeError(`${name} must be a whole number from ${min} to ${max}, not "${text}"`);
  }
  return value;
}
