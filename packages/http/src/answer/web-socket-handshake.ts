/** The opening handshake of WebSocket, the server's side (RFC 6455 section 4.2). */
import { createHash } from "node:crypto";
import type { Request } from "../message/exchange.ts";
import { forbidden, malformed, Problem } from "../message/problem.ts";

export interface HandshakeOptions {
  /** Subprotocols that the server speaks; the first of them that the client offers is chosen. */
  readonly protocols?: readonly string[];
  /**
   * Which pages may connect. A browser sends its cookies along wherever a page comes from, so by default
   * only pages of the same host may; clients that send no Origin are no browsers and always may.
   */
  readonly origins?: "same" | "any" | readonly string[];
}

export interface Handshake {
  readonly headers: Readonly<Record<string, string>>;
  readonly protocol: string | undefined;
}

const GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

/** Problems: 426 no WebSocket request, 400 a malformed one, 403 a page from elsewhere. */
export function handshake(request: Request, options: HandshakeOptions): Handshake {
  const { headers, method } = request;
  const asks = hasToken(headers.get("upgrade"), "websocket");
  if (method !== "GET" || !asks || !hasToken(headers.get("connection"), "upgrade")) {
    throw upgradeRequired("this is a WebSocket: ask with Upgrade: websocket");
  }
  if (headers.get("sec-websocket-version") !== "13") {
    throw upgradeRequired("only version 13 of WebSocket is spoken");
  }
  const key = headers.get("sec-websocket-key") ?? "";
  if (!/^[A-Za-z0-9+/]{22}==$/.test(key)) {
    throw malformed("Sec-WebSocket-Key must be 16 bytes in base64");
  }
  requireOrigin(request, options.origins ?? "same");
  const offered = (headers.get("sec-websocket-protocol") ?? "").split(",").map((p) => p.trim());
  const protocol = options.protocols?.find((candidate) => offered.includes(candidate));
  return {
    protocol,
    headers: {
      connection: "Upgrade",
      upgrade: "websocket",
      "sec-websocket-accept": createHash("sha1")
        .update(key + GUID)
        .digest("base64"),
      ...(protocol === undefined ? {} : { "sec-websocket-protocol": protocol }),
    },
  };
}

function hasToken(list: string | undefined, token: string): boolean {
  return list?.split(",").some((item) => item.trim().toLowerCase() === token) ?? false;
}

function requireOrigin(
  { headers }: Request,
  origins: NonNullable<HandshakeOptions["origins"]>,
): void {
  const origin = headers.get("origin");
  if (origin === undefined || origins === "any") return;
  if (origins === "same" ? hostOf(origin) === headers.get("host") : origins.includes(origin))
    return;
  throw forbidden("pages of this origin may not connect");
}

function hostOf(origin: string): string | undefined {
  return URL.canParse(origin) ? new URL(origin).host : undefined;
}

function upgradeRequired(detail: string): Problem {
  const headers = { upgrade: "websocket", connection: "upgrade", "sec-websocket-version": "13" };
  return new Problem({ status: 426, title: "Upgrade required", detail, headers });
}
