/** What the variants of http-client share: the plan, the closed loop and the line that they print. */

export interface ClientPlan {
  /** Where the server is: a URL, and the Unix socket when it is not TCP. */
  readonly origin: string;
  readonly unixPath?: string;
  readonly connections: number;
  /** Requests on a connection at once. */
  readonly pipeline: number;
  readonly requests: number;
  /** Sent with POST; without it the method is GET. */
  readonly bodyBytes?: number;
}

export function clientPlan(): ClientPlan {
  return JSON.parse(process.argv[2]!) as ClientPlan;
}

/**
 * Keeps `connections` × `pipeline` requests in flight until all are done. `request` answers how long
 * the response's body was. A tenth of the requests comes first, for the compiler.
 */
export async function report(plan: ClientPlan, request: () => Promise<number>): Promise<void> {
  await inFlight(plan, Math.ceil(plan.requests / 10), request);
  const startMs = performance.now();
  const bytes = await inFlight(plan, plan.requests, request);
  const seconds = (performance.now() - startMs) / 1000;
  console.log(JSON.stringify({ value: plan.requests / seconds, checksum: String(bytes) }));
}

async function inFlight(
  plan: ClientPlan,
  count: number,
  request: () => Promise<number>,
): Promise<number> {
  let left = count;
  let bytes = 0;
  const worker = async (): Promise<void> => {
    while (left > 0) {
      left--;
      const sizeBytes = await request();
      bytes += sizeBytes;
    }
  };
  await Promise.all(Array.from({ length: plan.connections * plan.pipeline }, worker));
  return bytes;
}
