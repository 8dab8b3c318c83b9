/**
 * `fetch` as the web knows it, on a client: what `new Request` takes goes in, a web Response comes out
 * (WHATWG Fetch). A convenience: the web's objects cost several times what a ClientResponse does.
 *
 * What the standard says about documents (origins, caches, cookies, credentials, referrers) has no
 * meaning here. Errors are a TypeError, as it wants, with the RequestError as `cause`; the reason of an
 * aborted signal is thrown as it is.
 */
import type { ClientResponse } from "./client-response.ts";
import { RequestError } from "./errors.ts";
import type { ClientRequest } from "./http-client.ts";
import type { RequestBody } from "./request-body.ts";
import { OWN_FIELDS } from "./request-head.ts";

type FetchInput = ConstructorParameters<typeof globalThis.Request>[0];
type FetchInit = ConstructorParameters<typeof globalThis.Request>[1];
type Sends = (request: ClientRequest) => Promise<ClientResponse>;

const WITHOUT_CONTENT = new Set([101, 204, 205, 304]);

export async function fetchBy(
  send: Sends,
  input: FetchInput,
  init?: FetchInit,
): Promise<globalThis.Response> {
  const streams = init?.body instanceof ReadableStream;
  const request = new globalThis.Request(input, streams ? { duplex: "half", ...init } : init);
  const isRequest = input instanceof globalThis.Request;
  const body = await contentOf(request, streams || (isRequest && init?.body === undefined));
  const listens = isRequest || init?.signal !== undefined;
  const headers: Record<string, string> = {};
  for (const [name, value] of request.headers) if (!OWN_FIELDS.has(name)) headers[name] = value;
  try {
    const response = await send({
      url: request.url,
      method: request.method,
      headers,
      redirect: request.redirect,
      decompress: true,
      ...(body === undefined ? {} : { body }),
      ...(listens ? { signal: request.signal } : {}),
    });
    return await webResponse(response);
  } catch (error) {
    throw webError(error);
  }
}

/** Bytes where they are in hand, so that a redirect can send them again. */
async function contentOf(
  request: globalThis.Request,
  streams: boolean,
): Promise<RequestBody | undefined> {
  if (request.body === null) return undefined;
  if (streams) return request.body as AsyncIterable<Uint8Array>;
  return new Uint8Array(await request.arrayBuffer());
}

async function webResponse(response: ClientResponse): Promise<globalThis.Response> {
  const headers = new globalThis.Headers();
  for (const [name, value] of response.headers.entries()) headers.append(name, value);
  const { status, reason: statusText, url, redirects } = response;
  const content = WITHOUT_CONTENT.has(status) ? null : await webContent(response);
  const made = new globalThis.Response(content, { status, statusText, headers });
  Object.defineProperty(made, "url", { value: url });
  Object.defineProperty(made, "redirected", { value: redirects > 0 });
  return made;
}

async function webContent(response: ClientResponse): Promise<BodyInit> {
  if (response.inHand) return (await response.body.bytes()) as Uint8Array<ArrayBuffer>;
  return ReadableStream.from(withWebErrors(response.body)) as BodyInit;
}

async function* withWebErrors(body: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  try {
    yield* body;
  } catch (error) {
    throw webError(error);
  }
}

function webError(error: unknown): unknown {
  if (!(error instanceof RequestError)) return error;
  if (error.code === "ABORTED") return error.cause;
  return new TypeError(`fetch failed: ${error.message}`, { cause: error });
}

type BodyInit = NonNullable<ConstructorParameters<typeof globalThis.Response>[0]>;
