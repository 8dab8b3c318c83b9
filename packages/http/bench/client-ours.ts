/** http-client on this package. */
import { run } from "@hotpath/runtime";
import { HttpPool } from "@hotpath/http";
import { clientPlan, report } from "./client-plan.ts";

const plan = clientPlan();
const body = plan.bodyBytes === undefined ? undefined : "x".repeat(plan.bodyBytes);
const request =
  body === undefined
    ? { path: "/hello?a=1", headers: { accept: "text/plain" } }
    : { path: "/hello?a=1", method: "POST", headers: { "content-type": "text/plain" }, body };

await run(async () => {
  const { connections, pipeline, unixPath } = plan;
  await using pool = new HttpPool(plan.origin, {
    connections,
    pipeline,
    ...(unixPath === undefined ? {} : { unixPath }),
  });
  await report(plan, async () => {
    const response = await pool.request(request);
    const text = await response.body.text();
    return text.length;
  });
});
