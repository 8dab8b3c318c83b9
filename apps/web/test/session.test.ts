/** A session against a small service made of fetch and EventSource stand-ins. */
import assert from "node:assert/strict";
import { afterEach, beforeEach, describe, mock, test } from "node:test";
import { FRAME_MAGIC, frameBytes } from "../src/api/frames.ts";
import type { Progress, Simulation } from "../src/api/resources.ts";
import { Session } from "../src/simulations/session.ts";

const PARTICLES = 2;

let simulation: Simulation;
let recorded = 0;
let down = false;
let requests: string[] = [];
let streams: FakeEvents[] = [];

class FakeEvents extends EventTarget {
  static readonly OPEN = 1;
  static readonly CLOSED = 2;
  closed = false;
  readyState = 1;
  readonly url: string;
  constructor(url: string) {
    super();
    this.url = url;
    streams.push(this);
  }
  close(): void {
    this.closed = true;
  }
  send(name: string, data: unknown): void {
    this.dispatchEvent(new MessageEvent(name, { data: JSON.stringify(data) }));
  }
}

function frames(from: number, to: number): ArrayBuffer {
  const buffer = new ArrayBuffer(Math.max(0, to - from) * frameBytes(PARTICLES));
  const view = new DataView(buffer);
  for (let index = from; index < to; index += 1) {
    const at = (index - from) * frameBytes(PARTICLES);
    view.setUint32(at, FRAME_MAGIC, true);
    view.setUint32(at + 4, index, true);
    view.setUint32(at + 12, PARTICLES, true);
    view.setFloat64(at + 16, index * 0.5, true);
    view.setFloat64(at + 24, 1e-9, true);
    view.setFloat32(at + 32, index, true);
  }
  return buffer;
}

/** Sends at most three frames at a time, as a service with a small response limit would. */
async function answer(input: unknown, init: RequestInit = {}): Promise<Response> {
  const url = new URL(String(input), "http://service");
  const { pathname } = url;
  requests.push(`${init.method ?? "GET"} ${pathname}${url.search}`);
  if (down) throw new TypeError("fetch failed");
  if (init.method === "DELETE") {
    simulation = { ...simulation, status: "dismissed", frames: recorded };
    return Response.json(simulation);
  }
  if (pathname.endsWith("/frames")) {
    const from = Number(url.searchParams.get("from"));
    const to = Math.min(Number(url.searchParams.get("to")), recorded, from + 3);
    return new Response(frames(from, to), { headers: { "x-hotpath-frames": String(recorded) } });
  }
  if (pathname === "/api/v1/simulations/one") return Response.json(simulation);
  const problem = { title: "Not found", detail: `nothing at ${pathname}` };
  return Response.json(problem, { status: 404 });
}

function progress(count: number): Progress {
  recorded = count;
  return {
    status: "running",
    progress: count,
    step: count,
    steps: 100,
    time: count,
    frames: count,
    energyError: 1e-9,
    kinetic: 1,
    potential: -2,
  };
}

/** Lets every promise that is settled by now run its reactions. */
async function settle(): Promise<void> {
  for (let i = 0; i < 20; i += 1) await new Promise((done) => setImmediate(done));
}

beforeEach(() => {
  recorded = 0;
  down = false;
  requests = [];
  streams = [];
  simulation = {
    simulation_id: "one",
    name: "One",
    status: "running",
    progress: 0,
    step: 0,
    steps: 100,
    time: 0,
    dt: 0.5,
    integrator: "leapfrog",
    particles: PARTICLES,
    units: { G: 1, softening: 0 },
    initial: { kind: "plummer" },
    snapshotEvery: 1,
    frames: 0,
    energyError: null,
    created: "2026-01-01T00:00:00Z",
    started: null,
    finished: null,
    message: null,
  };
  mock.method(globalThis, "fetch", answer as typeof fetch);
  mock.method(console, "warn", () => {}); // masses and analysis are not served here
  (globalThis as { EventSource?: unknown }).EventSource = FakeEvents;
});

afterEach(() => mock.restoreAll());

