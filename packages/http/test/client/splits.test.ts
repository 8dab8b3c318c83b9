/** However the bytes of responses are cut into reads, the same responses come out. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { simulate, sleep, spawn, type Task } from "@hotpath/runtime";
import { HttpPool, RequestError } from "@hotpath/http";
import { ScriptedServer } from "./scripted-server.ts";

/** What a server sends in answer to four pipelined requests, and what must come out. */
interface Sent {
  readonly text: string;
  readonly results: readonly string[];
}

const CORPUS: readonly Sent[] = [
  {
    text:
      "HTTP/1.1 200 OK\r\ncontent-length: 3\r\n\r\none" +
      "HTTP/1.1 103 Early\r\nlink: x\r\n\r\nHTTP/1.1 204 None\r\n\r\n" +
      "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\nth\r\n3\r\nree\r\n0\r\nsum: 5\r\n\r\n" +
      "HTTP/1.1 404 No\r\nContent-Length: 0\r\n\r\n",
    results: ["200 one", "204 ", "200 three", "404 "],
  },
  {
    text:
      "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n1\r\na\r\n0\r\n\r\n" +
      "HTTP/1.1 200\r\ncontent-length: 1\r\n\r\nb" +
      "HTTP/1.1 200 OK\r\nconnection: close\r\n\r\nto the end",
    results: ["200 a", "200 b", "200 to the end", "END"],
  },
  {
    text: "HTTP/1.1 200 OK\r\ncontent-length: 1\r\n\r\naHTTP/1.1 200 OK\r\n broken: 1\r\n\r\n",
    results: ["200 a", "PROTOCOL", "PROTOCOL", "PROTOCOL"],
  },
];

async function receive(pieces: readonly string[]): Promise<string[]> {
  const results: string[] = [];
  await simulate(
    async () => {
      let first = true;
      await using server = await ScriptedServer.open(async (peer) => {
        // What is sent again after the first connection broke finds nobody.
        if (!first) return;
        first = false;
        for (let k = 0; k < 4; k++) await peer.head();
        for (const piece of pieces) {
          await peer.send(piece);
          await sleep(10);
        }
      });
      await using pool = new HttpPool(server.origin, { connections: 1, pipeline: 4 });
      const one = async (): Promise<string> => {
        try {
          const response = await pool.request({ path: "/" });
          return `${response.status} ${await response.body.text()}`;
        } catch (error) {
          return error instanceof RequestError ? error.code : String(error);
        }
      };
      const tasks: Task<string>[] = [];
      for (let k = 0; k < 4; k++) {
        tasks.push(spawn(one));
        await sleep(1);
      }
      for (const task of tasks) results.push(await task);
    },
    { network: { shortReadChance: 0 } },
  );
  return results;
}

test("every split into two reads gives what one read gives", async () => {
  for (const { text, results } of CORPUS) {
    assert.deepEqual(await receive([text]), results);
    for (let at = 1; at < text.length; at++) {
      assert.deepEqual(
        await receive([text.slice(0, at), text.slice(at)]),
        results,
        `split at ${at}`,
      );
    }
  }
});

test("so does every byte on its own", async () => {
  for (const { text, results } of CORPUS) assert.deepEqual(await receive(text.split("")), results);
});
