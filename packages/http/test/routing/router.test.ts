/** What is routed where, and what is answered where nothing is. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { run, sleep, spawn, yieldNow } from "@hotpath/runtime";
import {
  group,
  json,
  Problem,
  route,
  router,
  text,
  type Handler,
  type Middleware,
  type Response,
} from "../../src/index.ts";
import { makeRequest, type RequestParts } from "../request.ts";

const say =
  (word: string): Handler =>
  ({ params }) =>
    text(200, `${word} ${JSON.stringify(params)}`);

async function ask(app: Handler, parts: RequestParts): Promise<Response> {
  return app(makeRequest(parts));
}

async function bodyOf(app: Handler, target: string, method = "GET"): Promise<unknown> {
  return (await ask(app, { target, method })).body;
}

describe("router", () => {
  const app = router([
    route("GET", "/", say("root")),
    route("GET", "/a", say("a")),
    route("POST", "/a", say("post a")),
    route("GET", "/a/:id", say("one")),
    route("DELETE", "/a/fixed", say("delete fixed")),
    route("GET", "/a/:id/b", say("b")),
    route("GET", "/a/:name/c/:leaf", say("c")),
    route("GET", "/files/*path", say("file")),
    route("GET", "/files/special", say("special")),
  ]);

  for (const [target, expected] of [
    ["/", "root {}"],
    ["/a", "a {}"],
    ["/a?x=1", "a {}"],
    ["/%61", "a {}"],
    ["/a/1", 'one {"id":"1"}'],
    ["/a/fixed", 'one {"id":"fixed"}'],
    ["/a/%E2%82%AC", 'one {"id":"€"}'],
    ["/a/x%2Fy", 'one {"id":"x/y"}'],
    ["/a/1/b", 'b {"id":"1"}'],
    ["/a/1/c/2", 'c {"name":"1","leaf":"2"}'],
    ["/files/special", "special {}"],
    ["/files/special/more", 'file {"path":"special/more"}'],
    ["/files/", 'file {"path":""}'],
    ["/a/__proto__", 'one {"id":"__proto__"}'],
  ] as const) {
    test(`GET ${target} is ${expected}`, async () => {
      assert.equal(await bodyOf(app, target), expected);
    });
  }

  for (const target of [
    "/b",
    "/a/",
    "/a/1/",
    "/a//b",
    "/files",
    "/a/..",
    "/a/%2e%2e",
    "/A",
    "//",
  ]) {
    test(`nothing is served at ${target}`, async () => {
      const response = await ask(app, { target });
      assert.equal(response.status, 404);
      assert.equal(response.headers?.["content-type"], "application/problem+json; charset=utf-8");
    });
  }

  test("escapes that are not UTF-8 are a problem 400", async () => {
    assert.equal((await ask(app, { target: "/a/%FF" })).status, 400);
    assert.equal((await ask(app, { target: "/a/%zz" })).status, 400);
  });

  test("a method that a path does not answer is 405 with Allow, gathered over all its patterns", async () => {
    const response = await ask(app, { method: "PUT", target: "/a/fixed" });
    assert.equal(response.status, 405);
    assert.equal(response.headers?.["allow"], "DELETE, GET, HEAD");
    assert.equal(
      (await ask(app, { method: "PUT", target: "/a" })).headers?.["allow"],
      "GET, HEAD, POST",
    );
  });

  test("HEAD is served by GET, OPTIONS says what is allowed", async () => {
    assert.equal(await bodyOf(app, "/a/7", "HEAD"), 'one {"id":"7"}');
    const response = await ask(app, { method: "OPTIONS", target: "/a" });
    assert.equal(response.status, 204);
    assert.equal(response.headers?.["allow"], "GET, HEAD, POST");
    assert.equal((await ask(app, { method: "OPTIONS", target: "*" })).status, 204);
  });

  test("routes that collide and patterns that cannot be meant are TypeErrors", () => {
    const two = [route("GET", "/x/:a", say("")), route("GET", "/x/:b", say(""))];
    assert.throws(() => router(two), /there is a route of that shape/);
    for (const bad of [
      "x",
      "/:",
      "/:1a",
      "/*a/b",
      "/:a/:a",
      "/a?b",
      "/a b",
      "/%61",
      "/:__proto__",
    ]) {
      assert.throws(() => route("GET", bad, say("")), TypeError, bad);
    }
    assert.throws(() => route("get", "/", say("")), TypeError);
  });
});

describe("group", () => {
  test("puts a prefix and middleware on routes; nested groups add up", async () => {
    const seen: string[] = [];
    const note =
      (name: string): Middleware =>
      (next, at) => {
        seen.push(`${name} ${at?.path}`);
        return (request) => {
          seen.push(name);
          return next(request);
        };
      };
    const inner = group("/:inner", (route) => [route("GET", "/leaf", say("leaf"))], [
      note("inner"),
    ]);
    const app = router(group("/v1/:outer", inner, [note("outer")]), { middleware: [note("app")] });
    assert.deepEqual(seen.splice(0), [
      "inner /v1/:outer/:inner/leaf",
      "outer /v1/:outer/:inner/leaf",
      "app /v1/:outer/:inner/leaf",
      "app undefined",
    ]);
    assert.equal(await bodyOf(app, "/v1/a/b/leaf"), 'leaf {"outer":"a","inner":"b"}');
    assert.deepEqual(seen.splice(0), ["app", "outer", "inner"]);
    await ask(app, { target: "/nowhere" });
    assert.deepEqual(seen, ["app"]);
  });

  test("the root of a group is its prefix", async () => {
    const app = router(group("/v1", [route("GET", "/", say("root"))]));
    assert.equal(await bodyOf(app, "/v1"), "root {}");
    assert.throws(() => group("/v1/", []), TypeError);
  });
});

describe("errors", () => {
  test("a problem is its document, at the request's path", async () => {
    const app = router([
      route("GET", "/tea", () => {
        throw new Problem({
          status: 418,
          title: "I'm a teapot",
          detail: "short and stout",
          errors: [{ path: "pot", message: "no coffee" }],
          extensions: { spout: 1, status: 7 },
          headers: { "retry-after": "9" },
          cause: new Error("secret"),
        });
      }),
    ]);
    const response = await ask(app, { target: "/tea" });
    assert.equal(response.status, 418);
    assert.equal(response.headers?.["retry-after"], "9");
    assert.deepEqual(JSON.parse(response.body as string), {
      spout: 1,
      type: "urn:hotpath:problem:i-m-a-teapot",
      title: "I'm a teapot",
      status: 418,
      detail: "short and stout",
      instance: "/tea",
      errors: [{ path: "pot", message: "no coffee" }],
    });
  });

  test("another error is a 500 that says nothing of it, and is reported with its request", async () => {
    const reported: unknown[] = [];
    const failure = new Error("password is hunter2");
    const app = router([route("GET", "/x", () => Promise.reject(failure))], {
      report: (error, { id }) => reported.push(error, id),
    });
    const response = await ask(app, { target: "/x" });
    assert.equal(response.status, 500);
    assert.doesNotMatch(response.body as string, /hunter2/);
    assert.deepEqual(reported, [failure, "test-1"]);
  });

  test("explain makes a problem of an error that it knows", async () => {
    const app = router([route("GET", "/x", () => Promise.reject(new RangeError("far")))], {
      explain: (error) =>
        error instanceof RangeError
          ? new Problem({ status: 416, title: "Range", detail: "no" })
          : undefined,
    });
    assert.equal((await ask(app, { target: "/x" })).status, 416);
  });

  test("middleware sees problems and its neighbours' errors as responses, cancellation as itself", async () => {
    const statuses: (number | string)[] = [];
    const watch: Middleware = (next) => async (request) => {
      try {
        const response = await next(request);
        statuses.push(response.status);
        return response;
      } catch (error) {
        statuses.push((error as Error).name);
        throw error;
      }
    };
    const refuse: Middleware = (next) => (request) => {
      if (request.query.has("locked")) throw new Problem({ status: 423, title: "L", detail: "l" });
      return next(request);
    };
    const app = router(
      [
        route("GET", "/ok", () => json(200, {})),
        route("GET", "/gone", () => sleep("1h").then(() => json(200, {}))),
      ],
      { middleware: [watch, refuse] },
    );
    await ask(app, { target: "/ok" });
    await ask(app, { target: "/ok?locked" });
    await ask(app, { target: "/none" });
    await run(async () => {
      const task = spawn(() => ask(app, { target: "/gone" }));
      await yieldNow();
      await task.cancel("client gone");
      assert.equal(task.state, "cancelled");
    });
    assert.deepEqual(statuses, [200, 423, 404, "CancelError"]);
  });

  test("a fallback serves what no route does, and only that", async () => {
    const app = router([route("GET", "/a", say("a"))], {
      fallback: ({ path }) => (path === "/file" ? text(200, "file") : undefined),
    });
    assert.equal(await bodyOf(app, "/file"), "file");
    assert.equal(await bodyOf(app, "/a"), "a {}");
    assert.equal((await ask(app, { target: "/b" })).status, 404);
    assert.equal((await ask(app, { target: "/a", method: "POST" })).status, 405);
  });

  test("a handler that answers at once is answered for at once", () => {
    const app = router([route("GET", "/now", () => text(200, "now"))], {
      middleware: [(next) => (request) => next(request)],
    });
    const response = app(makeRequest({ target: "/now" }));
    assert.ok(!(response instanceof Promise) && response.body === "now");
  });
});
