/** tcp-echo on the runtime, as its users write it: a task per connection, read, write. */
import { connectTcp, group, listenTcp, run, type Connection } from "@hotpath/runtime";
import { echoPlan, report } from "./echo-sample.ts";

const plan = echoPlan();
const message = new Uint8Array(plan.messageBytes).fill(1);

async function serve(connection: Connection): Promise<void> {
  await using open = connection;
  const buffer = new Uint8Array(64 * 1024);
  if (plan.kind !== "bulk") {
    for (let count = await open.read(buffer); count > 0; count = await open.read(buffer)) {
      await open.write(buffer.subarray(0, count));
    }
    return;
  }
  let got = 0;
  while (got < plan.rounds * plan.messageBytes) got += await open.read(buffer);
  await open.write(String(got));
}

async function trips(port: number): Promise<number> {
  await using connection = await connectTcp({ port });
  const buffer = new Uint8Array(plan.messageBytes);
  let total = 0;
  for (let left = plan.rounds; left > 0; left--) {
    await connection.write(message);
    await connection.readExactly(buffer);
    total += buffer.length;
  }
  return total;
}

async function bulk(port: number): Promise<number> {
  await using connection = await connectTcp({ port });
  for (let left = plan.rounds; left > 0; left--) await connection.write(message);
  const answer = await connection.reader.readAll();
  return Number(new TextDecoder().decode(answer));
}

await run(async () => {
  await using listener = await listenTcp({ backlog: 4096 });
  await group(async (tasks) => {
    const server = tasks.spawn(async () => {
      for await (const connection of listener) tasks.spawn(() => serve(connection));
    });
    await report(plan, async () => {
      if (plan.kind === "bulk") return await bulk(listener.port);
      const clients = Array.from({ length: plan.connections }, () =>
        tasks.spawn(() => trips(listener.port)),
      );
      let sum = 0;
      for (const client of clients) sum += await client;
      return sum;
    });
    listener.close();
    await server;
  });
});
