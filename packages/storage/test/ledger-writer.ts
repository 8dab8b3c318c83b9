/**
 * A process that writes, to be killed or to be lied to by its host: `ledger-writer.ts FOLDER TRANSACTIONS IN_FLIGHT
 * CHECKPOINT_EVERY`.
 * Prints "open", then the number of each commit when it is durable, and how it ended.
 */
import { writeSync } from "node:fs";
import { open, StorageError } from "@hotpath/storage";
import { KEYS, ledger, ledgerOptions, mirror } from "./ledger.ts";

const [folder = "", transactions = "0", inFlight = "1", every = "0"] = process.argv.slice(2);

/** At once: what is said is not lost when the process is killed. */
function say(line: string | number): void {
  writeSync(1, `${line}\n`);
}

try {
  const db = await open(folder, ledgerOptions);
  say("open");
  let left = Number(transactions);
  const client = async (): Promise<void> => {
    while (left-- > 0) {
      const commit = await db.transaction((tx) => {
        const { commit: number } = tx.table(ledger);
        tx.table(ledger).put(`k${number % KEYS}`, number);
        tx.table(mirror).put(`k${number % KEYS}`, number);
        return number;
      });
      say(commit);
      if (commit % Number(every) === 0) await db.checkpoint();
    }
  };
  const clients = await Promise.allSettled(Array.from({ length: Number(inFlight) }, client));
  const failed = clients.find((result) => result.status === "rejected");
  if (failed !== undefined) {
    say(`failed ${(failed.reason as StorageError).code}`);
    // Reads go on, up to what is durable.
    say(`readable ${db.snapshot().commit} ${db.table(ledger).entries().length}`);
  }
  if ((failed?.reason as StorageError | undefined)?.code === "POISONED") {
    const again = db.transaction((tx) => tx.table(ledger).put("late", 1));
    say(`then ${await again.then(String, (error: StorageError) => error.code)}`);
  }
  await db.close();
  say("closed");
} catch (error) {
  say(`stopped ${error instanceof StorageError ? error.code : String(error)}`);
}
