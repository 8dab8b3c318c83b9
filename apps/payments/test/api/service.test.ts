/** One instance as its clients see it, on a real socket, with emulated processors behind it. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { external, group, Oneshot, run, type Group, type Task } from "@hotpath/runtime";
import { Emulator } from "../../src/processor/emulator.ts";
import { runService, type Service } from "../../src/service.ts";
import { LossyLink } from "../dispatch/lossy-link.ts";
import { MemoryJournal } from "../dispatch/memory-journal.ts";

const idOf = (number: number): string =>
  `00000000-0000-4000-8000-${String(number).padStart(12, "0")}`;

interface Running extends Service {
  readonly url: string;
  readonly emulators: readonly [Emulator, Emulator];
}

async function withService(
  body: (service: Running) => Promise<void>,
  options: { readonly contest?: boolean; readonly token?: string } = {},
): Promise<void> {
  await run(() =>
    group(async (tasks: Group) => {
      const emulators = [new Emulator({ feeRate: 0.05 }), new Emulator({ feeRate: 0.15 })] as const;
      const [first, second] = emulators.map((emulator) => ({
        link: new LossyLink(emulator, tasks, () => 0),
        feeRate: emulator.feeRate,
      }));
      const ready = new Oneshot<Service>();
      const journal = new MemoryJournal(tasks, () => 0);
      const task: Task<void> = tasks.spawn(() =>
        runService(
          { journal, listen: { port: 0 }, processors: [first!, second!], ...options },
          (service) => void ready.send(service),
        ),
      );
      const service = await ready.receive();
      await body({ ...service, emulators, url: `http://127.0.0.1:${service.server.port}` });
      await task.cancel("the test is over");
    }),
  );
}

const post = (url: string, body: string, headers: Record<string, string> = {}): Promise<Response> =>
  external(fetch(url, { method: "POST", body, headers }));

test("payments are accepted, settled and summed exactly", async () => {
  await withService(async ({ url, ledger }) => {
    for (let number = 0; number < 20; number++) {
      const body = `{"correlationId":"${idOf(number)}","amount":0.1}`;
      assert.equal((await post(`${url}/payments`, body)).status, 202);
    }
    while (ledger.activeCount > 0) await ledger.changed.wait();
    const summary = await external(fetch(`${url}/payments-summary`));
    assert.equal(
      await external(summary.text()),
      `{"default":{"totalRequests":20,"totalAmount":2.00},"fallback":{"totalRequests":0,"totalAmount":0.00}}`,
    );
    const payment = await external(fetch(`${url}/payments/${idOf(7)}`));
    const { state, processor, amount } = (await external(payment.json())) as Record<
      string,
      unknown
    >;
    assert.deepEqual(
      { state, processor, amount },
      { state: "settled", processor: "default", amount: 0.1 },
    );
    const early = await external(fetch(`${url}/payments-summary?to=2020-01-01T00:00:00Z`));
    assert.match(await external(early.text()), /"totalRequests":0.*"totalRequests":0/);
  });
});

test("the same payment again is answered as before, another amount is a conflict", async () => {
  await withService(async ({ url, ledger, emulators }) => {
    const send = (amount: string): Promise<Response> =>
      post(`${url}/payments`, `{"correlationId":"${idOf(1)}","amount":${amount}}`);
    assert.equal((await send("5")).status, 202);
    assert.equal((await send("5.00")).status, 202);
    assert.equal((await send("5.01")).status, 409);
    while (ledger.activeCount > 0) await ledger.changed.wait();
    assert.equal((await send("5")).status, 202);
    assert.equal((await send("6")).status, 409);
    assert.deepEqual(emulators[0].totals(), { count: 1, amountMinor: 500 });
  });
});

test("bad requests get a problem that says what to do", async () => {
  await withService(async ({ url }) => {
    for (const [path, status] of [
      ["/payments-summary?from=yesterday", 422],
      [`/payments/${idOf(1)}`, 404],
      ["/payments/none", 404],
      ["/elsewhere", 404],
      ["/dead-letters", 403],
    ] as const) {
      const response = await external(fetch(url + path));
      assert.equal(response.status, status, path);
      assert.equal(response.headers.get("content-type"), "application/problem+json; charset=utf-8");
      assert.equal(
        typeof ((await external(response.json())) as { detail: unknown }).detail,
        "string",
      );
    }
    assert.equal((await post(`${url}/payments`, "{}")).status, 422);
    assert.equal((await post(`${url}/payments`, "x".repeat(5000))).status, 413);
  });
});

test("purging needs the token outside of the contest, and forgets everything", async () => {
  const token = "a token";
  await withService(
    async ({ url, ledger }) => {
      const body = `{"correlationId":"${idOf(1)}","amount":5}`;
      await post(`${url}/payments`, body);
      while (ledger.activeCount > 0) await ledger.changed.wait();
      assert.equal((await post(`${url}/purge-payments`, "")).status, 401);
      assert.equal(
        (await post(`${url}/purge-payments`, "", { authorization: "Bearer x" })).status,
        403,
      );
      assert.equal(ledger.settledCount, 1);
      const authorization = `Bearer ${token}`;
      assert.equal((await post(`${url}/purge-payments`, "", { authorization })).status, 200);
      assert.equal(ledger.settledCount, 0);
      assert.equal((await external(fetch(`${url}/payments/${idOf(1)}`))).status, 404);
    },
    { token },
  );
  await withService(
    async ({ url }) => assert.equal((await post(`${url}/purge-payments`, "")).status, 200),
    { contest: true },
  );
});
