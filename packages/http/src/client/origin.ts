/**
 * Where a request goes: scheme, host and port, or a Unix socket (RFC 9110 section 4.2 and 4.3.1).
 * Requests with the same key share a pool.
 */

export interface Origin {
  readonly key: string;
  readonly secure: boolean;
  /** A name or numeric address, without brackets. */
  readonly host: string;
  readonly port: number;
  /** Connect to this Unix socket instead of host and port. */
  readonly unixPath: string | undefined;
  /** What stands in the Host field: without a port that is the scheme's own (RFC 9110 section 7.2). */
  readonly authority: string;
}

/** What a request asks for, on its origin. */
export interface Place {
  readonly origin: Origin;
  /** Path and query: what stands in the request line (RFC 9112 section 3.2.1). */
  readonly target: string;
  readonly url: URL;
}

const DEFAULT_PORTS = { "http:": 80, "https:": 443 } as const;

/** TypeError for what is not an absolute http or https URL. User names in URLs are refused. */
export function parsePlace(input: string | URL, unixPath?: string): Place {
  const url = typeof input === "string" ? parseUrl(input) : input;
  return { origin: originOf(url, unixPath), target: `${url.pathname}${url.search}`, url };
}

export function originOf(url: URL, unixPath?: string): Origin {
  const { protocol, hostname, host } = url;
  if (protocol !== "http:" && protocol !== "https:") {
    throw new TypeError(`Cannot request a URL with the scheme ${protocol} only http: and https:`);
  }
  if (url.username !== "" || url.password !== "") {
    // RFC 9110 section 4.2.4: they leak into logs and Referer fields, and hide the real host.
    throw new TypeError(
      "A URL with a user name or password is refused: send an Authorization field",
    );
  }
  const at = unixPath === undefined ? host : `${unixPath}:${host}`;
  return {
    key: `${protocol}//${at}`,
    secure: protocol === "https:",
    host: hostname.startsWith("[") ? hostname.slice(1, -1) : hostname,
    port: url.port === "" ? DEFAULT_PORTS[protocol] : Number(url.port),
    unixPath,
    authority: host,
  };
}

function parseUrl(text: string): URL {
  const url = URL.parse(text);
  if (url !== null) return url;
  throw new TypeError("Not an absolute URL: a request needs one such as http://host/path");
}
