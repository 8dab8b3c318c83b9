/** The host's own transports: Unix sockets, TLS, node:http, curl and Python as clients. */
import assert from "node:assert/strict";
import { execFile, execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { get } from "node:https";
import { connect } from "node:tls";
import { tmpdir } from "node:os";
import { test, type TestContext } from "node:test";
import { promisify } from "node:util";
import { connectUnix, run, sleep } from "@hotpath/runtime";
import { serve, type Handler, type Request } from "../../src/index.ts";
import { RawClient } from "./raw-client.ts";

const GET = "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";
const exec = promisify(execFile);

function missing(program: string, args: readonly string[], context: TestContext): boolean {
  try {
    execFileSync(program, args, { stdio: "ignore" });
    return false;
  } catch {
    if (process.env["HOTPATH_REQUIRE"] === "all") throw new Error(`${program} is not installed`);
    context.skip(`${program} is not installed`);
    return true;
  }
}

function temporary(context: TestContext): string {
  const folder = mkdtempSync(`${tmpdir()}/http-`);
  context.after(() => rmSync(folder, { recursive: true }));
  return folder;
}

const echo: Handler = async (request) => {
  if (request.method === "GET") return { status: 200, body: String(request.secure) };
  return {
    status: 200,
    body: (async function* () {
      for await (const chunk of request.body) yield chunk;
    })(),
  };
};

test("a Unix socket is served, beside a port", (context) =>
  run(async () => {
    const path = `${temporary(context)}/s`;
    await using server = await serve({ handler: echo, listen: [{ path }, { port: 0 }] });
    await using near = new RawClient(await connectUnix(path));
    assert.equal((await near.ask(GET))?.body, "false");
    await using far = await RawClient.connect(server.port);
    assert.equal((await far.ask(GET))?.body, "false");
  }));

test("TLS: requests are secure, know where they come from, and stream both ways", async (context) => {
  if (missing("openssl", ["version"], context)) return;
  const folder = temporary(context);
  const made = [
    "req",
    "-x509",
    "-newkey",
    "ec",
    "-pkeyopt",
    "ec_paramgen_curve:prime256v1",
    "-nodes",
  ];
  const names = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"];
  await exec("openssl", [
    ...made,
    "-keyout",
    `${folder}/key`,
    "-out",
    `${folder}/cert`,
    "-days",
    "2",
    ...names,
  ]);
  const [key, cert] = [readFileSync(`${folder}/key`), readFileSync(`${folder}/cert`)];
  await run(async () => {
    const seen: Request[] = [];
    const handler: Handler = (request) => {
      seen.push(request);
      return echo(request);
    };
    await using server = await serve({
      handler,
      tls: { key, cert },
      timeouts: { handshake: "1s" },
    });
    const { port } = server;
    const answer = await new Promise<string>((resolve, reject) => {
      const request = get(
        { host: "127.0.0.1", port, ca: cert, servername: "localhost", agent: false },
        (response) => {
          let text = "";
          response.on("data", (chunk) => (text += chunk)).on("end", () => resolve(text));
        },
      );
      request.on("error", reject);
    });
    assert.equal(answer, "true");
    assert.equal(seen[0]!.remote?.kind, "tcp");

    const size = 500_000;
    const socket = connect({ host: "127.0.0.1", port, ca: cert, servername: "localhost" });
    socket.write(
      `POST / HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: ${size}\r\n\r\n`,
    );
    socket.write(Buffer.alloc(size, "x"));
    let count = 0;
    for await (const chunk of socket as AsyncIterable<Buffer>)
      count += chunk.toString("latin1").split("x").length - 1;
    assert.equal(count, size);

    // Who speaks no TLS is closed at once; who says nothing, after the handshake timeout.
    await using plain = await RawClient.connect(port);
    await plain.send(GET);
    await plain.connection.reader.readAll().catch(() => "reset");
    await using silent = await RawClient.connect(port);
    await silent.connection.reader.readAll({ timeout: "10s" }).catch((error: Error) => {
      assert.notEqual(error.name, "TimeoutError");
    });
    await sleep(10);
    assert.equal(server.connectionCount, 0);
  });
});

test("curl speaks to it: plain, keep-alive, chunked, Expect, HEAD, pipes", async (context) => {
  if (missing("curl", ["--version"], context)) return;
  const folder = temporary(context);
  const file = `${folder}/big`;

  await run(async () => {
    await using server = await serve({ handler: echo });
    const url = `http://127.0.0.1:${server.port}/`;
    const { stdout } = await exec("curl", ["-sS", url, url]);
    assert.equal(stdout, "falsefalse");
    await promisify((await import("node:fs")).writeFile)(file, "y".repeat(1_500_000));
    for (const extra of [
      [],
      ["-H", "Transfer-Encoding: chunked"],
      ["-H", "Expect: 100-continue"],
      ["--http1.0"],
    ]) {
      const { stdout: back } = await exec(
        "curl",
        ["-sS", ...extra, "--data-binary", `@${file}`, url],
        { maxBuffer: 1 << 22 },
      );
      assert.equal(back.length, 1_500_000, extra.join(" "));
    }
    const { stdout: head } = await exec("curl", ["-sSI", url]);
    assert.match(head, /^HTTP\/1.1 200 OK\r\n[^]*transfer-encoding: chunked\r\n/);
  });
});

test("Python's http.client speaks to it", async (context) => {
  if (missing("python3", ["--version"], context)) return;
  const program = `
import http.client, sys
c = http.client.HTTPConnection("127.0.0.1", int(sys.argv[1]))
for size in (0, 1, 100000):
    c.request("POST", "/", b"z" * size)
    r = c.getresponse()
    assert r.status == 200 and r.read() == b"z" * size
c.request("POST", "/", iter([b"ab", b"cd"]), encode_chunked=True, headers={"Transfer-Encoding": "chunked"})
assert c.getresponse().read() == b"abcd"
c.request("HEAD", "/")
r = c.getresponse(); r.read()
c.request("GET", "/")
print(c.getresponse().read().decode())`;
  await run(async () => {
    await using server = await serve({ handler: echo });
    const { stdout } = await exec("python3", ["-c", program, String(server.port)]);
    assert.equal(stdout.trim(), "false");
  });
});
