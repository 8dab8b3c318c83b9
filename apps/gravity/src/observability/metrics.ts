/** Prometheus text exposition (format 0.0.4) of the few things this service counts. */

const LATENCY_BUCKETS_S = [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 30] as const;

type Labels = Readonly<Record<string, string>>;

interface Histogram {
  readonly counts: number[];
  sum: number;
  count: number;
}

/** What the HTTP server reports. */
export interface HttpMetrics {
  observe(method: string, route: string, status: number, seconds: number): void;
}

export class Metrics implements HttpMetrics {
  readonly #counters = new Map<string, Map<string, number>>();
  readonly #gauges = new Map<string, { help: string; read: () => number }>();
  readonly #latencies = new Map<string, Histogram>();

  increment(name: string, labels: Labels = {}, by = 1): void {
    const series = this.#counters.get(name) ?? new Map<string, number>();
    this.#counters.set(name, series);
    const key = render(labels);
    series.set(key, (series.get(key) ?? 0) + by);
  }

  /** A value that is read when it is asked for. */
  gauge(name: string, help: string, read: () => number): void {
    this.#gauges.set(name, { help, read });
  }

  observe(method: string, route: string, status: number, seconds: number): void {
    this.increment("hotpath_http_requests_total", { method, route, status: String(status) });
    const key = render({ method, route });
    let histogram = this.#latencies.get(key);
    if (histogram === undefined) {
      histogram = { counts: LATENCY_BUCKETS_S.map(() => 0), sum: 0, count: 0 };
      this.#latencies.set(key, histogram);
    }
    histogram.sum += seconds;
    histogram.count++;
    for (let i = 0; i < LATENCY_BUCKETS_S.length; i++) {
      if (seconds <= LATENCY_BUCKETS_S[i]!) histogram.counts[i]!++;
    }
  }

  text(): string {
    const lines: string[] = [];
    for (const [name, series] of this.#counters) {
      lines.push(`# TYPE ${name} counter`);
      for (const [labels, value] of series) lines.push(`${name}${labels} ${value}`);
    }
    for (const [name, { help, read }] of this.#gauges) {
      lines.push(`# HELP ${name} ${help}`, `# TYPE ${name} gauge`, `${name} ${read()}`);
    }
    lines.push(...this.#latencyLines());
    return `${lines.join("\n")}\n`;
  }

  #latencyLines(): string[] {
    const name = "hotpath_http_request_duration_seconds";
    const lines = [`# TYPE ${name} histogram`];
    for (const [labels, { counts, sum, count }] of this.#latencies) {
      const inner = labels.slice(1, -1);
      LATENCY_BUCKETS_S.forEach((bound, i) => {
        lines.push(`${name}_bucket{${inner},le="${bound}"} ${counts[i]}`);
      });
      lines.push(`${name}_bucket{${inner},le="+Inf"} ${count}`);
      lines.push(`${name}_sum${labels} ${sum}`, `${name}_count${labels} ${count}`);
    }
    return lines;
  }
}

function render(labels: Labels): string {
  const entries = Object.entries(labels);
  if (entries.length === 0) return "";
  return `{${entries.map(([key, value]) => `${key}="${escape(value)}"`).join(",")}}`;
}

function escape(value: string): string {
  return value.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n");
}
