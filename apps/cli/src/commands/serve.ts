/** `hotpath serve`: the gravity service until SIGTERM or SIGINT, then an orderly stop and exit 0. */
import { configFrom, openService } from "@hotpath/gravity";

export async function serve(args: readonly string[]): Promise<number> {
  if (args.length > 0 && !(args.length === 1 && args[0] === "gravity")) {
    throw new RangeError(`no service "${args.join(" ")}"; there is gravity`);
  }
  const stopped = new Promise<void>((stop) => {
    process.once("SIGTERM", () => stop());
    process.once("SIGINT", () => stop());
  });
  const service = await openService(configFrom(process.env));
  try {
    // A start that can never succeed (a locked data folder, a migration that was changed) ends here.
    await Promise.race([service.ready.then(() => stopped), stopped]);
    return 0;
  } catch (error) {
    console.error(`hotpath serve: ${error instanceof Error ? error.message : String(error)}`);
    return 1;
  } finally {
    await service.close();
  }
}
