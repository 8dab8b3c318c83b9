/** tcp-echo on node:net, as its users write it: data events, writes, drain. */
import { once } from "node:events";
import { connect, createServer, type AddressInfo } from "node:net";
import { echoPlan, report } from "./echo-sample.ts";

const plan = echoPlan();
const message = Buffer.alloc(plan.messageBytes, 1);

const server = createServer({ noDelay: true }, (socket) => {
  if (plan.kind !== "bulk") {
    socket.on("data", (chunk) => {
      if (socket.write(chunk)) return;
      socket.pause();
      socket.once("drain", () => socket.resume());
    });
    return;
  }
  let got = 0;
  socket.on("data", (chunk) => {
    got += chunk.length;
    if (got === plan.rounds * plan.messageBytes) socket.end(String(got));
  });
});
server.listen(0, "127.0.0.1");
await once(server, "listening");
const { port } = server.address() as AddressInfo;

function trips(): Promise<number> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: "127.0.0.1", noDelay: true });
    let left = plan.rounds;
    let got = 0;
    let total = 0;
    socket.on("connect", () => socket.write(message));
    socket.on("data", (chunk) => {
      got += chunk.length;
      total += chunk.length;
      if (got < plan.messageBytes) return;
      got = 0;
      if (--left > 0) return void socket.write(message);
      socket.destroy();
      resolve(total);
    });
  });
}

function bulk(): Promise<number> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: "127.0.0.1" });
    let left = plan.rounds;
    const pump = (): void => {
      while (left > 0) {
        left--;
        if (!socket.write(message)) return void socket.once("drain", pump);
      }
    };
    socket.on("connect", pump);
    socket.on("data", (chunk) => resolve(Number(chunk)));
  });
}

await report(plan, async () => {
  if (plan.kind === "bulk") return await bulk();
  const totals = await Promise.all(Array.from({ length: plan.connections }, trips));
  return totals.reduce((sum, total) => sum + total, 0);
});
process.exit(0);
