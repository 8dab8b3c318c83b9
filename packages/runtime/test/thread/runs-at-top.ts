/** A module that does it wrong: the tests want to see what it is told. */
import { defineTask, run } from "../../src/index.ts";

export const again = defineTask(import.meta.url, function again(): number {
  return 1;
});

await run(async () => {});
