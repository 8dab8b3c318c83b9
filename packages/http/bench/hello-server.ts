/**
 * A server that answers "Hello, world!", in one of several ways. Prints its port, then for each line of
 * its standard input the processor time used so far, in microseconds; ends when that ends.
 *
 *   node hello-server.ts hotpath|hotpath-async|node-http|node-net
 */
import { createServer as createHttpServer } from "node:http";
import { createServer as createNetServer, type AddressInfo, type Server } from "node:net";
import { run } from "@hotpath/runtime";
import { serve, type Response } from "@hotpath/http";
import { untilInputEnds } from "./until-input-ends.ts";

const TEXT = "Hello, world!";
const HEADERS = { "content-type": "text/plain" };

function respond(): Response {
  return { status: 200, headers: HEADERS, body: TEXT };
}

async function serveWithNode(server: Server): Promise<void> {
  await new Promise<void>((resolve) =>
    server.listen({ port: 0, host: "127.0.0.1", backlog: 4096 }, resolve),
  );
  console.log((server.address() as AddressInfo).port);
  await untilInputEnds();
  process.exit();
}

function nodeHttp(): Server {
  return createHttpServer((_request, response) => {
    response.writeHead(200, { ...HEADERS, "content-length": TEXT.length });
    response.end(TEXT);
  });
}

/** Reads nothing and knows no HTTP: one write for one read. What a socket of node:net can do at most. */
function nodeNet(): Server {
  const date = `date: ${new Date().toUTCString()}\r\n`;
  const response = `HTTP/1.1 200 OK\r\ncontent-type: text/plain\r\n${date}content-length: ${TEXT.length}\r\n\r\n${TEXT}`;
  return createNetServer({ noDelay: true }, (socket) => {
    socket.on("data", () => socket.write(response, "latin1"));
    socket.on("error", () => socket.destroy());
  });
}

const variant = process.argv[2];
if (variant === "node-http") await serveWithNode(nodeHttp());
else if (variant === "node-net") await serveWithNode(nodeNet());
else {
  await run(async () => {
    const handler = variant === "hotpath" ? respond : async (): Promise<Response> => respond();
    await using server = await serve({ handler });
    console.log(server.port);
    await untilInputEnds();
  });
}
