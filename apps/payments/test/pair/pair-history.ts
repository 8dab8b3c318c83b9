/**
 * The whole pair in one simulation: two instances with servers, clients, journals on disks that lose and
 * tear what was not synced, processors on a network that breaks, and crashes of either instance.
 *
 * Whatever happens: a payment that was answered 2xx is settled once at one processor or visibly dead, both
 * instances say the same, and what they say of a processor is what that processor says of itself.
 */
import assert from "node:assert/strict";
import { HttpPool, RequestError, router, serve } from "@hotpath/http";
import {
  Event,
  group,
  simulatedNetwork,
  sleep,
  spawn,
  type Group,
  type Task,
} from "@hotpath/runtime";
import { FaultyDisk } from "@hotpath/storage";
import { StorageJournal } from "../../src/ledger/storage-journal.ts";
import { Sibling } from "../../src/pair/sibling.ts";
import { emulatorRoutes } from "../../src/processor/emulator-routes.ts";
import { Emulator } from "../../src/processor/emulator.ts";
import { HttpLink } from "../../src/processor/http-link.ts";
import { runService } from "../../src/service.ts";
import { sequence } from "../sequence.ts";

type Random = (below: number) => number;
type Place = 0 | 1;

const PROCESSORS = ["10.0.0.2", "10.0.0.3"] as const;
const FEES = [0.05, 0.15] as const;
const socketOf = (place: Place): string => `/run/payments-${place}.sock`;
const portOf = (place: Place): number => 9000 + place;

/** One instance: killed, it leaves its disk as a power cut would, and is started on what is there. */
class Machine {
  readonly #place: Place;
  readonly #random: Random;
  #disk: FaultyDisk;
  #running: Task<void> | undefined = undefined;
  /** How often it was killed: what was answered before says nothing of what is answered after. */
  lives = 0;

  constructor(place: Place, random: Random) {
    this.#place = place;
    this.#random = random;
    this.#disk = new FaultyDisk({ seed: random(1_000_000), latencyMs: [0, 3] });
  }

  async start(): Promise<void> {
    const ready = new Event();
    const disk = this.#disk;
    this.#running = spawn(() => this.#run(disk, ready));
    await ready.wait();
  }

  async kill(): Promise<void> {
    this.lives++;
    this.#disk = this.#disk.crash("mixed", { seed: this.#random(1_000_000), latencyMs: [0, 3] });
    await this.#running?.cancel("killed");
  }

  async #run(disk: FaultyDisk, ready: Event): Promise<void> {
    const place = this.#place;
    await using journal = await StorageJournal.open("payments", disk);
    const links = PROCESSORS.map((host) => new HttpLink(`http://${host}:8080`, { answerMs: 3000 }));
    await using first = links[0]!;
    await using second = links[1]!;
    await using sibling = new Sibling(socketOf(place === 0 ? 1 : 0));
    const processors = [
      { link: first, feeRate: FEES[0], maxInFlight: 50 },
      { link: second, feeRate: FEES[1], maxInFlight: 50 },
    ] as const;
    const pair = { place, socket: socketOf(place), sibling };
    const listen = { host: "127.0.0.1", port: portOf(place) };
    await runService({ journal, listen, processors, pair, contest: true }, () => ready.set());
  }
}

async function weather(emulators: readonly Emulator[], random: Random): Promise<never> {
  const network = simulatedNetwork();
  for (;;) {
    await sleep(100 + random(1500));
    const at = random(2);
    emulators[at]!.delayMs = [0, 1, 20, 300, 2000][random(5)]!;
    emulators[at]!.failing = random(3) === 0;
    if (random(4) > 0) continue;
    network.partition(["127.0.0.1"], [PROCESSORS[at]!]);
    await sleep(random(4000));
    network.heal();
  }
}

const idOf = (number: number): string =>
  `00000000-0000-4000-8000-${String(number).padStart(12, "0")}`;

/** The two as their clients see them: nothing is certain but a 2xx. */
class Clients {
  readonly #pools: readonly [HttpPool, HttpPool];
  readonly #machines: readonly [Machine, Machine];
  readonly acknowledged = new Set<string>();

