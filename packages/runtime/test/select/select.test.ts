import assert from "node:assert/strict";
import { getEventListeners } from "node:events";
import { test } from "node:test";
import {
  Channel,
  Event,
  TimeoutError,
  after,
  fromPromise,
  fromSignal,
  run,
  runtime,
  select,
  simulate,
  sleep,
  spawn,
  yieldNow,
} from "@hotpath/runtime";

test("select() takes the first ready case in the order of declaration, and only that", () =>
  run(async () => {
    const [a, b] = [new Channel<number>(1), new Channel<number>(1)];
    a.trySend(1);
    b.trySend(2);
    const next = await select({ a, b });
    assert.deepEqual({ ...next }, { kind: "a", value: 1, closed: false });
    assert.deepEqual([a.size, b.size], [0, 1]);
  }));

test("select.fair() lets every ready case win sometimes", () =>
  simulate(async () => {
    const wins = { a: 0, b: 0, c: 0 };
    for (let round = 0; round < 300; round++) {
      const ready = (): Event => new Event({ set: true });
      wins[(await select.fair({ a: ready(), b: ready(), c: ready() })).kind]++;
    }
    for (const count of Object.values(wins)) assert.ok(count > 50, JSON.stringify(wins));
  }));

test("select.now() never waits", () => {
  const channel = new Channel<number>(1);
  assert.equal(select.now({ channel }), undefined);
  channel.trySend(3);
  assert.deepEqual({ ...select.now({ channel }) }, { kind: "channel", value: 3, closed: false });
});

test("a closed channel is an answer for a receiving case and an error for a sending one", () =>
  run(async () => {
    const channel = new Channel<number>(0);
    const waiting = spawn(async () => select({ channel }));
    await yieldNow();
    channel.close();
    assert.deepEqual({ ...(await waiting) }, { kind: "channel", value: undefined, closed: true });
    await assert.rejects(select({ out: channel.sending(1) }), { code: "CLOSED" });
  }));

test("the losing cases of a select leave nothing behind", () =>
  simulate(async () => {
    const channel = new Channel<number>(0);
    const event = new Event();
    const controller = new AbortController();
    for (let round = 0; round < 50; round++) {
      const signal = fromSignal(controller.signal);
      const next = await select({ channel, event, signal, soon: after(1), late: after("1h") });
      assert.equal(next.kind, "soon");
    }
    assert.equal(runtime.metrics().timers, 0);
    assert.equal(runtime.metrics().parked, 0);
    assert.equal(getEventListeners(controller.signal, "abort").length, 0);
    assert.equal(channel.trySend(1), false, "no dead receiver takes a value");
  }));

test("select() of a task has its value or throws its error", () =>
  run(async () => {
    const good = spawn(async () => {
      await sleep(1);
      return 5;
    });
    const next = await select({ good, late: after("1h") });
    assert.ok(next.kind === "good");
    assert.equal(next.value, 5);
    const bad = spawn(async () => {
      await sleep(1);
      throw new Error("boom");
    });
    await assert.rejects(select({ bad, late: after("1h") }), /boom/);
  }));

test("fromPromise() adds one reaction to a promise, however often it is selected", () =>
  run(async () => {
    let reactions = 0;
    const promise = new Promise<number>((resolve) => setImmediate(resolve, 4));
    const original = promise.then.bind(promise);
    promise.then = ((...args: Parameters<typeof original>) => {
      reactions++;
      return original(...args);
    }) as typeof promise.then;
    for (let round = 0; round < 10; round++)
      await select({ p: fromPromise(promise), now: after(0) });
    const next = await select({ p: fromPromise(promise) });
    assert.equal(next.value, 4);
    assert.equal(reactions, 1);
    await assert.rejects(select({ p: fromPromise(Promise.reject(new Error("no"))) }), /no/);
  }));

test("fromSignal() wins when the signal aborts, with its reason", () =>
  run(async () => {
    const controller = new AbortController();
    spawn(async () => {
      await yieldNow();
      controller.abort("stop");
    });
    const next = await select({ stop: fromSignal(controller.signal), late: after("1h") });
    assert.deepEqual([next.kind, next.value], ["stop", "stop"]);
  }));

test("select() takes a timeout and refuses no cases", () =>
  run(async () => {
    await assert.rejects(select({ event: new Event() }, { timeout: 1 }), TimeoutError);
    await assert.rejects(select({}), TypeError);
  }));
