/** What every file system must do, the host's and the simulated one. Each check gets a folder of its own. */
import assert from "node:assert/strict";
import {
  AtomicFile,
  CancelError,
  ClosedError,
  directoryEntries,
  IoError,
  makeDirectory,
  openFile,
  readFile,
  readTextFile,
  removePath,
  renamePath,
  RuntimeError,
  sleep,
  spawn,
  statFile,
  walkDirectory,
  writeFile,
  writeFileAtomically,
  yieldNow,
} from "@hotpath/runtime";

export interface FileCheck {
  readonly name: string;
  readonly body: (folder: string) => Promise<void>;
}

const text = new TextDecoder();

export function hasSystemCode(...codes: readonly string[]): (error: unknown) => boolean {
  return (error) => error instanceof IoError && codes.includes(error.systemCode);
}

export async function namesIn(folder: string): Promise<string[]> {
  const names: string[] = [];
  for await (const { name } of directoryEntries(folder)) names.push(name);
  return names.sort();
}

const check = (name: string, body: FileCheck["body"]): FileCheck => ({ name, body });

export const fileChecks: readonly FileCheck[] = [
  check("bytes are read where they were written, with a hole of zeros between", async (folder) => {
    const path = `${folder}/positions`;
    await using file = await openFile(path, { access: "read-write" });
    await file.writeAt(Buffer.from("far"), 1000);
    await file.writeAt(Buffer.from("near"), 0);
    const into = new Uint8Array(1003);
    await file.readExactlyAt(into, 0);
    assert.equal(text.decode(into.subarray(0, 4)), "near");
    assert.deepEqual(into.subarray(4, 1000), new Uint8Array(996));
    assert.equal(text.decode(into.subarray(1000)), "far");
    assert.equal(await file.readAt(into, 1003), 0);
    assert.equal((await file.stat()).sizeBytes, 1003);
    await assert.rejects(file.readExactlyAt(into, 1), (error: unknown) => {
      return error instanceof RuntimeError && error.code === "END";
    });
  }),

  check(
    "read() and write() go on where the last one ended; truncate() cuts off",
    async (folder) => {
      const path = `${folder}/sequence`;
      await using file = await openFile(path, { access: "read-write" });
      await file.write("one ");
      await file.write("two");
      assert.equal(file.position, 7);
      file.seek(0);
      const into = new Uint8Array(100);
      let count = 0;
      while (count < 7) count += await file.read(into.subarray(count));
      assert.equal(text.decode(into.subarray(0, 7)), "one two");
      assert.equal(await file.read(into), 0);
      await file.truncate(3);
      await file.sync();
      await file.syncData();
      assert.equal(await readTextFile(path), "one");
    },
  ),

  check("appending goes to the end whoever else writes", async (folder) => {
    const path = `${folder}/log`;
    await using one = await openFile(path, { access: "append" });
    await using other = await openFile(path, { access: "append" });
    await one.write("a");
    await other.write("b");
    await one.write("c");
    assert.equal(await readTextFile(path), "abc");
  }),

  check("what may exist and what must is said on opening", async (folder) => {
    const path = `${folder}/exists`;
    await assert.rejects(openFile(path), hasSystemCode("ENOENT"));
    await writeFile(path, "old");
    await assert.rejects(
      openFile(path, { access: "write", create: "always" }),
      hasSystemCode("EEXIST"),
    );
    await assert.rejects(openFile(folder, { access: "write" }), hasSystemCode("EISDIR"));
    await assert.rejects(openFile(path, { truncate: true }), TypeError);
    await assert.rejects(openFile(""), TypeError);
    await assert.rejects(openFile("a\0b"), TypeError);
    await writeFile(path, "n");
    assert.equal(await readTextFile(path), "n");
    assert.equal(await statFile(`${path}/below`), undefined);
    assert.equal((await statFile(path))?.kind, "file");
  }),

  check("a file streams: lines, chunks, a range, and writes in order", async (folder) => {
    const path = `${folder}/stream`;
    const lines = Array.from(
      { length: 500 },
      (_, index) => `line ${index} ${"x".repeat(index % 90)}`,
    );
    {
      await using file = await openFile(path, { access: "write" });
      const writer = file.writer();
      for (const line of lines.slice(0, 250)) writer.postText(`${line}\n`);
      await writer.flushed();
      for (const line of lines.slice(250)) await writer.write(`${line}\n`);
      await writer.closeWrite();
    }
    await using file = await openFile(path);
    const read: string[] = [];
    for await (const line of file.reader({ chunkBytes: 1000 }).lines()) read.push(line);
    assert.deepEqual(read, lines);
    const part = await file.reader({ start: 5, end: 12 }).readAll();
    assert.equal(text.decode(part), "0 \nline");
    let sizeBytes = 0;
    for await (const chunk of file.reader()) sizeBytes += chunk.length;
    assert.equal(sizeBytes, (await file.stat()).sizeBytes);
    assert.throws(() => file.reader({ start: 2, end: 1 }), RangeError);
  }),

  check("close() waits for what is in flight, also for what was given up", async (folder) => {
    const path = `${folder}/ledger`;
    const file = await openFile(path, { access: "read-write" });
    const writer = spawn(() => file.writeAt(new Uint8Array(1 << 20).fill(1), 0));
    while (file.inFlight === 0) await yieldNow();
    await writer.cancel();
    assert.equal(writer.state, "cancelled");
    assert.equal(file.inFlight, 1);
    await file.close();
    assert.equal(file.inFlight, 0);
    // The write was not taken back: at least a part of it has been done.
    assert.ok((await readFile(path)).every((byte) => byte === 1));
  }),

  check("after close() every operation says so, and closing again does nothing", async (folder) => {
    const path = `${folder}/closed`;
    const file = await openFile(path, { access: "read-write" });
    const reader = file.reader();
    await file.close();
    await file.close();
    await assert.rejects(file.readAt(new Uint8Array(1), 0), ClosedError);
    await assert.rejects(file.writeAt(new Uint8Array(1), 0), ClosedError);
    await assert.rejects(file.write("x"), ClosedError);
    await assert.rejects(file.sync(), ClosedError);
    await assert.rejects(file.stat(), ClosedError);
    await assert.rejects(file.truncate(0), ClosedError);
    await assert.rejects(reader.read(new Uint8Array(1)), ClosedError);
    await assert.rejects(file.writer().write("x"), ClosedError);
  }),

  check("positions and buffers that cannot be are refused", async (folder) => {
    await using file = await openFile(`${folder}/bad`, { access: "read-write" });
    assert.throws(() => file.readAt(new Uint8Array(1), -1), RangeError);
    assert.throws(() => file.readAt(new Uint8Array(0), 0), RangeError);
    await assert.rejects(file.writeAt(new Uint8Array(1), 0.5), RangeError);
    assert.throws(() => file.truncate(-1), RangeError);
    assert.throws(() => file.seek(Number.NaN), RangeError);
  }),

  check("in a cancelled scope files refuse, and disposing still closes", async (folder) => {
    const file = await openFile(`${folder}/cancelled`, { access: "read-write" });
    const task = spawn(async () => {
      await using open = file;
      await assert.rejects(sleep("1d"), CancelError);
      await assert.rejects(open.write("x"), CancelError);
      await assert.rejects(openFile(folder), CancelError);
      await assert.rejects(statFile(folder), CancelError);
    });
    while (task.state !== "parked") await yieldNow();
    await task.cancel();
    assert.equal(file.closed, true);
    await assert.rejects(file.write("x"), ClosedError);
  }),

  check("AtomicFile replaces in one step and leaves nothing behind", async (folder) => {
    const path = `${folder}/config`;
    await writeFileAtomically(path, "first");
    {
      await using atomic = await AtomicFile.open(path);
      await atomic.write("sec");
      await atomic.write("ond");
      assert.equal(await readTextFile(path), "first");
      await atomic.commit();
      await assert.rejects(atomic.commit(), ClosedError);
    }
    assert.equal(await readTextFile(path), "second");
    {
      await using atomic = await AtomicFile.open(path);
      await atomic.write("never");
    }
    assert.equal(await readTextFile(path), "second");
    await assert.rejects(
      writeFileAtomically(path, "third", { onCommit: "create" }),
      hasSystemCode("EEXIST"),
    );
    await writeFileAtomically(`${path}2`, "new", { onCommit: "create" });
    assert.deepEqual(await namesIn(folder), ["config", "config2"]);
  }),

  check(
    "an AtomicFile that is cancelled at any moment leaves the old or the new",
    async (folder) => {
      const path = `${folder}/state`;
      await writeFileAtomically(path, "old");
      for (let turns = 0; turns < 60; turns += 3) {
        const task = spawn(() => writeFileAtomically(path, `new ${turns}`));
        for (let turn = 0; turn < turns; turn++) await hop();
        await task.cancel();
        const found = await readTextFile(path);
        assert.ok(found === "old" || /^new \d+$/.test(found), found);
        if (task.state === "done") assert.equal(found, `new ${turns}`);
        assert.deepEqual(await namesIn(folder), ["state"]);
      }
    },
  ),

  check("directories are made, listed, walked, renamed and removed", async (folder) => {
    await makeDirectory(`${folder}/a/b/c`, { parents: true });
    await makeDirectory(`${folder}/a/b/c`, { parents: true });
    await assert.rejects(makeDirectory(`${folder}/a`), hasSystemCode("EEXIST"));
    await assert.rejects(makeDirectory(`${folder}/x/y`), hasSystemCode("ENOENT"));
    await writeFile(`${folder}/a/one`, "1");
    await writeFile(`${folder}/a/b/two`, "2");
    await assert.rejects(
      makeDirectory(`${folder}/a/one`, { parents: true }),
      hasSystemCode("EEXIST"),
    );
    const found: string[] = [];
    for await (const { path, kind } of walkDirectory(`${folder}/a`)) {
      found.push(`${kind} ${path.slice(folder.length)}`);
    }
    assert.deepEqual(found.sort(), [
      "directory /a/b",
      "directory /a/b/c",
      "file /a/b/two",
      "file /a/one",
    ]);
    for await (const entry of directoryEntries(`${folder}/a`)) {
      assert.ok(entry.name === "one" || entry.name === "b");
      break;
    }
    await renamePath(`${folder}/a/one`, `${folder}/a/b/two`);
    assert.equal(await readTextFile(`${folder}/a/b/two`), "1");
    await assert.rejects(renamePath(`${folder}/a/one`, `${folder}/z`), hasSystemCode("ENOENT"));
    await assert.rejects(removePath(`${folder}/a`), hasSystemCode("ENOTEMPTY"));
    await assert.rejects(removePath(`${folder}/none`), hasSystemCode("ENOENT"));
    await removePath(`${folder}/none`, { missing: "ignore" });
    await removePath(`${folder}/a`, { tree: true });
    assert.deepEqual(await namesIn(folder), []);
    await assert.rejects(namesIn(`${folder}/a`), hasSystemCode("ENOENT"));
  }),

  check("readAll() stops at its limit", async (folder) => {
    await writeFile(`${folder}/large`, new Uint8Array(1000));
    await assert.rejects(readFile(`${folder}/large`, { limitBytes: 999 }), (error: unknown) => {
      return error instanceof RuntimeError && error.code === "LIMIT";
    });
    assert.equal((await readFile(`${folder}/large`, { limitBytes: 1000 })).length, 1000);
  }),
];

/** Lets the host or the simulation go one step further. */
async function hop(): Promise<void> {
  await statFile(".");
}
