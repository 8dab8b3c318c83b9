/** `hotpath payments cluster`, `emulator`: the pair behind a balancer, and processors to try it with. */
import { parseArgs } from "node:util";
import { router, serve } from "@hotpath/http";
import { Emulator, emulatorRoutes, runCluster } from "@hotpath/payments";
import { run, select, Signal, sleep, spawn } from "@hotpath/runtime";

export async function payments(args: readonly string[]): Promise<number> {
  const [command, ...rest] = args;
  if (command === "cluster") return await cluster(rest);
  if (command === "emulator") return await emulator(rest);
  throw new RangeError(`no command "${command ?? ""}"; there are cluster and emulator`);
}

async function cluster(args: readonly string[]): Promise<number> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      port: { type: "string", default: "9999" },
      default: { type: "string", default: "http://127.0.0.1:8001" },
      fallback: { type: "string", default: "http://127.0.0.1:8002" },
      data: { type: "string", default: "./data/payments" },
      balancer: { type: "string", default: "auto" },
    },
  });
  const { balancer } = values;
  if (balancer !== "auto" && balancer !== "nginx" && balancer !== "built-in") {
    throw new RangeError(`--balancer is auto, nginx or built-in: not ${balancer}`);
  }
  await untilSignalled(() =>
    runCluster({
      port: portOf("--port", values.port),
      dataDir: values.data,
      processorUrls: [values.default, values.fallback],
      balancer,
      instance: [process.execPath, process.argv[1]!, "serve", "payments"],
      log: (line) => console.log(line),
    }),
  );
  return 0;
}

async function emulator(args: readonly string[]): Promise<number> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      port: { type: "string", default: "8001" },
      fee: { type: "string", default: "0.05" },
      delay: { type: "string", default: "0" },
    },
  });
  const listen = { port: portOf("--port", values.port) };
  await untilSignalled(async () => {
    const processor = new Emulator({ feeRate: Number(values.fee) });
    processor.delayMs = Number(values.delay);
    await using server = await serve({ handler: router(emulatorRoutes(processor)), listen });
    console.log(`emulated processor on port ${server.port}, fee ${values.fee}`);
    await sleep(Infinity);
  });
  return 0;
}

function portOf(name: string, text: string): number {
  const port = Number(text);
  if (Number.isInteger(port) && port >= 0 && port <= 65_535) return port;
  throw new RangeError(`${name} is a port: not ${text}`);
}

async function untilSignalled(body: () => Promise<void>): Promise<void> {
  await run(async () => {
    using terminated = Signal.on("SIGTERM");
    using interrupted = Signal.on("SIGINT");
    const work = spawn(body);
    const ended = await select({ work, terminated, interrupted });
    if (ended.kind !== "work") await work.cancel(ended.value);
  });
}
