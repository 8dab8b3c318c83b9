/** Cookies and forms: what small servers need, with limits. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { cookies, Problem, readForm, readMultipart, setCookie } from "../../src/index.ts";
import { makeRequest } from "../request.ts";

const isProblem =
  (status: number) =>
  (error: unknown): boolean =>
    error instanceof Problem && error.status === status;

describe("cookies", () => {
  const of = (...lines: string[]): Record<string, string> =>
    Object.fromEntries(cookies(makeRequest({ headers: { cookie: lines } })));

  test("are read from every line, the first of a name counting", () => {
    assert.deepEqual(of('a=1; b="two" ; a=3; c=%E2%82%AC; d=%zz; junk; =x', "e=a=b"), {
      a: "1",
      b: "two",
      c: "€",
      d: "%zz",
      e: "a=b",
    });
  });

  test("a hundred of them at most", () => {
    const many = Array.from({ length: 500 }, (_, i) => `k${i}=v`).join(";");
    assert.equal(Object.keys(of(many)).length, 100);
  });

  test("are set with safe defaults, and what is read back is what was set", () => {
    assert.equal(setCookie("sid", "abc"), "sid=abc; Path=/; HttpOnly; Secure; SameSite=Lax");
    assert.equal(
      setCookie("sid", "", {
        maxAgeSeconds: 0,
        secure: false,
        httpOnly: false,
        sameSite: "Strict",
        domain: "example.org",
        path: "/a",
      }),
      "sid=; Path=/a; Domain=example.org; Max-Age=0; SameSite=Strict",
    );
    for (const value of ["a;b", "€", 'q"', "50%", "a,b c", "\r\nset-cookie: x"]) {
      const [pair] = setCookie("k", value).split(";");
      assert.equal(of(pair!)["k"], value);
    }
  });

  test("refuse what browsers refuse and what would break the header", () => {
    assert.throws(() => setCookie("a b", ""), TypeError);
    assert.throws(() => setCookie("a", "", { path: "/;x" }), TypeError);
    assert.throws(() => setCookie("a", "", { path: "/\r\n" }), TypeError);
    assert.throws(() => setCookie("a", "", { domain: "x;y" }), TypeError);
    assert.throws(() => setCookie("a", "", { maxAgeSeconds: 0.5 }), RangeError);
    assert.throws(() => setCookie("a", "", { sameSite: "None", secure: false }), TypeError);
    assert.throws(() => setCookie("a", "x".repeat(5000)), RangeError);
  });
});

describe("readForm", () => {
  const form = (body: string, type = "application/x-www-form-urlencoded") =>
    makeRequest({ method: "POST", body, headers: { "content-type": type } });

  test("gives the fields", async () => {
    const fields = await readForm(form("a=1&b=x+y&a=%E2%82%AC"));
    assert.deepEqual(
      [...fields],
      [
        ["a", "1"],
        ["b", "x y"],
        ["a", "€"],
      ],
    );
  });

  test("refuses another type, too many fields and too many bytes", async () => {
    await assert.rejects(readForm(form("a=1", "text/plain")), isProblem(415));
    await assert.rejects(readForm(form("&".repeat(2000))), isProblem(413));
    await assert.rejects(readForm(form("a=123456"), { limitBytes: 4 }), isProblem(413));
  });
});

describe("readMultipart", () => {
  const encoded = async (form: FormData): Promise<[Uint8Array, string]> => {
    const response = new Response(form);
    return [new Uint8Array(await response.arrayBuffer()), response.headers.get("content-type")!];
  };
  const request = (body: Uint8Array | string, type: string) =>
    makeRequest({ method: "POST", body, headers: { "content-type": type } });

  test("reads what fetch sends: fields, files, skipped parts", async () => {
    const form = new FormData();
    form.set("note", "line\r\n--not a boundary");
    form.set("skipped", new Blob([new Uint8Array(100_000)]));
    form.set("file", new File(["content"], 'quo"te.txt', { type: "text/plain" }));
    form.set("empty", "");
    const seen: unknown[] = [];
    for await (const part of readMultipart(request(...(await encoded(form))))) {
      const { name, filename, contentType } = part;
      if (name === "skipped") continue;
      seen.push([name, filename, contentType, await part.text({ limitBytes: 100 })]);
    }
    assert.deepEqual(seen, [
      ["note", undefined, undefined, "line\r\n--not a boundary"],
      ["file", 'quo"te.txt', "text/plain", "content"],
      ["empty", undefined, undefined, ""],
    ]);
  });

  const TYPE = "multipart/form-data; boundary=b";
  const PART = '--b\r\nContent-Disposition: form-data; name="a"\r\n\r\nx';
  for (const [what, status, body, type] of [
    ["another type", 415, "", "text/plain"],
    ["no boundary", 400, "", "multipart/form-data; charset=x"],
    ["no end", 400, PART, TYPE],
    ["a long preamble", 400, `${"x".repeat(5000)}\r\n${PART}\r\n--b--`, TYPE],
    ["something behind a boundary", 400, `${PART}\r\n--bad`, TYPE],
    ["a part without a name", 400, "--b\r\nContent-Type: a/b\r\n\r\n\r\n--b--", TYPE],
    ["a line that is no field", 400, "--b\r\nnonsense\r\n\r\n\r\n--b--", TYPE],
    ["a head without end", 400, `--b\r\n${"x".repeat(10_000)}`, TYPE],
    ["too many parts", 413, `${`${PART}\r\n`.repeat(200)}--b--`, TYPE],
  ] as const) {
    test(`${what} is ${status}`, async () => {
      const reading = async (): Promise<void> => {
        for await (const part of readMultipart(request(body, type))) void part;
      };
      await assert.rejects(reading(), isProblem(status));
    });
  }

  test("a part beyond its reader's limit is 413, and a part is read once", async () => {
    for await (const part of readMultipart(request(`${PART}yz\r\n--b--`, TYPE))) {
      await assert.rejects(part.bytes({ limitBytes: 2 }), isProblem(413));
      await assert.rejects(part.bytes({ limitBytes: 2 }), TypeError);
    }
  });
});
