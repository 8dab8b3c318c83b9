/**
 * The other side of http-client, in a process of its own: answers every request with the same bytes, as
 * fast as this machine can, so that the clients are what is measured. Prints its port, and also listens
 * on the Unix socket that is named in its argument.
 */
import { listenTcp, listenUnix, run, type Connection } from "@hotpath/runtime";

const ANSWER = Buffer.from(
  "HTTP/1.1 200 OK\r\ndate: Sat, 21 Nov 2026 06:00:00 GMT\r\ncontent-type: text/plain\r\n" +
    'cache-control: no-store\r\ncontent-length: 27\r\nkeep-alive: timeout=72\r\n\r\n{"message":"hello, world!"}',
);
const MOST = 256;
const answers = Buffer.concat(Array.from({ length: MOST }, () => ANSWER));
const HEAD_END = Buffer.from("\r\n\r\n");

/** Counts requests by their heads; bodies follow from Content-Length and have no empty lines. */
function serve(connection: Connection): void {
  const { reader } = connection;
  reader.tap = (chunk) => {
    const bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    let at = 0;
    let count = 0;
    for (;;) {
      const end = bytes.indexOf(HEAD_END, at);
      if (end === -1) break;
      const length = /content-length: (\d+)/.exec(bytes.toString("latin1", at, end))?.[1] ?? "0";
      const next = end + HEAD_END.length + Number(length);
      if (next > bytes.length) break;
      at = next;
      count++;
    }
    for (let left = count; left > 0; left -= MOST) {
      connection.post(answers.subarray(0, Math.min(left, MOST) * ANSWER.length));
    }
    return at;
  };
  reader.onEnd = () => connection.reset();
  reader.arm();
}

await run(async () => {
  await using tcp = await listenTcp({ backlog: 4096 });
  await using unix = await listenUnix(process.argv[2]!);
  tcp.onConnection(serve);
  unix.onConnection(serve);
  console.log(tcp.port);
  for await (const _ of process.stdin) {
    // Until the measuring process goes away.
  }
});
process.exit(0);
