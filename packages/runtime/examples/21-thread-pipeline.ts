/**
 * A pipeline over threads: the main thread reads, two workers parse, one adds up.
 *
 *     node examples/21-thread-pipeline.ts
 *
 * The stages are long-lived tasks; what flows between them goes through shared memory. A stage that
 * falls behind makes the one before it wait, because the channels are bounded. Each worker holds a
 * sender of its output: when the last has closed it, the next stage's loop ends.
 */
import {
  SharedBarrier,
  SharedChannel,
  defineTask,
  group,
  run,
  type SharedSender,
} from "@hotpath/runtime";

export interface Order {
  readonly item: string;
  readonly quantity: number;
}

export const parse = defineTask(
  import.meta.url,
  async function parse(
    lines: SharedChannel<Uint8Array>,
    orders: SharedChannel<Order>,
    ready: SharedBarrier,
  ): Promise<number> {
    using sender: SharedSender<Order> = orders.sender();
    await ready.wait(); // nobody closes before everybody has a sender
    let count = 0;
    for await (const line of lines) {
      const [item = "", quantity = "0"] = new TextDecoder().decode(line).split(",");
      await sender.send({ item, quantity: Number(quantity) });
      count++;
    }
    return count;
  },
);

export const total = defineTask(
  import.meta.url,
  async function total(orders: SharedChannel<Order>): Promise<Map<string, number>> {
    const totals = new Map<string, number>();
    for await (const batch of orders.batches()) {
      for (const { item, quantity } of batch) totals.set(item, (totals.get(item) ?? 0) + quantity);
    }
    return totals;
  },
);

async function main(): Promise<void> {
  const lines = SharedChannel.bytes(16 * 1024, { name: "lines" });
  const orders = SharedChannel.structured<Order>(64 * 1024, { name: "orders" });
  const ready = new SharedBarrier(2);
  const totals = await group(async (stages) => {
    const parsers = [parse(lines, orders, ready), parse(lines, orders, ready)];
    const sum = total(orders);
    const encoder = new TextEncoder();
    for (let k = 0; k < 10_000; k++) {
      await lines.send(encoder.encode(`${k % 2 === 0 ? "bolt" : "nut"},${k % 10}`));
    }
    lines.close();
    for (const parser of parsers) stages.spawn(async () => parser);
    return sum;
  });
  for (const [item, quantity] of [...totals].sort(([a], [b]) => a.localeCompare(b)))
    console.log(`${item}: ${quantity}`);
}

if (import.meta.main) await run(main, { threads: 2 });
