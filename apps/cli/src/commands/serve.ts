/** `hotpath serve`: the gravity service until SIGTERM or SIGINT, then an orderly stop and exit 0. */
import { configFrom, openService } from "@hotpath/gravity";

export async function serve(args: readonly string[]): Promise<number> {
  if (args.length > 0 && !(args.length === 1 && args[0] === "gravity")) {
    throw new RangeError(`no service "${args.join(" ")}"; there is gravity`);
  }
  const service = await openService(configFrom(process.env));
  await new Promise<void>((stop) => {
    process.once("SIGTERM", () => stop());
    process.once("SIGINT", () => stop());
  });
  await service.close();
  return 0;
}
