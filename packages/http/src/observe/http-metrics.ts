/**
 * Requests as metrics: how many, how long, how many at the moment.
 *
 *     http_requests_total{method,route,status}
 *     http_request_duration_seconds{method,route}     until the response begins
 *     http_requests_in_flight                          until the response has ended
 *
 * Labels are bounded: `route` is the pattern, or "other" where none matched, and so is a method there.
 */
import type { Response } from "../message/exchange.ts";
import type { Middleware } from "../routing/middleware.ts";
import type { CounterSeries, HistogramSeries, Metrics } from "./metrics.ts";
import { watch } from "./watch.ts";

export interface HttpMetricsOptions {
  /** What the names begin with. Default: "http". */
  readonly prefix?: string;
  /** In seconds. Default: those of `Metrics.histogram`. */
  readonly buckets?: readonly number[];
}

export function httpMetrics(metrics: Metrics, options: HttpMetricsOptions = {}): Middleware {
  const { prefix = "http", buckets } = options;
  let inFlight = 0;
  const requests = metrics.counter(`${prefix}_requests_total`, "Requests answered", [
    "method",
    "route",
    "status",
  ]);
  const durations = metrics.histogram(
    `${prefix}_request_duration_seconds`,
    "Time until the response began",
    { labels: ["method", "route"], ...(buckets === undefined ? {} : { buckets }) },
  );
  metrics.gauge(`${prefix}_requests_in_flight`, "Requests being answered", () => inFlight);
  return (next, route) => {
    const path = route?.path ?? "other";
    const counters = new Map<string, CounterSeries>();
    const histograms = new Map<string, HistogramSeries>();
    const watched = watch(next, ({ method }, { status, headMs }) => {
      inFlight--;
      const label = route === undefined ? "other" : method;
      const key = `${label} ${status}`;
      let counter = counters.get(key);
      if (counter === undefined) {
        counters.set(key, (counter = requests.series(label, path, String(status))));
      }
      counter.value++;
      let histogram = histograms.get(label);
      if (histogram === undefined) {
        histograms.set(label, (histogram = durations.series(label, path)));
      }
      histogram.observe(headMs / 1000);
    });
    return (request) => {
      inFlight++;
      return watched(request);
    };
  };
}

/** What a `/metrics` route answers. */
export function metricsResponse(metrics: Metrics): Response {
  return {
    status: 200,
    headers: { "content-type": "text/plain; version=0.0.4; charset=utf-8" },
    body: metrics.text(),
  };
}
