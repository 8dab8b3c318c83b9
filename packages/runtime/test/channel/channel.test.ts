import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import {
  Broadcast,
  Channel,
  ClosedError,
  LaggedError,
  Oneshot,
  TimeoutError,
  Watch,
  run,
  simulate,
  spawn,
  yieldNow,
} from "@hotpath/runtime";
import { Ring } from "../../src/channel/ring.ts";

test("Ring is a queue, whatever is pushed and shifted", () => {
  fc.assert(
    fc.property(fc.array(fc.boolean()), (steps) => {
      const ring = new Ring<number>(2);
      const model: number[] = [];
      steps.forEach((push, index) => {
        if (push) {
          ring.push(index);
          model.push(index);
        } else if (model.length > 0) {
          assert.equal(ring.shift(), model.shift());
        }
        assert.equal(ring.size, model.length);
      });
    }),
  );
});

test("Channel.send() of a rendezvous is over when a receiver has the value", () =>
  run(async () => {
    const channel = new Channel<number>();
    let sent = false;
    spawn(async () => {
      await channel.send(1);
      sent = true;
    });
    await yieldNow();
    assert.equal(sent, false);
    assert.equal(await channel.receive(), 1);
    await yieldNow();
    assert.equal(sent, true);
  }));

test("Channel.send() waits when the buffer is full", () =>
  run(async () => {
    const channel = new Channel<number>(2);
    await channel.send(1);
    await channel.send(2);
    assert.equal(channel.trySend(3), false);
    await assert.rejects(channel.send(3, { timeout: 1 }), TimeoutError);
    assert.deepEqual(
      [channel.tryReceive(), channel.tryReceive(), channel.tryReceive()],
      [1, 2, undefined],
    );
  }));

test("Channel.close() lets the buffer be received, close('immediate') drops it", () =>
  run(async () => {
    const graceful = new Channel<number>(3, { name: "orders" });
    await graceful.sendAll([1, 2]);
    graceful.close();
    assert.equal(await graceful.receive(), 1);
    assert.deepEqual(await Array.fromAsync(graceful), [2]);
    await assert.rejects(graceful.receive(), ClosedError);
    await assert.rejects(graceful.send(4), /Cannot send to channel orders: it is closed/);
    const immediate = new Channel<number>(3);
    await immediate.sendAll([1, 2]);
    immediate.close("immediate");
    assert.deepEqual(await Array.fromAsync(immediate), []);
    assert.equal(immediate.dropped, 2);
  }));

test("Channel.batches() takes what is there, up to its limit, waiting senders included", () =>
  run(async () => {
    const channel = new Channel<number>(2);
    spawn(async () => {
      await channel.sendAll([1, 2, 3, 4, 5]);
      channel.close();
    });
    const all: number[] = [];
    for await (const batch of channel.batches(3)) {
      assert.ok(batch.length >= 1 && batch.length <= 3);
      all.push(...batch);
    }
    assert.deepEqual(all, [1, 2, 3, 4, 5]);
    assert.throws(() => channel.batches(0), RangeError);
  }));

test("overflow policies never wait and count what they drop", () =>
  run(async () => {
    const oldest = new Channel<number>(2, { overflow: "drop-oldest" });
    const newest = new Channel<number>(2, { overflow: "drop-newest" });
    for (const channel of [oldest, newest]) {
      await channel.sendAll([1, 2, 3]);
      channel.close();
      assert.equal(channel.dropped, 1);
    }
    assert.deepEqual(await Array.fromAsync(oldest), [2, 3]);
    assert.deepEqual(await Array.fromAsync(newest), [1, 2]);
    assert.throws(() => new Channel(0, { overflow: "drop-oldest" }), /no oldest value/);
    assert.throws(() => new Channel(-1), /capacity/);
    assert.throws(() => new Channel(1.5), RangeError);
  }));

test("Channel.sender() closes the channel with the last handle; a closed handle refuses", () =>
  run(async () => {
    const channel = new Channel<number>(4);
    const first = channel.sender();
    const second = first.clone();
    first.close();
    first.close();
    await assert.rejects(first.send(1), ClosedError);
    assert.throws(() => first.clone(), ClosedError);
    assert.equal(first.trySend(1), false);
    assert.equal(second.trySend(2), true);
    second[Symbol.dispose]();
    assert.equal(channel.closed, true);
    assert.deepEqual(await Array.fromAsync(channel), [2]);
  }));

test("Broadcast tells a slow subscriber how much it has lost and goes on", () =>
  run(async () => {
    const news = new Broadcast<number>(2, { name: "news" });
    const slow = news.subscribe();
    const fast = news.subscribe();
    for (let value = 1; value <= 5; value++) {
      news.send(value);
      assert.equal(await fast.receive(), value);
    }
    await assert.rejects(
      slow.receive(),
      (error) => error instanceof LaggedError && error.lost === 3,
    );
    assert.deepEqual([slow.size, await slow.receive(), await slow.receive()], [2, 4, 5]);
    assert.equal(news.subscribers, 2);
    fast.close();
    assert.equal(news.subscribers, 1);
    news.close();
    await assert.rejects(slow.receive(), ClosedError);
    assert.throws(() => news.send(6), /Cannot send to broadcast news/);
    assert.equal(slow.lost, 3);
    assert.throws(() => new Broadcast(0), RangeError);
  }));

test("a Subscription iterates until the broadcast is closed, over its losses", () =>
  simulate(async () => {
    const news = new Broadcast<number>(1);
    using subscription = news.subscribe();
    news.send(1);
    news.send(2);
    news.close();
    assert.deepEqual(await Array.fromAsync(subscription), [2]);
    assert.equal(subscription.lost, 1);
  }));

test("Watch shows the latest value, and a last unseen one after it is closed", () =>
  run(async () => {
    const level = new Watch(1, { name: "level" });
    const watcher = level.watch();
    await assert.rejects(watcher.changed({ timeout: 1 }), TimeoutError);
    level.set(2);
    level.update((value) => value + 1);
    level.close();
    assert.equal(await watcher.changed(), 3);
    await assert.rejects(watcher.changed(), /Cannot wait for watched value level/);
    assert.throws(() => level.set(4), ClosedError);
    assert.deepEqual([level.value, level.version, level.closed], [3, 2, true]);
  }));

test("Oneshot gives every receiver the one value or the one error", () =>
  run(async () => {
    const answer = new Oneshot<number>({ name: "answer" });
    assert.equal(answer.tryReceive(), undefined);
    const waiting = spawn(() => answer.receive());
    await yieldNow();
    assert.equal(answer.send(42), true);
    assert.equal(answer.fail(new Error("late")), false);
    assert.deepEqual([await waiting, await answer.receive(), answer.tryReceive()], [42, 42, 42]);
    const failed = new Oneshot<number>();
    failed.fail(new Error("no"));
    await assert.rejects(failed.receive(), /no/);
    assert.throws(() => failed.tryReceive(), /no/);
  }));
