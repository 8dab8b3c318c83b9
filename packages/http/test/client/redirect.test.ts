import assert from "node:assert/strict";
import { test } from "node:test";
import { parsePlace } from "../../src/client/origin.ts";
import { isRedirect, redirectStep, type Redirectable } from "../../src/client/redirect.ts";

const HEADERS = {
  Accept: "a/b",
  Authorization: "Bearer x",
  COOKIE: "a=b",
  "content-type": "text/plain",
  "X-Token": "secret",
};

function answer(change: Partial<Redirectable>): Redirectable {
  return {
    status: 302,
    location: "/next",
    method: "GET",
    from: parsePlace("http://a.example:8080/dir/page?q=1#part"),
    headers: HEADERS,
    privateHeaders: new Set(["x-token"]),
    ...change,
  };
}

test("only 301, 302, 303, 307 and 308 with a Location are redirects", () => {
  for (let status = 100; status < 600; status++) {
    const expected = [301, 302, 303, 307, 308].includes(status);
    assert.equal(isRedirect(status, "/x"), expected, String(status));
    assert.equal(isRedirect(status, undefined), false);
  }
});

test("the method changes as RFC 9110 section 15.4 says, and the body goes with it", () => {
  const cases: readonly (readonly [number, string, string, boolean])[] = [
    [301, "GET", "GET", true],
    [301, "POST", "GET", false],
    [302, "POST", "GET", false],
    [301, "PUT", "PUT", true],
    [302, "DELETE", "DELETE", true],
    [303, "POST", "GET", false],
    [303, "PUT", "GET", false],
    [303, "HEAD", "HEAD", false],
    [307, "POST", "POST", true],
    [308, "PATCH", "PATCH", true],
  ];
  for (const [status, method, expected, keepsBody] of cases) {
    const step = redirectStep(answer({ status, method }));
    assert.deepEqual([step.method, step.keepsBody], [expected, keepsBody], `${status} ${method}`);
    assert.equal("content-type" in step.headers, keepsBody, `${status} ${method}`);
  }
});

test("a Location is resolved against the URL that was requested, and inherits its fragment", () => {
  const urls: readonly (readonly [string, string])[] = [
    ["other", "http://a.example:8080/dir/other#part"],
    ["/x?y", "http://a.example:8080/x?y#part"],
    ["?z", "http://a.example:8080/dir/page?z#part"],
    ["//b.example/x#own", "http://b.example/x#own"],
    ["https://b.example", "https://b.example/#part"],
  ];
  for (const [location, expected] of urls) {
    assert.equal(redirectStep(answer({ location })).place.url.href, expected);
  }
  assert.equal(redirectStep(answer({ location: "/a b/é" })).place.target, "/a%20b/%C3%A9");
});

test("credentials stay with the origin: another port, scheme or host loses them", () => {
  const same = redirectStep(answer({ location: "http://a.example:8080/" }));
  assert.deepEqual(same.headers, HEADERS);
  for (const location of [
    "http://a.example:8081/",
    "https://a.example:8080/",
    "http://a.example/",
    "http://sub.a.example:8080/",
  ]) {
    const names = Object.keys(redirectStep(answer({ location })).headers);
    assert.deepEqual(names, ["Accept", "content-type"], location);
  }
});

test("a Unix socket is left for another origin, and kept for the same", () => {
  const from = parsePlace("http://local/", "/run/a.sock");
  assert.equal(redirectStep(answer({ from })).place.origin.unixPath, "/run/a.sock");
  const away = redirectStep(answer({ from, location: "http://b.example/" }));
  assert.equal(away.place.origin.unixPath, undefined);
  assert.deepEqual(Object.keys(away.headers), ["Accept", "content-type"]);
});

test("a Location that cannot be requested is refused", () => {
  for (const location of [
    "http://[",
    "ftp://a/",
    "file:///etc/passwd",
    "http://u:p@a/",
    "javascript:1",
  ]) {
    assert.throws(() => redirectStep(answer({ location })), TypeError, location);
  }
});
