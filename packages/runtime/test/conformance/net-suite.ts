/**
 * What every network must do, the host's and the simulated one. Each check is a whole program; the
 * backends run it: on Node's handles, on node:net, and in simulations under many seeds.
 */
import assert from "node:assert/strict";
import {
  bindUdp,
  CancelError,
  ClosedError,
  connectTcp,
  connectUnix,
  group,
  IoError,
  listenTcp,
  listenUnix,
  RuntimeError,
  select,
  sleep,
  spawn,
  TimeoutError,
  withTimeout,
  type Connection,
} from "@hotpath/runtime";

export interface NetCheck {
  readonly name: string;
  readonly body: (context: NetContext) => Promise<void>;
}

export interface NetContext {
  /** Where a Unix socket may be made. */
  readonly unixPath: string;
  /** More than the backend keeps on the way for a reader that does not read. */
  readonly bulkBytes: number;
}

const text = new TextDecoder();

/** A connected pair: the end that connected, and the end that was accepted. */
export async function pair(
  options: Parameters<typeof listenTcp>[0] = {},
): Promise<{ near: Connection; far: Connection }> {
  await using listener = await listenTcp(options);
  const [near, far] = await group(async (tasks) => {
    const accepted = tasks.spawn(() => listener.accept());
    const connected = await connectTcp({ port: listener.port, ...options });
    return [connected, await accepted] as const;
  });
  return { near, far };
}

export async function echo(connection: Connection): Promise<void> {
  await using open = connection;
  const buffer = new Uint8Array(16 * 1024);
  for (let count = await open.read(buffer); count > 0; count = await open.read(buffer)) {
    await open.write(buffer.subarray(0, count));
  }
  await open.closeWrite();
}

function pattern(sizeBytes: number): Uint8Array {
  const bytes = new Uint8Array(sizeBytes);
  for (let index = 0; index < sizeBytes; index++) bytes[index] = (index * 31 + (index >> 8)) & 255;
  return bytes;
}

function hasCode(code: string): (error: unknown) => boolean {
  return (error) => error instanceof RuntimeError && error.code === code;
}

function hasSystemCode(...codes: readonly string[]): (error: unknown) => boolean {
  return (error) => error instanceof IoError && codes.includes(error.systemCode);
}

const check = (name: string, body: NetCheck["body"]): NetCheck => ({ name, body });

