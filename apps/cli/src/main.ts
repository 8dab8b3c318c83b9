/** The `hotpath` command: picks the subcommand, and turns errors into one line and an exit code. */

const HELP = `hotpath — services whose hot path is TypeScript

  hotpath serve                  run the gravity service (PORT, HOST, HOTPATH_DATA, DATABASE_URL)
  hotpath serve payments         run one instance of the payments service (LISTEN, HOTPATH_DATA,
                                 PROCESSOR_DEFAULT_URL, PROCESSOR_FALLBACK_URL, PAYMENTS_TOKEN)
  hotpath payments cluster       two instances behind nginx or the built-in balancer
      --port PORT --default URL --fallback URL --data DIR --balancer auto|nginx|built-in
  hotpath payments emulator      a payment processor to try it with (--port, --fee, --delay MS)
  hotpath simulate [options]     run one simulation here and write its final state
      --preset NAME              solar-system, plummer, disk, galaxies, figure-eight
      --n COUNT --seed NUMBER    particles and seed, for presets that are drawn at random
      --integrator NAME          default: the preset's own
      --dt STEP                  in the preset's time unit, or 1d, 6h, 30min, 1y
      --steps COUNT
      --out FILE.npy             float64 [n, 7]: mass, x, y, z, vx, vy, vz
      --json                     print the summary as JSON
  hotpath store check DIR        look at everything a database consists of; 1 when something is damaged
  hotpath store verify DIR       compare all that it wrote with its checksums
  hotpath store stat DIR [--json]
  hotpath store dump DIR [--table NAME] [--limit N]      rows as lines of JSON
  hotpath store backup DIR --into NEW                    what it is now, as a new database
  hotpath store salvage DIR --into NEW                   what can be read of a damaged one
  hotpath store bench DIR        how fast a database is on that disk
  hotpath --version`;

export async function main(args: readonly string[]): Promise<void> {
  const [command, ...rest] = args;
  try {
    process.exitCode = await run(command, rest);
  } catch (error) {
    // A wrong argument or a missing file is the user's to mend: one line says it.
    if (error instanceof RangeError || isUsage(error)) {
      console.error(`hotpath ${command}: ${error.message}`);
      process.exitCode = 2;
    } else throw error;
  }
}

async function run(command: string | undefined, args: readonly string[]): Promise<number> {
  switch (command) {
    case "serve":
      return (await import("./commands/serve.ts")).serve(args);
    case "payments":
      return (await import("./commands/payments.ts")).payments(args);
    case "simulate":
      return (await import("./commands/simulate.ts")).simulate(args);
    case "store":
      return (await import("./commands/store.ts")).store(args);
    case "--version":
    case "-v":
      console.log(`hotpath 0.1.0 (node ${process.version})`);
      return 0;
    case undefined:
    case "help":
    case "--help":
    case "-h":
      console.log(HELP);
      return command === undefined ? 2 : 0;
    default:
      console.error(`hotpath: no command "${command}"\n\n${HELP}`);
      return 2;
  }
}

/** Unknown options (parseArgs) and files that cannot be written carry these. */
function isUsage(error: unknown): error is Error {
  if (!(error instanceof Error)) return false;
  return "syscall" in error || ("code" in error && String(error.code).startsWith("ERR_PARSE_ARGS"));
}
