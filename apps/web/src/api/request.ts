/** One HTTP request with a time limit; failures become ApiProblem, the caller's abort stays an abort. */
import { ApiProblem, problemFrom } from "./problem.ts";

const TIMEOUT_MS = 20_000;

export interface RequestOptions {
  readonly method?: "GET" | "POST" | "DELETE";
  readonly json?: unknown;
  readonly signal?: AbortSignal | undefined;
}

export async function request(path: string, options: RequestOptions = {}): Promise<Response> {
  const limit = AbortSignal.timeout(TIMEOUT_MS);
  const signal = options.signal === undefined ? limit : AbortSignal.any([options.signal, limit]);
  const init: RequestInit = { method: options.method ?? "GET", signal };
  if (options.json !== undefined) {
    init.body = JSON.stringify(options.json);
    init.headers = { "content-type": "application/json" };
  }
  let response: Response;
  try {
    response = await fetch(path, init);
  } catch (cause) {
    throw failure(cause, options.signal);
  }
  if (!response.ok) {
    const body = await response.text().catch(() => "");
    throw problemFrom(response.status, response.headers.get("content-type") ?? "", body);
  }
  return response;
}

/** The body as JSON; a body that breaks off or is not JSON is a problem too. */
export async function requestJson<T>(path: string, options: RequestOptions = {}): Promise<T> {
  const response = await request(path, options);
  try {
    return (await response.json()) as T;
  } catch (cause) {
    throw failure(cause, options.signal);
  }
}

export async function requestBytes(
  path: string,
  options: RequestOptions = {},
): Promise<{ readonly bytes: ArrayBuffer; readonly headers: Headers }> {
  const response = await request(path, options);
  try {
    return { bytes: await response.arrayBuffer(), headers: response.headers };
  } catch (cause) {
    throw failure(cause, options.signal);
  }
}

function failure(cause: unknown, callers: AbortSignal | undefined): unknown {
  if (callers?.aborted === true) return cause;
  const name = cause instanceof Error ? cause.name : "";
  if (name === "TimeoutError") {
    const seconds = TIMEOUT_MS / 1000;
    return new ApiProblem("timeout", "No answer", `The service took longer than ${seconds} s.`, {
      cause,
    });
  }
  if (name === "SyntaxError") {
    return new ApiProblem("unreadable", "Unreadable answer", "The service sent broken JSON.", {
      cause,
    });
  }
  return new ApiProblem(
    "unreachable",
    "The service does not answer",
    "Check that it is running and that this machine can reach it.",
    { cause },
  );
}
