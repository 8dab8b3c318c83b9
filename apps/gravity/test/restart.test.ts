/** SIGTERM and kill -9: what runs is taken up again, and ends with the bytes of a run never stopped. */
import assert from "node:assert/strict";
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { after, before, describe, test } from "node:test";
import { eventsOf, type Resource } from "./service.ts";

const HOTPATH = new URL("../../cli/bin/hotpath.js", import.meta.url).pathname;
const BODY = {
  name: "long",
  initial: { kind: "plummer", n: 1500, seed: 11 },
  integrator: "leapfrog",
  dt: 0.001,
  steps: 600,
  snapshotEvery: 7,
};

/** So that a failed test leaves nothing running. */
const running = new Set<ChildProcess>();

interface Server {
  readonly url: string;
  readonly child: ChildProcess;
}

describe("a restart", { timeout: 180_000 }, () => {
  let folder: string;
  let reference: string;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "hotpath-restart-"));
    const server = await serve(join(folder, "reference"));
    const id = await create(server);
    await end(server, id);
    reference = await stateAndFrames(server, id);
    assert.equal(await terminate(server), 0);
  });
  after(async () => {
    for (const child of running) child.kill("SIGKILL");
    await rm(folder, { recursive: true, force: true });
  });

  for (const how of ["SIGTERM", "SIGKILL"] as const) {
    test(`by ${how} in the middle of a job ends with the same bytes`, async () => {
      const data = join(folder, how);
      let server = await serve(data);
      const id = await create(server);
      await reachFrame(server, id, 10);
      if (how === "SIGTERM") assert.equal(await terminate(server), 0);
      else await kill(server);
      server = await serve(data);
      const resumed = (await (
        await fetch(`${server.url}/api/v1/simulations/${id}`)
      ).json()) as Resource;
      if (how === "SIGTERM")
        assert.ok(resumed.step >= 70, `resumed from step ${resumed.step}, not from the start`);
      const last = await end(server, id);
      assert.equal(last.status, "successful");
      assert.equal(await stateAndFrames(server, id), reference);
      assert.equal(await terminate(server), 0);
    });
  }
});

async function serve(data: string): Promise<Server> {
  const child = spawn(process.execPath, [HOTPATH, "serve"], {
    env: { ...process.env, PORT: "0", HOST: "127.0.0.1", HOTPATH_DATA: data, DATABASE_URL: "" },
    stdio: ["ignore", "pipe", "inherit"],
  });
  running.add(child);
  child.once("exit", () => running.delete(child));
  for await (const line of createInterface(child.stdout)) {
    const { msg, url } = JSON.parse(line) as { msg: string; url?: string };
    if (!msg.startsWith("gravity is ready") || url === undefined) continue;
    child.stdout.resume();
    return { url, child };
  }
  throw new Error(`hotpath serve exited with ${child.exitCode} before it was ready`);
}

async function create({ url }: Server): Promise<string> {
  const response = await fetch(`${url}/api/v1/simulations`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(BODY),
  });
  assert.equal(response.status, 202);
  return ((await response.json()) as { simulation_id: string }).simulation_id;
}

async function reachFrame({ url }: Server, id: string, frame: number): Promise<void> {
  for await (const { data } of eventsOf(`${url}/api/v1/simulations/${id}/events`)) {
    if ((data as Resource).frames > frame) return;
  }
  assert.fail("the job ended before it was stopped; make it longer");
}

async function end({ url }: Server, id: string): Promise<Resource> {
  for await (const { name, data } of eventsOf(`${url}/api/v1/simulations/${id}/events`)) {
    if (name === "end") return data as Resource;
  }
  throw new Error("no end");
}

async function stateAndFrames({ url }: Server, id: string): Promise<string> {
  const base = `${url}/api/v1/simulations/${id}`;
  const parts = [`${base}/state?format=npy`, `${base}/frames`].map(async (path) => {
    const bytes = await (await fetch(path)).arrayBuffer();
    const hash = await crypto.subtle.digest("SHA-256", bytes);
    return `${bytes.byteLength}:${Buffer.from(hash).toString("hex")}`;
  });
  return (await Promise.all(parts)).join(" ");
}

async function terminate({ child }: Server): Promise<number | null> {
  const exited = once(child, "exit");
  child.kill("SIGTERM");
  const [code] = (await exited) as [number | null];
  return code;
}

async function kill({ child }: Server): Promise<void> {
  const exited = once(child, "exit");
  child.kill("SIGKILL");
  await exited;
}
