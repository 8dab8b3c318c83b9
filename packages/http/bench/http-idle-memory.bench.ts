/** What a connection costs its server between two requests: resident memory and JavaScript heap, for each of 10 000. */
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { connectTcp, run, type Connection } from "@hotpath/runtime";
import {
  interleave,
  type BenchCase,
  type BenchResult,
  type Sample,
} from "../../../tools/bench/harness.ts";

const SCRIPT = fileURLToPath(new URL("idle-server.ts", import.meta.url));
const CONNECTIONS = { smoke: 3000, quick: 10_000, full: 10_000 } as const;
const GET = Buffer.from("GET / HTTP/1.1\r\nHost: a\r\n\r\n");

interface Memory {
  readonly rss: number;
  readonly heap: number;
}

async function idle(port: number, count: number, body: () => Promise<void>): Promise<void> {
  await run(async () => {
    const connections: Connection[] = [];
    for (let index = 0; index < count; index++) {
      const connection = await connectTcp({ port });
      await connection.write(GET);
      await connection.readUntil("hello");
      connections.push(connection);
    }
    await body();
    for (const connection of connections) connection.reset();
  });
}

async function measure(variant: string, count: number): Promise<Memory> {
  const args = ["--expose-gc", SCRIPT, variant];
  const server = spawn(process.execPath, args, { stdio: ["pipe", "pipe", "inherit"] });
  try {
    const lines = createInterface(server.stdout)[Symbol.asyncIterator]();
    const port = Number((await lines.next()).value);
    const memory = async (): Promise<Memory> => {
      server.stdin.write("\n");
      return JSON.parse(String((await lines.next()).value)) as Memory;
    };
    // The code, the buffers of a thread and the first growth of the heap are not a connection's.
    await idle(port, Math.min(count, 500), async () => {});
    const before = await memory();
    let after = before;
    await idle(port, count, async () => {
      after = await memory();
    });
    return { rss: (after.rss - before.rss) / count, heap: (after.heap - before.heap) / count };
  } finally {
    server.kill();
  }
}

const bench: BenchCase = {
  name: "http-idle-memory",
  title: "Memory of an idle keep-alive connection, against node:http",
  async run({ size, progress }) {
    const measured = new Map<string, Memory[]>();
    const variant = (name: string) => async (): Promise<Sample> => {
      progress(`http-idle-memory ${name}`);
      const memory = await measure(name, CONNECTIONS[size]);
      measured.set(name, [...(measured.get(name) ?? []), memory]);
      return { value: memory.rss };
    };
    const rounds = size === "full" ? 3 : 1;
    await interleave({ hotpath: variant("hotpath"), "node-http": variant("node-http") }, rounds);
    return (["rss", "heap"] as const).map((key): BenchResult => {
      const of = (name: string): number => {
        const values = measured.get(name)!.map((memory) => memory[key]);
        return values.sort((a, b) => a - b)[values.length >> 1]!;
      };
      const unit = key === "rss" ? "bytes resident/connection" : "bytes heap/connection";
      return {
        subject: "hotpath",
        value: of("hotpath"),
        unit,
        better: "lower",
        rival: "node-http",
        rivalValue: of("node-http"),
      };
    });
  },
};

export default bench;
