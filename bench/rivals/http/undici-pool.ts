/** http-client on undici's Pool, as its documentation writes it. */
import { Pool } from "undici";
import { clientPlan, report } from "../../../packages/http/bench/client-plan.ts";

const plan = clientPlan();
const pool = new Pool(plan.origin, {
  connections: plan.connections,
  pipelining: plan.pipeline,
  ...(plan.unixPath === undefined ? {} : { socketPath: plan.unixPath }),
});
const body = plan.bodyBytes === undefined ? undefined : "x".repeat(plan.bodyBytes);
const request =
  body === undefined
    ? ({ path: "/hello?a=1", method: "GET", headers: { accept: "text/plain" } } as const)
    : ({
        path: "/hello?a=1",
        method: "POST",
        headers: { "content-type": "text/plain" },
        body,
      } as const);

await report(plan, async () => {
  const response = await pool.request(request);
  const text = await response.body.text();
  return text.length;
});
await pool.close();
