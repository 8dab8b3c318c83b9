/** Python's http.client, whose reading of HTTP is its own. */
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { external, run } from "@hotpath/runtime";
import { findPython, skipWithout } from "../../../../tools/external-program.ts";
import { serve } from "../../src/index.ts";
import { site, siteFolder } from "./site.ts";

const python = findPython("http.client");
const CLIENT = fileURLToPath(new URL("client.py", import.meta.url));

test("Python's http.client", { skip: skipWithout("python3", python), timeout: 60_000 }, () =>
  run(async () => {
    await using server = await serve({ handler: site(siteFolder()) });
    const talking = promisify(execFile)(python!, [CLIENT, "127.0.0.1", String(server.port)]);
    assert.equal((await external(talking)).stdout, "ok\n");
  }),
);
