/** `hotpath serve SERVICE`: a service until SIGTERM or SIGINT, then an orderly stop and exit 0. */
import { configFrom, openService } from "@hotpath/gravity";
import { configFrom as paymentsConfigFrom, main as payments } from "@hotpath/payments";
import { run } from "@hotpath/runtime";

export async function serve(args: readonly string[]): Promise<number> {
  const name = args.length === 0 ? "gravity" : args.join(" ");
  if (name === "gravity") return await serveGravity();
  if (name === "payments") return await servePayments();
  throw new RangeError(`no service "${name}"; there are gravity and payments`);
}

async function servePayments(): Promise<number> {
  const config = paymentsConfigFrom(process.env);
  await run(() => payments(config, (place) => console.log(`payments at ${place}`)));
  return 0;
}

async function serveGravity(): Promise<number> {
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
