/** A `postgres://` URL taken apart, with the environment's usual fall-backs left out on purpose. */

export type SslMode = "disable" | "prefer" | "require" | "verify-full";

export interface ServerAddress {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
  readonly database: string;
  readonly sslMode: SslMode;
  /** Set when `host` is a directory: the path of the server's Unix socket. */
  readonly socketPath: string | undefined;
}

const SSL_MODES: readonly string[] = ["disable", "prefer", "require", "verify-full"];

/** @throws TypeError when it is not a PostgreSQL URL or has an unknown sslmode */
export function serverAddress(text: string): ServerAddress {
  let url: URL;
  try {
    // An address without a host, as libpq allows it beside ?host=/a/socket/directory.
    url = new URL(text.replace(/^(postgres(?:ql)?:\/\/[^/?#]*@)(?=[/?]|$)/, "$1localhost"));
  } catch {
    throw new TypeError("The database URL is not a URL");
  }
  if (url.protocol !== "postgres:" && url.protocol !== "postgresql:") {
    throw new TypeError(`The database URL starts with "${url.protocol}", expected "postgres:"`);
  }
  const sslMode = url.searchParams.get("sslmode") ?? "prefer";
  if (!SSL_MODES.includes(sslMode)) {
    throw new TypeError(`The database URL has sslmode=${sslMode}; known: ${SSL_MODES.join(", ")}`);
  }
  const host = url.searchParams.get("host") ?? (decodeURIComponent(url.hostname) || "localhost");
  const port = Number(url.searchParams.get("port") ?? (url.port || 5432));
  const user = decodeURIComponent(url.username) || "postgres";
  return {
    host: host.replace(/^\[(.*)\]$/, "$1"),
    port,
    user,
    password: decodeURIComponent(url.password),
    database: decodeURIComponent(url.pathname.slice(1)) || user,
    sslMode: sslMode as SslMode,
    socketPath: host.startsWith("/") ? `${host}/.s.PGSQL.${port}` : undefined,
  };
}
