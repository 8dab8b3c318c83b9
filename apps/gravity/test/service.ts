/** A service of its own for each test: a free port, an empty folder, an embedded database. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pino } from "pino";
import { openService, type GravityConfig, type GravityService } from "../src/index.ts";

export interface TestService extends AsyncDisposable {
  readonly url: string;
  readonly config: GravityConfig;
  readonly service: GravityService;
  get(path: string, headers?: Readonly<Record<string, string>>): Promise<Response>;
  post(path: string, body: unknown): Promise<Response>;
  /** Creates a simulation and returns its id. */
  create(request?: Partial<CreateBody>): Promise<string>;
  /** Resolves with the resource when the simulation's event stream has ended; reconnects if it breaks. */
  finished(id: string): Promise<Resource>;
}

export interface CreateBody {
  name: string;
  initial: unknown;
  units: { G: number; softening: number };
  integrator: string;
  dt: number;
  steps: number;
  snapshotEvery: number;
}

export interface Resource {
  readonly simulation_id: string;
  readonly status: string;
  readonly progress: number;
  readonly step: number;
  readonly frames: number;
  readonly energyError: number;
  readonly message: string | null;
}

export async function startService(overrides: Partial<GravityConfig> = {}): Promise<TestService> {
  const dataDir = overrides.dataDir ?? (await mkdtemp(join(tmpdir(), "hotpath-gravity-")));
  const config: GravityConfig = {
    host: "127.0.0.1",
    port: 0,
    databaseUrl: undefined,
    jobThreads: 2,
    ...overrides,
    dataDir,
  };
  const service = await openService(config, pino({ level: "silent" }));
  await service.ready;
  return testService(config, service, overrides.dataDir === undefined);
}

function testService(
  config: GravityConfig,
  service: GravityService,
  ownsFolder: boolean,
): TestService {
  const { url } = service;
  const post = (path: string, body: unknown): Promise<Response> =>
    fetch(url + path, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
    });
  return {
    url,
    config,
    service,
    get: (path, headers = {}) => fetch(url + path, { headers }),
    post,
    async create(request = {}) {
      const response = await post("/api/v1/simulations", { ...DEFAULTS, ...request });
      const body = (await response.json()) as { simulation_id: string };
      if (response.status !== 202) throw new Error(`${response.status} ${JSON.stringify(body)}`);
      return body.simulation_id;
    },
    async finished(id) {
      for (let attempt = 0; attempt < 1000; attempt++) {
        try {
          for await (const { name, data } of eventsOf(`${url}/api/v1/simulations/${id}/events`)) {
            if (name === "end") return data as Resource;
          }
        } catch {
          // The stream broke off, as it does while the database is away: ask again, as a browser does.
        }
      }
      throw new Error(`the events of ${id} ended without an end`);
    },
    async [Symbol.asyncDispose]() {
      await service.close();
      if (ownsFolder) await rm(config.dataDir, { recursive: true, force: true });
    },
  };
}

const DEFAULTS: CreateBody = {
  name: "test",
  initial: { kind: "plummer", n: 64, seed: 7 },
  units: { G: 1, softening: 0.01 },
  integrator: "leapfrog",
  dt: 0.005,
  steps: 40,
  snapshotEvery: 10,
};

export interface ServerSentEvent {
  readonly id: string | undefined;
  readonly name: string;
  readonly data: unknown;
}

/** Reads server-sent events until the stream ends. */
export async function* eventsOf(
  url: string,
  headers: Readonly<Record<string, string>> = {},
): AsyncGenerator<ServerSentEvent> {
  const response = await fetch(url, { headers });
  let buffered = "";
  for await (const chunk of response.body!.pipeThrough(new TextDecoderStream())) {
    buffered += chunk;
    const blocks = buffered.split("\n\n");
    buffered = blocks.pop() ?? "";
    for (const block of blocks) {
      const fields = new Map(
        block.split("\n").map((line) => line.split(/: (.*)/s) as [string, string]),
      );
      const data = fields.get("data");
      if (data === undefined) continue;
      yield {
        id: fields.get("id"),
        name: fields.get("event") ?? "message",
        data: JSON.parse(data),
      };
    }
  }
}
