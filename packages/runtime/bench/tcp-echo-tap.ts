/** tcp-echo on the runtime's fast paths: onConnection, tap and post, without a task switch. */
import { connectTcp, group, listenTcp, run, type Connection } from "@hotpath/runtime";
import { echoPlan, report } from "./echo-sample.ts";

const plan = echoPlan();
const message = new Uint8Array(plan.messageBytes).fill(1);

function serve(connection: Connection): void {
  const { reader } = connection;
  let got = 0;
  reader.tap = (chunk) => {
    got += chunk.length;
    if (plan.kind !== "bulk") connection.post(chunk.slice());
    else if (got === plan.rounds * plan.messageBytes) connection.postText(String(got));
    return chunk.length;
  };
  reader.onEnd = () => connection.reset();
  reader.arm();
}

function trips(connection: Connection): Promise<number> {
  const { reader } = connection;
  let left = plan.rounds;
  let got = 0;
  let total = 0;
  return new Promise((resolve) => {
    reader.tap = (chunk) => {
      got += chunk.length;
      total += chunk.length;
      if (got < plan.messageBytes) return chunk.length;
      got = 0;
      if (--left > 0) connection.post(message);
      else resolve(total);
      return chunk.length;
    };
    reader.arm();
    connection.post(message);
  });
}

async function bulk(connection: Connection): Promise<number> {
  for (let left = plan.rounds; left > 0; left--) {
    if (!connection.post(message)) await connection.flushed();
  }
  const buffer = new Uint8Array(32);
  const count = await connection.read(buffer);
  return Number(new TextDecoder().decode(buffer.subarray(0, count)));
}

await run(async () => {
  await using listener = await listenTcp({ backlog: 4096 });
  listener.onConnection(serve);
  await report(plan, async () => {
    let sum = 0;
    await group(async (tasks) => {
      const clients = Array.from({ length: plan.connections }, () =>
        tasks.spawn(async () => {
          await using connection = await connectTcp({ port: listener.port });
          return plan.kind === "bulk" ? await bulk(connection) : await trips(connection);
        }),
      );
      for (const client of clients) sum += await client;
    });
    return sum;
  });
});