describe("Session", () => {
  test("loads frames as progress tells of them, in as many requests as it takes", async () => {
    const session = new Session("one");
    await settle();
    streams[0]!.send("progress", progress(8));
    await settle();
    assert.equal(session.newest.value, 7);
    assert.deepEqual(
      requests.filter((request) => request.includes("frames")),
      [0, 3, 6].map((from) => `GET /api/v1/simulations/one/frames?from=${from}&to=8`),
    );
    assert.deepEqual(session.energies.value, { kinetic: 1, potential: -2 });
    assert.equal(session.series.times.length, 8);
    session.close();
    assert.ok(streams[0]!.closed);
  });

  test("replays while it computes and comes to rest at the end of the finished run", async () => {
    const session = new Session("one");
    await settle();
    streams[0]!.send("progress", progress(5));
    await settle();
    session.tick(0.1);
    const early = session.position.value;
    assert.ok(early > 0 && early < 4, `at ${early}`);
    recorded = 6;
    streams[0]!.send("end", { ...simulation, status: "successful", frames: 6, progress: 100 });
    await settle();
    for (let i = 0; i < 100; i += 1) session.tick(0.1);
    assert.equal(session.position.value, 5);
    assert.equal(session.playing.value, false);
    assert.equal(session.moment()!.time, 2.5);
    session.toggle();
    assert.deepEqual([session.position.value, session.playing.value], [0, true]);
    assert.ok(streams[0]!.closed, "nothing to follow any more");
    session.close();
  });

  test("a finished simulation is opened without following events", async () => {
    recorded = 4;
    simulation = { ...simulation, status: "successful", frames: 4, progress: 100 };
    const session = new Session("one");
    await settle();
    assert.equal(session.newest.value, 3);
    assert.equal(streams.length, 0);
    session.close();
  });

  test("seeking stays within what is loaded", async () => {
    const session = new Session("one");
    await settle();
    streams[0]!.send("progress", progress(5));
    await settle();
    session.seek(99);
    assert.equal(session.position.value, 4);
    session.seek(-1);
    assert.equal(session.position.value, 0);
    session.close();
  });

  test("cancelling asks the service and shows what it answers", async () => {
    const session = new Session("one");
    await settle();
    await session.cancel();
    assert.equal(session.simulation.value?.status, "dismissed");
    assert.ok(requests.includes("DELETE /api/v1/simulations/one"));
    assert.equal(session.cancelling.value, false);
    session.close();
  });

  test("an unknown simulation is a problem that waiting does not cure", async () => {
    const session = new Session("two");
    await settle();
    assert.equal(session.problem.value?.status, 404);
    assert.match(session.problem.value!.message, /nothing at .*two/);
    assert.equal(session.connection.value, undefined);
    session.close();
  });

  test("while the service does not answer it says so, and tries again", async () => {
    mock.timers.enable({ apis: ["setTimeout"] });
    try {
      down = true;
      const session = new Session("one");
      await settle();
      assert.equal(session.connection.value?.code, "unreachable");
      assert.equal(session.problem.value, undefined);
      down = false;
      mock.timers.tick(2000);
      await settle();
      assert.equal(session.connection.value, undefined);
      assert.equal(session.simulation.value?.name, "One");
      session.close();
    } finally {
      mock.timers.reset();
    }
  });

  test("a service that shuts down and comes back is followed again", async () => {
    mock.timers.enable({ apis: ["setTimeout"] });
    try {
      const session = new Session("one");
      await settle();
      streams[0]!.send("progress", progress(3));
      streams[0]!.send("end", { ...simulation, status: "accepted", frames: 3 });
      assert.equal(session.simulation.value?.status, "accepted", "stopped, not over");
      down = true;
      streams[0]!.readyState = FakeEvents.CLOSED;
      streams[0]!.dispatchEvent(new Event("error"));
      mock.timers.tick(1500);
      await settle();
      assert.equal(session.connection.value?.code, "unreachable");
      down = false;
      mock.timers.tick(1500);
      await settle();
      assert.equal(session.connection.value, undefined);
      assert.equal(streams.length, 2, "a new stream");
      streams[1]!.send("progress", progress(9));
      await settle();
      assert.equal(session.newest.value, 8);
      session.close();
    } finally {
      mock.timers.reset();
    }
  });

  test("frames that fail to load are asked for again", async () => {
    mock.timers.enable({ apis: ["setTimeout"] });
    try {
      const session = new Session("one");
      await settle();
      down = true;
      streams[0]!.send("progress", progress(2));
      await settle();
      assert.equal(session.connection.value?.code, "unreachable");
      assert.equal(session.newest.value, -1);
      down = false;
      mock.timers.tick(500);
      await settle();
      assert.equal(session.newest.value, 1);
      assert.equal(session.connection.value, undefined);
      session.close();
    } finally {
      mock.timers.reset();
    }
  });

  test("after close() nothing is asked any more", async () => {
    const session = new Session("one");
    await settle();
    session.close();
    const before = requests.length;
    streams[0]!.send("progress", progress(5));
    await settle();
    assert.equal(requests.length, before);
  });
});