  constructor(machines: readonly [Machine, Machine]) {
    this.#machines = machines;
    const timeouts = { total: 3000 };
    this.#pools = [0, 1].map((place) => {
      return new HttpPool(`http://127.0.0.1:${portOf(place as Place)}`, { timeouts });
    }) as [HttpPool, HttpPool];
  }

  async pay(place: Place, number: number): Promise<void> {
    const id = idOf(number);
    const body = `{"correlationId":"${id}","amount":${1 + number}.25}`;
    const lives = this.#machines.map((machine) => machine.lives).join();
    try {
      using response = await this.#pools[place].request({
        method: "POST",
        path: "/payments",
        body,
      });
      // An answer that was on its way when the power went may be about what the cut took with it.
      const sameLives = this.#machines.map((machine) => machine.lives).join() === lives;
      if (response.ok && sameLives) this.acknowledged.add(id);
    } catch (error) {
      if (!(error instanceof RequestError)) throw error;
    }
  }

  async ask(place: Place, path: string): Promise<unknown> {
    using response = await this.#pools[place].request({ path });
    return { status: response.status, body: await response.json() };
  }

  async close(): Promise<void> {
    for (const pool of this.#pools) await pool[Symbol.asyncDispose]();
  }
}

export async function pairHistory(seed: number): Promise<void> {
  const random = sequence(seed);
  await group(async (tasks: Group) => {
    await using servers = new AsyncDisposableStack();
    const emulators = FEES.map((feeRate) => new Emulator({ feeRate }));
    for (const [at, emulator] of emulators.entries()) {
      const host = PROCESSORS[at]!;
      const handler = router(emulatorRoutes(emulator));
      const listen = { host, port: 8080 };
      servers.use(await simulatedNetwork().at(host, () => serve({ handler, listen })));
    }
    const machines = [new Machine(0, random), new Machine(1, random)] as const;
    for (const machine of machines) await machine.start();
    const clients = new Clients(machines);
    const storm = tasks.spawn(() => weather(emulators, random));
    const paying = await disturb(tasks, clients, machines, random);
    for (const task of paying) await task;
    await storm.cancel("the sky clears");
    simulatedNetwork().heal();
    for (const emulator of emulators) Object.assign(emulator, { delayMs: 1, failing: false });
    await verify(clients, emulators);
    await clients.close();
    for (const machine of machines) await machine.kill();
    await tasks.cancel("done");
  });
}

async function disturb(
  tasks: Group,
  clients: Clients,
  machines: readonly [Machine, Machine],
  random: Random,
): Promise<readonly Task<void>[]> {
  const paying: Task<void>[] = [];
  for (let number = 0; number < 40; number++) {
    const again = random(6) === 0 ? random(number + 1) : number;
    paying.push(tasks.spawn(() => clients.pay(random(2) as Place, again)));
    await sleep(random(120));
    if (random(12) > 0) continue;
    const machine = machines[random(2)]!;
    await machine.kill();
    await sleep(random(300));
    await machine.start();
  }
  return paying;
}

async function verify(clients: Clients, emulators: readonly Emulator[]): Promise<void> {
  const [first, second] = emulators as [Emulator, Emulator];
  for (const id of clients.acknowledged) {
    for (;;) {
      const { body } = (await clients.ask(0, `/payments/${id}`)) as { body: { state?: string } };
      if (body.state === "settled") break;
      assert.ok(body.state !== undefined, `${id} was accepted and is nowhere`);
      await sleep(500);
    }
    const places = emulators.filter(({ payments }) => payments.has(id));
    assert.equal(places.length, 1, `${id} is recorded at ${places.length} processors`);
  }
  for (const id of first.payments.keys()) assert.ok(!second.payments.has(id), `${id} twice`);
  // Payments that nobody was told of may still be on their way.
  const expected = JSON.stringify(emulators.map((emulator) => emulator.totals()));
  await sleep(20_000);
  assert.equal(JSON.stringify(emulators.map((emulator) => emulator.totals())), expected);
  const summary = {
    default: total(first),
    fallback: total(second),
  };
  assert.deepEqual(await clients.ask(0, "/payments-summary"), { status: 200, body: summary });
  assert.deepEqual(await clients.ask(1, "/payments-summary"), { status: 200, body: summary });
}

function total(emulator: Emulator): unknown {
  const { count, amountMinor } = emulator.totals();
  return { totalRequests: count, totalAmount: amountMinor / 100 };
}
