import assert from "node:assert/strict";
import { test } from "node:test";
import { Problem } from "@hotpath/http";
import { parseOrder } from "../../src/api/order-text.ts";

const id = "4a7901b8-7d26-4d9d-aa19-4dc1c7cf60b3";

test("parseOrder() takes any JSON that says a payment", () => {
  const expected = { id, amountMinor: 1990 };
  for (const text of [
    `{"correlationId":"${id}","amount":19.90}`,
    ` {\n "correlationId" : "${id.toUpperCase()}" , "amount" : 19.9 } `,
    `{"amount":1.99e1,"correlationId":"${id}"}`,
    `{"correlationId":"${id}","amount":19.90,"note":{"amount":"x"}}`,
    `{"correlationId":"${id}","amount":5,"amount":19.90}`,
  ]) {
    assert.deepEqual(parseOrder(text), expected, text);
  }
  const exact = `{"note":0,"correlationId":"${id}","amount":90071992547.41}`;
  assert.equal(parseOrder(exact).amountMinor, 9_007_199_254_741);
});

test("parseOrder() names what is wrong", () => {
  const cases: readonly [text: string, status: number, paths: readonly string[]][] = [
    ["", 400, []],
    ["[]", 400, []],
    ["null", 400, []],
    [`{"correlationId":"${id}","amount":1.}`, 400, []],
    ["{}", 422, ["correlationId", "amount"]],
    [`{"correlationId":"${id}"}`, 422, ["amount"]],
    [`{"correlationId":"${id}","amount":"19.90"}`, 422, ["amount"]],
    [`{"correlationId":"${id}","amount":0}`, 422, ["amount"]],
    [`{"correlationId":"${id}","amount":-1}`, 422, ["amount"]],
    [`{"correlationId":"${id}","amount":1.005}`, 422, ["amount"]],
    [`{"correlationId":"${id}","amount":1e400}`, 422, ["amount"]],
    [`{"correlationId":"${id.slice(1)}","amount":1}`, 422, ["correlationId"]],
    [`{"correlationId":7,"amount":1}`, 422, ["correlationId"]],
    [`{"correlationId":"${id.replaceAll("-", "0")}","amount":1}`, 422, ["correlationId"]],
  ];
  for (const [text, status, paths] of cases) {
    assert.throws(
      () => parseOrder(text),
      (error: unknown) => {
        assert(error instanceof Problem);
        assert.equal(error.status, status, text);
        assert.deepEqual(
          error.errors.map(({ path }) => path),
          paths,
          text,
        );
        return true;
      },
    );
  }
});
