/** The client over TLS, against node:https: certificates are checked, and time limits reach the handshake. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type Server } from "node:https";
import { createServer as createTcpServer, type AddressInfo, type Socket } from "node:net";
import { test } from "node:test";
import { group, run } from "@hotpath/runtime";
import { HttpClient, HttpPool, RequestError } from "@hotpath/http";
import { CERTIFICATE, KEY } from "./certificate.ts";

const LARGE = Buffer.alloc(2_000_000, "large");

async function withServer(body: (port: number, server: Server) => Promise<void>): Promise<void> {
  const server = createServer({ cert: CERTIFICATE, key: KEY }, (request, response) => {
    if (request.url === "/large") return void response.end(LARGE);
    let sizeBytes = 0;
    request.on("data", (chunk: Buffer) => (sizeBytes += chunk.length));
    request.on("end", () => response.end(`${request.method} ${sizeBytes}`));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  try {
    await run(() => body((server.address() as AddressInfo).port, server));
  } finally {
    server.close();
    server.closeAllConnections();
  }
}

function refusal(phase: string, pattern: RegExp): (error: unknown) => boolean {
  return (error) => {
    assert.ok(error instanceof RequestError, String(error));
    assert.deepEqual([error.code, error.phase, error.delivery], ["CONNECT", phase, "none"]);
    assert.match(error.message, pattern);
    return true;
  };
}

test("requests and responses go over TLS, on kept connections", async () => {
  await withServer(async (port, server) => {
    let accepted = 0;
    server.on("secureConnection", () => accepted++);
    for (const host of ["localhost", "127.0.0.1"]) {
      await using pool = new HttpPool(`https://${host}:${port}`, {
        connections: 2,
        tls: { ca: CERTIFICATE },
      });
      await group(async (tasks) => {
        for (let k = 0; k < 20; k++) {
          tasks.spawn(async () => {
            const request = { path: "/", method: "POST", body: Buffer.alloc(k * 10_000) };
            const response = await pool.request(request);
            assert.equal(await response.body.text(), `POST ${k * 10_000}`);
          });
        }
      });
      const large = await pool.request({ path: "/large" });
      assert.deepEqual(Buffer.from(await large.body.bytes()), LARGE);
      const left = await pool.request({ path: "/large" });
      left.close();
    }
    assert.equal(accepted, 4);
  });
});

test("a certificate that is not trusted, or for another name, is refused: surely not sent", async () => {
  await withServer(async (port) => {
    await using client = new HttpClient();
    await assert.rejects(
      client.request({ url: `https://localhost:${port}/` }),
      refusal("connect", /DEPTH_ZERO_SELF_SIGNED_CERT|SELF_SIGNED/),
    );
    const tls = { ca: CERTIFICATE, servername: "elsewhere.example" };
    await using other = new HttpPool(`https://127.0.0.1:${port}`, { tls });
    await assert.rejects(other.request({ path: "/" }), refusal("connect", /ERR_TLS_CERT_ALTNAME/));
  });
});

test("a server that speaks no TLS, and one that says nothing, are given up", async () => {
  const sockets = new Set<Socket>();
  const plain = createTcpServer((socket) => {
    sockets.add(socket.on("error", () => undefined));
    socket.once("data", () => socket.end("HTTP/1.1 400 No\r\n\r\n"));
  });
  const silent = createTcpServer((socket) => void sockets.add(socket.on("error", () => undefined)));
  for (const server of [plain, silent]) {
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
  }
  const origin = (server: typeof plain): string =>
    `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
  try {
    await run(async () => {
      await using wrong = new HttpPool(origin(plain));
      await assert.rejects(wrong.request({ path: "/" }), refusal("connect", /SSL/));
      await using waiting = new HttpPool(origin(silent), { timeouts: { connect: "200ms" } });
      await assert.rejects(waiting.request({ path: "/" }), (error: unknown) => {
        assert.ok(error instanceof RequestError);
        assert.deepEqual([error.code, error.phase, error.delivery], ["TIMEOUT", "connect", "none"]);
        return true;
      });
      assert.deepEqual([waiting.stats().connections, waiting.stats().dialing], [0, 0]);
    });
  } finally {
    for (const socket of sockets) socket.destroy();
    plain.close();
    silent.close();
  }
});