export const netChecks: readonly NetCheck[] = [
  check("an echo server echoes what many clients send, until each half-closes", async () => {
    await using listener = await listenTcp();
    const server = spawn(async () => {
      await group(async (tasks) => {
        for (let k = 0; k < 5; k++) {
          const connection = await listener.accept();
          tasks.spawn(() => echo(connection));
        }
      });
    });
    await group((tasks) => {
      for (let k = 0; k < 5; k++) {
        tasks.spawn(async () => {
          await using connection = await connectTcp({ port: listener.port });
          const sent = pattern(1000 + 7919 * k);
          tasks.spawn(async () => {
            await connection.write(sent);
            await connection.closeWrite();
          });
          const back = await connection.reader.readAll();
          assert.deepEqual(Buffer.compare(back, sent), 0);
        });
      }
    });
    await server;
  }),

  check("a Unix socket carries bytes both ways, and its listener has no port", async (context) => {
    await using listener = await listenUnix(context.unixPath);
    assert.throws(() => listener.port, TypeError);
    const server = spawn(async () => echo(await listener.accept()));
    await using connection = await connectUnix(context.unixPath);
    await connection.write("over the wall");
    await connection.closeWrite();
    assert.equal(text.decode(await connection.reader.readAll()), "over the wall");
    await server;
  }),

  check(
    "read() returns 0 after a half-close, again and again, while writing still works",
    async () => {
      const { near, far } = await pair();
      await using a = near;
      await using b = far;
      await a.write("last words");
      await a.closeWrite();
      const buffer = new Uint8Array(64);
      await b.readExactly(buffer.subarray(0, 10));
      assert.equal(await b.read(buffer), 0);
      assert.equal(await b.read(buffer), 0);
      assert.equal(b.tryRead(buffer), 0);
      await b.write("heard");
      await a.readExactly(buffer.subarray(0, 5));
      assert.equal(text.decode(buffer.subarray(0, 5)), "heard");
      await assert.rejects(a.write("more"), ClosedError);
      await a.closeWrite();
    },
  ),

  check(
    "readExactly() and readUntil() put pieces together and say where a stream broke off",
    async () => {
      const { near, far } = await pair();
      await using a = near;
      await using b = far;
      await a.writev([
        Buffer.from("HEAD 1\r\nHE"),
        Buffer.from("AD 2\r\n\r\nbody"),
        Buffer.from("x"),
      ]);
      await a.closeWrite();
      assert.equal(text.decode(await b.readUntil("\r\n")), "HEAD 1");
      assert.equal(text.decode(await b.readUntil("\r\n")), "HEAD 2");
      assert.equal(text.decode(await b.readUntil("\r\n")), "");
      await assert.rejects(b.readExactly(new Uint8Array(6)), hasCode("END"));
      await assert.rejects(b.readUntil("\n"), hasCode("END"));
      const rest = new Uint8Array(5);
      await b.readExactly(rest);
      assert.equal(text.decode(rest), "bodyx");
      assert.equal(await b.readUntil("\n"), undefined);
    },
  ),

  check("readUntil() and lines() stop at their limit", async () => {
    const { near, far } = await pair();
    await using a = near;
    await using b = far;
    await a.write(`${"x".repeat(100)}\nshort\r\nend`);
    await a.closeWrite();
    await assert.rejects(b.readUntil("\n", { limitBytes: 99 }), hasCode("LIMIT"));
    assert.equal((await b.readUntil("\n", { limitBytes: 100 }))?.length, 100);
    const lines: string[] = [];
    for await (const line of b.lines({ limitBytes: 5 })) lines.push(line);
    assert.deepEqual(lines, ["short", "end"]);
  }),

  check(
    "a write waits while the other side does not read, and goes on when it does",
    async ({ bulkBytes }) => {
      const { near, far } = await pair();
      await using a = near;
      await using b = far;
      const sent = pattern(bulkBytes);
      let written = false;
      const writer = spawn(async () => {
        await a.write(sent);
        written = true;
        await a.closeWrite();
      });
      const first = new Uint8Array(1);
      await b.readExactly(first);
      await sleep(1);
      assert.equal(written, false);
      const rest = await b.reader.readAll();
      assert.equal(rest.length, sent.length - 1);
      assert.equal(Buffer.compare(rest, sent.subarray(1)), 0);
      await writer;
      assert.equal(written, true);
    },
  ),

  check(
    "post() answers false when the host holds bytes, and flushed() waits for them",
    async ({ bulkBytes }) => {
      const { near, far } = await pair();
      await using a = near;
      await using b = far;
      const chunk = pattern(bulkBytes / 8);
      let posted = 0;
      do posted += chunk.length;
      while (a.post(chunk) && posted < 16 * bulkBytes);
      assert.ok(a.writer.pendingBytes > 0);
      const reader = spawn(() => b.reader.readAll({ limitBytes: posted }));
      await a.flushed();
      assert.equal(a.writer.pendingBytes, 0);
      await a.closeWrite();
      assert.equal((await reader).length, posted);
    },
  ),

  check("cork() sends what was written in one piece, in order", async () => {
    const { near, far } = await pair();
    await using a = near;
    await using b = far;
    {
      using _ = a.writer.cork();
      await a.write("one ");
      a.postText("two ");
      await a.writev([Buffer.from("three "), Buffer.from("four")]);
    }
    await a.closeWrite();
    assert.equal(text.decode(await b.reader.readAll()), "one two three four");
  }),

  check("a cancelled read has read nothing, and the next one gets the bytes", async () => {
    const { near, far } = await pair();
    await using a = near;
    await using b = far;
    const given = new Uint8Array(8);
    const reader = spawn(() => b.read(given));
    await sleep(1);
    await reader.cancel();
    await a.write("kept");
    const buffer = new Uint8Array(4);
    await b.readExactly(buffer);
    assert.equal(text.decode(buffer), "kept");
    assert.deepEqual(given, new Uint8Array(8));
  }),

  check(
    "a read times out without losing what comes later; readUntil keeps what came before",
    async () => {
      const { near, far } = await pair();
      await using a = near;
      await using b = far;
      await assert.rejects(b.read(new Uint8Array(1), { timeout: 2 }), TimeoutError);
      await a.write("no end yet");
      await assert.rejects(b.readUntil("\n", { timeout: 5 }), TimeoutError);
      await assert.rejects(
        withTimeout(2, () => b.readExactly(new Uint8Array(100))),
        TimeoutError,
      );
      await a.write("\n");
      assert.equal(text.decode(await b.readUntil("\n")), "no end yet");
    },
  ),

  check(
    "a write that is given up half-way tears the stream, and reading goes on",
    async ({ bulkBytes }) => {
      const { near, far } = await pair();
      await using a = near;
      await using b = far;
      await assert.rejects(a.write(pattern(bulkBytes), { timeout: 3 }), TimeoutError);
      await assert.rejects(a.write("more"), hasCode("TORN"));
      assert.throws(() => a.post(new Uint8Array(1)), hasCode("TORN"));
      await b.write("still here");
      const buffer = new Uint8Array(10);
      await a.readExactly(buffer);
      assert.equal(text.decode(buffer), "still here");
    },
  ),

  check("a cancelled accept takes no connection", async () => {
    await using listener = await listenTcp();
    const first = spawn(() => listener.accept());
    await sleep(1);
    await first.cancel();
    await using near = await connectTcp({ port: listener.port });
    await using far = await listener.accept();
    await near.write("x");
    assert.equal(await far.read(new Uint8Array(1)), 1);
    await assert.rejects(listener.accept({ timeout: 1 }), TimeoutError);
  }),

  check("a cancelled connect leaves nothing behind", async () => {
    await using listener = await listenTcp();
    const task = spawn(() => connectTcp({ port: listener.port }));
    await Promise.resolve();
    await task.cancel();
    assert.equal(task.state, "cancelled");
    await assert.rejects(Promise.resolve(task), hasCode("TASK_CANCELLED"));
  }),

  check("in a cancelled scope every operation refuses, and disposing still closes", async () => {
    const { near, far } = await pair();
    await using b = far;
    const buffer = new Uint8Array(4);
    const task = spawn(async () => {
      await using a = near;
      await assert.rejects(a.read(buffer), CancelError);
      await assert.rejects(a.read(buffer), CancelError);
      await assert.rejects(a.write("x"), CancelError);
      await assert.rejects(a.closeWrite(), CancelError);
      await assert.rejects(listenTcp(), CancelError);
    });
    await sleep(1);
    await task.cancel();
    assert.equal(near.closed, true);
    assert.equal(await b.read(buffer), 0);
  }),

  check("connections wait to be accepted, beyond the backlog they are reset", async () => {
    await using listener = await listenTcp({ backlog: 2 });
    const clients: Connection[] = [];
    const reset: unknown[] = [];
    for (let k = 0; k < 4; k++) {
      try {
        const connection = await connectTcp({ port: listener.port });
        clients.push(connection);
        await connection.write(`${k}`);
        // The reset may come after the write; the two that wait are not answered.
        if (k >= 2) await connection.read(new Uint8Array(1));
      } catch (error) {
        reset.push(error);
      }
    }
    assert.equal(reset.length, 2);
    for (const error of reset)
      assert.ok(hasSystemCode("ECONNRESET", "EPIPE")(error), String(error));
    assert.equal(listener.refusedCount, 2);
    const taken: string[] = [];
    for (let k = 0; k < 2; k++) {
      await using connection = await listener.accept();
      const buffer = new Uint8Array(1);
      await connection.readExactly(buffer);
      taken.push(text.decode(buffer));
    }
    assert.deepEqual(taken, ["0", "1"]);
    for (const client of clients) await client.close();
  }),

  check("select() takes a connection or something else, never both", async () => {
    await using listener = await listenTcp();
    const pause = spawn(() => sleep(1));
    const first = await select({ connection: listener, pause });
    assert.equal(first.kind, "pause");
    await using near = await connectTcp({ port: listener.port });
    const second = await select({ connection: listener });
    assert.equal(second.kind, "connection");
    await using _far = second.value;
    assert.equal(near.closed, false);
  }),

  check("onConnection() and tap serve without a task switch", async () => {
    await using listener = await listenTcp();
    const served: Connection[] = [];
    listener.onConnection((connection) => {
      served.push(connection);
      // Answers whole lines and leaves the rest.
      connection.reader.tap = (chunk) => {
        const end = chunk.lastIndexOf(10) + 1;
        if (end > 0) connection.post(chunk.slice(0, end));
        return end;
      };
      connection.reader.onEnd = () => void connection.close();
      connection.reader.arm();
    });
    await using near = await connectTcp({ port: listener.port });
    for (const part of ["a line\nhalf", " a line\n", "and ", "the rest\n"]) await near.write(part);
    await near.closeWrite();
    const back = text.decode(await near.reader.readAll());
    assert.equal(back, "a line\nhalf a line\nand the rest\n");
    assert.equal(served.length, 1);
    assert.equal(served[0]!.closed, true);
  }),

  check("reset() breaks the other side's reads and writes", async () => {
    const { near, far } = await pair();
    await using b = far;
    near.reset();
    await assert.rejects(b.read(new Uint8Array(1)), hasSystemCode("ECONNRESET"));
    await assert.rejects(b.read(new Uint8Array(1)), hasSystemCode("ECONNRESET"));
    await assert.rejects(b.write("x"), hasSystemCode("ECONNRESET", "EPIPE"));
  }),

  check(
    "closing wakes whoever reads or waits for a write, and closing twice does nothing",
    async ({ bulkBytes }) => {
      const { near, far } = await pair();
      await using _b = far;
      const reader = spawn(() => assert.rejects(near.read(new Uint8Array(1)), ClosedError));
      const writer = spawn(() => assert.rejects(near.write(pattern(bulkBytes)), ClosedError));
      await sleep(1);
      near[Symbol.dispose]();
      await group(async () => {
        await reader;
        await writer;
      });
      await near.close();
      near.reset();
      await assert.rejects(near.read(new Uint8Array(1)), ClosedError);
      await assert.rejects(near.write("x"), ClosedError);
      assert.throws(() => near.post(new Uint8Array(1)), ClosedError);
      assert.throws(() => near.tryRead(new Uint8Array(1)), ClosedError);
    },
  ),

  check("close() of a listener ends accept() and the iteration over it", async () => {
    const listener = await listenTcp();
    const accept = spawn(() => assert.rejects(listener.accept(), ClosedError));
    const loop = spawn(async () => {
      for await (const connection of listener) await connection.close();
    });
    await sleep(1);
    listener.close();
    listener.close();
    await accept;
    await loop;
    assert.throws(() => listener.tryAccept(), ClosedError);
    await assert.rejects(connectTcp({ port: listener.port }), hasSystemCode("ECONNREFUSED"));
  }),

  check(
    "close() sends what was posted, unless a write was given up or it takes too long",
    async ({ bulkBytes }) => {
      const bytes = pattern(bulkBytes);
      const first = await pair();
      const second = await pair();
      const third = await pair();
      await using a = first.far;
      await using b = second.far;
      await using c = third.far;
      assert.equal(first.near.post(bytes), false);
      const reader = spawn(() => a.reader.readAll());
      await first.near.close();
      assert.equal((await reader).length, bytes.length);
      await assert.rejects(second.near.write(bytes, { timeout: 1 }), TimeoutError);
      await second.near.close();
      assert.equal(second.near.closed, true);
      assert.equal(third.near.post(bytes), false);
      await assert.rejects(third.near.close({ timeout: 1 }), TimeoutError);
      assert.equal(third.near.closed, true);
      assert.equal(b.closed || c.closed, false);
    },
  ),

  check("two tasks cannot read one connection at once", async () => {
    const { near, far } = await pair();
    await using a = near;
    await using _b = far;
    const reader = spawn(() => a.read(new Uint8Array(1)), { name: "the reader" });
    await sleep(1);
    await assert.rejects(a.read(new Uint8Array(1)), (error: unknown) => {
      return hasCode("BUSY")(error) && /"the reader"/.test(String(error));
    });
    await reader.cancel();
  }),

  check("a bad address is refused before the host sees it", async (context) => {
    await assert.rejects(connectTcp({ port: 0 }), RangeError);
    await assert.rejects(connectTcp({ port: 65_536 }), RangeError);
    await assert.rejects(connectTcp({ port: 1.5 }), RangeError);
    await assert.rejects(connectTcp({ host: "no spaces", port: 1 }), TypeError);
    await assert.rejects(connectTcp({ host: "", port: 1 }), TypeError);
    assert.throws(() => listenTcp({ host: "example.org" }), TypeError);
    assert.throws(() => listenTcp({ port: -1 }), RangeError);
    await assert.rejects(listenTcp({ backlog: 0 }), RangeError);
    assert.throws(() => listenUnix(""), TypeError);
    await assert.rejects(connectUnix(`${context.unixPath}\0`), TypeError);
    await assert.rejects(connectUnix("x".repeat(200)), RangeError);
  }),

  check("an address in use and a socket that is not there are named", async (context) => {
    await using listener = await listenTcp();
    await assert.rejects(listenTcp({ port: listener.port }), hasSystemCode("EADDRINUSE"));
    const missing = `${context.unixPath}.missing`;
    await assert.rejects(connectUnix(missing), (error: unknown) => {
      return hasSystemCode("ENOENT")(error) && String(error).includes(missing);
    });
  }),

  check("datagrams arrive whole, wait up to the limit, and beyond it are counted", async () => {
    await using server = await bindUdp({ queueLimit: 2 });
    await using client = await bindUdp();
    const waiting = spawn(() => server.receive());
    await client.send("ping", { host: "127.0.0.1", port: server.port });
    const { data, from } = await waiting;
    assert.equal(text.decode(data), "ping");
    assert.equal(from.port, client.port);
    await server.send("pong", from);
    const won = await select({ answer: client });
    assert.equal(text.decode(won.value.data), "pong");
    for (let k = 0; k < 5; k++) await client.send("x", { host: "127.0.0.1", port: server.port });
    while (server.droppedCount < 3) await sleep(1);
    assert.equal(server.tryReceive()?.data.length, 1);
    assert.equal((await server.receive()).data.length, 1);
    assert.equal(server.tryReceive(), undefined);
    await assert.rejects(server.receive({ timeout: 1 }), TimeoutError);
    await assert.rejects(bindUdp({ port: server.port }), hasSystemCode("EADDRINUSE"));
    await assert.rejects(bindUdp({ host: "here" }), TypeError);
    await assert.rejects(bindUdp({ port: 70_000 }), RangeError);
    const to = { host: "127.0.0.1", port: 9 };
    assert.throws(() => client.send(new Uint8Array(70_000), to), RangeError);
    assert.throws(() => client.send("x", { host: "name", port: 9 }), TypeError);
    const closed = spawn(() => assert.rejects(client.receive(), ClosedError));
    await sleep(1);
    client.close();
    await closed;
    await assert.rejects(client.send("x", to), ClosedError);
    assert.throws(() => client.tryReceive(), ClosedError);
  }),

  check("a read into an empty buffer and a negative consume are refused", async () => {
    const { near, far } = await pair();
    await using a = near;
    await using _b = far;
    await assert.rejects(a.read(new Uint8Array(0)), RangeError);
    assert.throws(() => a.reader.consume(1), RangeError);
    assert.throws(() => a.writer.uncork(), RangeError);
    await assert.rejects(a.readUntil(""), TypeError);
  }),
];
