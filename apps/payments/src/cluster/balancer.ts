/**
 * The balancer where there is no nginx: connections of a port are joined, one after another, to the
 * instances' Unix sockets. It does not look into them, so it costs two copies and no parsing.
 */
import { connectUnix, group, listenTcp, type Connection, type Group } from "@hotpath/runtime";

export interface BalancerOptions {
  readonly port: number;
  readonly host?: string;
  readonly sockets: readonly string[];
  /** Connections at once. Default: 4096. */
  readonly limit?: number;
}

/** Until its scope is cancelled. `ready` is told the port. */
export async function balance(
  options: BalancerOptions,
  ready: (port: number) => void,
): Promise<void> {
  const { port, host = "0.0.0.0", sockets, limit = 4096 } = options;
  await using listener = await listenTcp({ port, host });
  ready(listener.port);
  let next = 0;
  await group(async (tasks) => {
    for await (const client of listener) {
      if (tasks.size >= limit) client.reset();
      else {
        const first = next++;
        tasks.spawn(() => join(client, sockets, first));
      }
    }
  });
}

/** A client that finds no instance, and a connection that breaks, end that connection and nothing else. */
async function join(client: Connection, sockets: readonly string[], first: number): Promise<void> {
  await using near = client;
  const far = await connect(sockets, first);
  if (far === undefined) return near.reset();
  await using instance = far;
  try {
    await group(async (halves: Group) => {
      halves.spawn(() => copy(near, instance));
      halves.spawn(() => copy(instance, near));
    });
  } catch (error) {
    if (!isBroken(error)) throw error;
    near.reset();
  }
}

async function connect(sockets: readonly string[], first: number): Promise<Connection | undefined> {
  for (let at = 0; at < sockets.length; at++) {
    try {
      return await connectUnix(sockets[(first + at) % sockets.length]!, { timeout: "1s" });
    } catch (error) {
      if (!isBroken(error)) throw error;
    }
  }
  return undefined;
}

async function copy(from: Connection, to: Connection): Promise<void> {
  for await (const chunk of from.reader) await to.write(chunk);
  await to.closeWrite();
}

const BROKEN = new Set(["IO", "CLOSED", "TIMEOUT", "TORN"]);

function isBroken(error: unknown): boolean {
  if (error instanceof AggregateError) return error.errors.every(isBroken);
  return error instanceof Error && "code" in error && BROKEN.has(String(error.code));
}
