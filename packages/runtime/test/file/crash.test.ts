/** What a crash leaves of files, in simulations: the promise of AtomicFile, and that it is needed. */
import assert from "node:assert/strict";
import { test } from "node:test";
import {
  AtomicFile,
  directoryEntries,
  explore,
  IoError,
  openFile,
  readTextFile,
  removePath,
  renamePath,
  simulate,
  simulatedDisk,
  sleep,
  spawn,
  statFile,
  writeFile,
  writeFileAtomically,
} from "@hotpath/runtime";

const OLD = "old ".repeat(400);
const NEW = "new! ".repeat(500);
const PATH = "/data/file";

/** Runs `work`, and after a time that the seed chooses takes the power away. */
async function crashDuring(
  work: () => Promise<void>,
  mostMs: number,
  fraction: number,
): Promise<boolean> {
  const task = spawn(work);
  await sleep(mostMs * fraction);
  simulatedDisk().crash();
  await task.cancel("power loss");
  return task.state === "done";
}

test("AtomicFile leaves the old or the new file after a crash at any moment (seeds 1 to 500)", async () => {
  const seen = { old: 0, new: 0, committed: 0 };
  await explore(
    async (seed) => {
      await writeFileAtomically(PATH, OLD);
      let committed = false;
      const work = async (): Promise<void> => {
        await writeFileAtomically(PATH, NEW).catch((error: unknown) => {
          if (error instanceof IoError && error.systemCode === "EIO") throw new Error("crashed");
          throw error;
        });
        committed = true;
      };
      await crashDuring(() => work().catch(() => {}), 2, (seed % 100) / 100);
      const found = await readTextFile(PATH);
      assert.ok(found === OLD || found === NEW, `neither old nor new: ${found.length} bytes`);
      if (committed) assert.equal(found, NEW, "committed, and lost in the crash");
      if (committed) seen.committed++;
      seen[found === OLD ? "old" : "new"]++;
      // What a crash leaves of temporary files can be told by its name.
      for await (const { name } of directoryEntries("/data")) {
        assert.ok(name === "file" || /^\.file\..*\.tmp$/.test(name), name);
      }
    },
    { seeds: 500 },
  );
  assert.ok(seen.old > 50 && seen.new > 50 && seen.committed > 20, JSON.stringify(seen));
});

test("the simulated disk does lose what was renamed without being synced", async () => {
  let torn = 0;
  for (let seed = 1; seed <= 100; seed++) {
    await simulate(
      async () => {
        await writeFileAtomically(PATH, OLD);
        await writeFile(`${PATH}.tmp`, NEW);
        await renamePath(`${PATH}.tmp`, PATH);
        simulatedDisk().crash();
        const found = await readTextFile(PATH);
        if (found !== OLD && found !== NEW) torn++;
      },
      { seed },
    );
  }
  assert.ok(torn > 10, `only ${torn} of 100 were torn`);
});

test("what is open at a crash fails with EIO, and opening again works", async () => {
  await simulate(async () => {
    await using file = await openFile(PATH, { access: "write" });
    await file.write("x");
    await file.sync();
    simulatedDisk().crash();
    await assert.rejects(file.write("y"), (error: unknown) => {
      return error instanceof IoError && error.systemCode === "EIO";
    });
    await writeFile(PATH, "again");
    assert.equal(await readTextFile(PATH), "again");
  });
});

test("faults that are asked for come once, at the operation that was named", async () => {
  await simulate(async () => {
    await writeFileAtomically(PATH, OLD);
    for (const operation of ["open", "write", "sync", "rename"]) {
      simulatedDisk().failNext(operation, "EIO");
      await assert.rejects(writeFileAtomically(PATH, NEW), (error: unknown) => {
        return error instanceof IoError && error.operation === operation;
      });
      assert.equal(await readTextFile(PATH), OLD);
    }
    await writeFileAtomically(PATH, NEW);
    assert.equal(await readTextFile(PATH), NEW);
    await removePath(PATH);
    assert.equal(await statFile(PATH), undefined);
  });
});

test("a full disk says ENOSPC, and AtomicFile keeps the old file", async () => {
  await simulate(
    async () => {
      await writeFileAtomically(PATH, OLD);
      await assert.rejects(writeFileAtomically(PATH, NEW), (error: unknown) => {
        return error instanceof IoError && error.systemCode === "ENOSPC";
      });
      assert.equal(await readTextFile(PATH), OLD);
      assert.equal(simulatedDisk().usedBytes, OLD.length);
      await using atomic = await AtomicFile.open(PATH);
      await atomic.write("small");
      await atomic.commit();
      assert.equal(simulatedDisk().usedBytes, 5);
    },
    { disk: { capacityBytes: OLD.length + 100 } },
  );
});
