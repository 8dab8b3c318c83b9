/** The load in a process of its own: node preview-driver.ts '{"forwarderUrl": …}'; prints the report as JSON. */
import { run } from "@hotpath/runtime";
import { Load, type LoadOptions } from "../src/contest/load.ts";

const options = JSON.parse(process.argv[2]!) as Omit<LoadOptions, "progress">;
const report = await run(() => {
  return new Load({ ...options, progress: (text) => console.error(text) }).run();
});
console.log(JSON.stringify(report));
