/**
 * The forwarder, two processors, a lossy network and crashes, under seeds. Whatever happens:
 * an accepted payment is settled exactly once at exactly one processor or visibly dead, and what the
 * forwarder says of a processor is what that processor says of itself.
 */
import assert from "node:assert/strict";
import { group, sleep, spawn, type Group, type Task } from "@hotpath/runtime";
import { DEFAULT_DISPATCH, Dispatcher, type Processor } from "../../src/dispatch/dispatcher.ts";
import { Ledger } from "../../src/ledger/ledger.ts";
import { Emulator } from "../../src/processor/emulator.ts";
import { ProcessorState } from "../../src/router/processor-state.ts";
import { DEFAULT_POLICY } from "../../src/router/route.ts";
import { sequence } from "../sequence.ts";
import { LossyLink } from "./lossy-link.ts";
import { MemoryJournal } from "./memory-journal.ts";

type Random = (below: number) => number;

interface World {
  readonly group: Group;
  readonly random: Random;
  readonly emulators: readonly [Emulator, Emulator];
  readonly links: readonly [LossyLink, LossyLink];
}

interface Forwarder {
  readonly ledger: Ledger;
  readonly task: Task<void>;
  killed: boolean;
}

const LIMITS = {
  initial: 8,
  min: 2,
  max: 50,
  failuresToOpen: 3,
  firstProbeMs: 100,
  maxProbeMs: 1000,
};

async function start(world: World, journal: MemoryJournal): Promise<Forwarder> {
  const ledger = await Ledger.open(journal);
  const task = spawn(() =>
    group(async (tasks) => {
      const processors = world.links.map((link, at): Processor => {
        const state = new ProcessorState({ feeRate: world.emulators[at]!.feeRate, ...LIMITS });
        return { link, state };
      }) as [Processor, Processor];
      const options = {
        policy: { ...DEFAULT_POLICY, delayPricePerSecond: 0.2 },
        ...DEFAULT_DISPATCH,
      };
      await new Dispatcher(ledger, processors, options, tasks).run();
    }),
  );
  return { ledger, task, killed: false };
}

/** Changes the processors' and the network's weather until it is cancelled. */
async function weather({ emulators, links, random }: World): Promise<never> {
  for (;;) {
    await sleep(50 + random(800));
    const at = random(2);
    emulators[at]!.delayMs = [0, 1, 20, 300, 2000][random(5)]!;
    emulators[at]!.failing = random(3) === 0;
    links[at]!.lossPerMille = [0, 0, 50, 300][random(4)]!;
  }
}

const idOf = (number: number): string =>
  `00000000-0000-4000-8000-${String(number).padStart(12, "0")}`;
const amountOf = (number: number): number => 100 + number;

/** One history; throws when an invariant is broken. */
export async function history(seed: number): Promise<void> {
  const random = sequence(seed);
  await group(async (tasks) => {
    const emulators = [new Emulator({ feeRate: 0.05 }), new Emulator({ feeRate: 0.15 })] as const;
    const links = [
      new LossyLink(emulators[0], tasks, random),
      new LossyLink(emulators[1], tasks, random),
    ] as const;
    const world: World = { group: tasks, random, emulators, links };
    let journal = new MemoryJournal(tasks, () => random(4));
    let forwarder = await start(world, journal);
    const storm = tasks.spawn(() => weather(world));
    const acked = new Set<string>();
    for (let number = 0; number < 60; number++) {
      const id = idOf(random(10) === 0 ? random(number + 1) : number);
      const amountMinor = amountOf(Number(id.slice(-12)));
      const { ledger } = forwarder;
      tasks.spawn(async () => {
        try {
          await ledger.accept(id, amountMinor);
          if (!forwarder.killed && ledger === forwarder.ledger) acked.add(id);
        } catch {
          // The forwarder was killed meanwhile: nothing was promised.
        }
      });
      await sleep(random(60));
      if (random(15) === 0) {
        // Killed: what its tasks still wait for is never heard of again.
        journal = journal.crash((onTheWay) => random(onTheWay + 1));
        forwarder.killed = true;
        await forwarder.task.cancel("killed");
        forwarder = await start(world, journal);
      }
    }
    await storm.cancel("the sky clears");
    for (const at of [0, 1]) {
      Object.assign(emulators[at]!, { delayMs: 1, failing: false });
      links[at]!.lossPerMille = 0;
    }
    while (forwarder.ledger.activeCount > 0) await sleep(100);
    await verify(world, forwarder.ledger, acked);
    await forwarder.task.cancel("done");
  });
}

async function verify(
  { emulators }: World,
  ledger: Ledger,
  acked: ReadonlySet<string>,
): Promise<void> {
  const [first, second] = emulators;
  for (const id of first.payments.keys())
    assert.ok(!second.payments.has(id), `${id} is charged twice`);
  for (const id of acked) {
    const payment = await ledger.find(id);
    const at = first.payments.has(id) ? 0 : second.payments.has(id) ? 1 : undefined;
    assert.notEqual(at, undefined, `${id} was accepted and is nowhere: ${JSON.stringify(payment)}`);
    assert.equal(payment?.state.kind, "settled");
    assert.equal((payment.state as { processor: number }).processor, at);
  }
  const { counts, amountsMinor } = await ledger.summary(-Infinity, Infinity, 0);
  for (const at of [0, 1] as const) {
    const own = emulators[at].totals();
    assert.deepEqual(
      [counts[at], amountsMinor[at]],
      [own.count, own.amountMinor],
      `processor ${at}`,
    );
  }
}
