/** Compiled, never run: what a path and schemas make of a handler's types. */
import { z } from "zod";
import { group, json, route, type PathParams } from "../../src/index.ts";

type Same<A, B> = [A] extends [B] ? ([B] extends [A] ? true : false) : false;
const same = <A, B>(_yes: Same<A, B>): void => {};

same<PathParams<"/a/:id/b/:name">["id"], string>(true);
same<keyof PathParams<"/a/:id/b/*rest">, "id" | "rest">(true);
same<keyof PathParams<"/a">, never>(true);

route("GET", "/a/:id", ({ params }) => {
  same<typeof params.id, string>(true);
  // @ts-expect-error: the path has no such parameter
  return json(200, params.other);
});

group("/users/:user", (under) => [
  under("GET", "/posts/:post", ({ params }) => json(200, [params.user, params.post])),
  // @ts-expect-error: neither has the path nor the prefix
  under("GET", "/posts", ({ params }) => json(200, params.post)),
]);

const order = z.object({ id: z.string().transform(Number), note: z.string().optional() });

route(
  "POST",
  "/orders/:id",
  {
    body: order,
    query: z.object({ dry: z.stringbool().default(false) }),
    answers: { 201: { description: "made", schema: z.object({ id: z.number() }) }, 204: "none" },
  },
  ({ params }, { body, query, reply }) => {
    same<typeof body.id, number>(true);
    same<typeof query.dry, boolean>(true);
    same<typeof params.id, string>(true);
    // @ts-expect-error: not what 201 promises
    void reply(201, { id: "text" });
    // @ts-expect-error: not a status of this route
    void reply(200, {});
    return reply(201, { id: body.id });
  },
);

route("GET", "/none", { summary: "no schemas" }, (_request, { body }) => {
  same<typeof body, undefined>(true);
  return json(200, {});
});
