/** The part of tape's interface that the suite of abstract-level uses, on node:test. */
import assert from "node:assert/strict";
import { test, type TestContext } from "node:test";

type Body = (t: TapeTest) => unknown;

class TapeTest {
  readonly #context: TestContext;
  readonly #children: Promise<void>[] = [];
  readonly #ended = Promise.withResolvers<void>();
  #planned: number | undefined;
  #count = 0;
  #hasEnded = false;

  constructor(context: TestContext) {
    this.#context = context;
  }

  async run(body: Body): Promise<void> {
    const result = body(this);
    if (result instanceof Promise) await result;
    else if (this.#planned !== undefined || this.#children.length === 0) await this.#ended.promise;
    await Promise.all(this.#children);
    if (this.#planned !== undefined) assert.equal(this.#count, this.#planned, "plan != count");
  }

  #counted(): void {
    this.#count++;
    if (this.#hasEnded) throw new Error("an assertion came after the end");
    if (this.#count === this.#planned) this.#ended.resolve();
  }

  plan(count: number): void {
    this.#planned = count;
    if (count === 0) this.#ended.resolve();
  }

  end(): void {
    this.#hasEnded = true;
    this.#ended.resolve();
  }

  test(name: string, body: Body): void {
    this.#counted();
    this.#children.push(this.#context.test(name, (context) => new TapeTest(context).run(body)));
  }

  #check(assertion: () => void): void {
    try {
      assertion();
    } catch (error) {
      this.#ended.reject(error);
      throw error;
    }
    this.#counted();
  }

  is(actual: unknown, expected: unknown): void {
    this.#check(() => assert.strictEqual(actual, expected));
  }

  isNot(actual: unknown, expected: unknown): void {
    this.#check(() => assert.notStrictEqual(actual, expected));
  }

  same(actual: unknown, expected: unknown): void {
    this.#check(() => assert.deepStrictEqual(actual, expected));
  }

  ok(value: unknown): void {
    this.#check(() => assert.ok(value));
  }

  pass(): void {
    this.#counted();
  }

  fail(reason?: unknown): void {
    this.#check(() => assert.fail(reason instanceof Error ? reason : String(reason)));
  }

  throws(body: () => void, expected: assert.AssertPredicate = Error): void {
    this.#check(() => assert.throws(body, expected));
  }

  doesNotThrow(body: () => void): void {
    this.#check(() => assert.doesNotThrow(body));
  }
}

/** What the suite calls `test`. */
export function tapeTest(name: string, body: Body): void {
  void test(name, (context) => new TapeTest(context).run(body));
}
tapeTest.skip = (name: string, body: Body): void => {
  void test(name, { skip: true }, (context) => new TapeTest(context).run(body));
};
