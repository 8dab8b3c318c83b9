/**
 * Counters, gauges and histograms in Prometheus' text format (version 0.0.4).
 *
 * Each metric has a bound on its label sets. Beyond it, further sets are counted together under the
 * label value "other", so that a label which turns out to hold a client's text costs neither memory
 * nor the scraper. How many sets were folded is itself a metric, `metrics_folded_total`.
 */

export interface MetricsOptions {
  /** Label sets that one metric keeps apart. Default: 1000. */
  readonly seriesLimit?: number;
}

export interface HistogramOptions {
  /** Upper bounds, ascending, without +Inf. Default: 1 ms to 30 s. */
  readonly buckets?: readonly number[];
  readonly labels?: readonly string[];
}

type Labels = readonly string[];

const DURATION_BUCKETS_S: readonly number[] = [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 30];
const NAME = /^[a-zA-Z_:][a-zA-Z0-9_:]*$/;

/** One label set of a counter. Hold on to it where counting must cost nothing. */
export interface CounterSeries {
  value: number;
}

export interface HistogramSeries {
  observe(value: number): void;
}

export interface Counter {
  /** The series of these label values, in the order of the label names. */
  series(...values: Labels): CounterSeries;
  increment(values?: Labels, by?: number): void;
}

export interface Histogram {
  series(...values: Labels): HistogramSeries;
}

export class Metrics {
  readonly #metrics = new Map<string, { readonly lines: () => string[] }>();
  readonly #seriesLimit: number;
  #folded = 0;

  constructor(options: MetricsOptions = {}) {
    this.#seriesLimit = options.seriesLimit ?? 1000;
    this.gauge("metrics_folded_total", "Label sets beyond a metric's bound", () => this.#folded);
  }

  /** By convention the name ends in `_total`. */
  counter(name: string, help: string, labels: Labels = []): Counter {
    const family = this.#family<CounterSeries>(labels, () => ({ value: 0 }));
    this.#add(name, help, "counter", () =>
      family.entries().map(([values, { value }]) => `${name}${render(labels, values)} ${value}`),
    );
    return {
      series: (...values) => family.at(values),
      increment: (values = [], by = 1) => {
        family.at(values).value += by;
      },
    };
  }

  /** A value that is read when it is asked for. */
  gauge(name: string, help: string, read: () => number): void {
    this.#add(name, help, "gauge", () => [`${name} ${read()}`]);
  }

  histogram(name: string, help: string, options: HistogramOptions = {}): Histogram {
    const { labels = [], buckets = DURATION_BUCKETS_S } = options;
    const family = this.#family(labels, () => new Buckets(buckets));
    this.#add(name, help, "histogram", () =>
      family.entries().flatMap(([values, series]) => series.lines(name, labels, values)),
    );
    return { series: (...values) => family.at(values) };
  }

  text(): string {
    return `${[...this.#metrics.values()].flatMap(({ lines }) => lines()).join("\n")}\n`;
  }

  #family<Series>(labels: Labels, create: () => Series): Family<Series> {
    for (const label of labels) {
      if (!NAME.test(label)) throw new TypeError(`"${label}" cannot be the name of a label`);
    }
    return new Family(labels.length, this.#seriesLimit, create, () => this.#folded++);
  }

  #add(name: string, help: string, type: string, samples: () => string[]): void {
    if (!NAME.test(name)) throw new TypeError(`"${name}" cannot be the name of a metric`);
    if (this.#metrics.has(name)) throw new TypeError(`There is a metric ${name} already`);
    const head = [`# HELP ${name} ${help.replaceAll("\n", " ")}`, `# TYPE ${name} ${type}`];
    this.#metrics.set(name, { lines: () => [...head, ...samples()] });
  }
}

/** The series of one metric by their label values. */
class Family<Series> {
  readonly #series = new Map<string, readonly [Labels, Series]>();
  readonly #size: number;
  readonly #limit: number;
  readonly #create: () => Series;
  readonly #folded: () => void;

  constructor(size: number, limit: number, create: () => Series, folded: () => void) {
    this.#size = size;
    this.#limit = limit;
    this.#create = create;
    this.#folded = folded;
  }

  at(values: Labels): Series {
    if (values.length !== this.#size) {
      throw new TypeError(`A metric of ${this.#size} labels was given ${values.length} values`);
    }
    const key = values.join("\0");
    const known = this.#series.get(key);
    if (known !== undefined) return known[1];
    const others = values.map(() => "other");
    if (this.#series.size >= this.#limit && key !== others.join("\0")) {
      this.#folded();
      return this.at(others);
    }
    const series = this.#create();
    this.#series.set(key, [values, series]);
    return series;
  }

  entries(): (readonly [Labels, Series])[] {
    return [...this.#series.values()];
  }
}

class Buckets implements HistogramSeries {
  readonly #bounds: readonly number[];
  readonly #counts: number[];
  #sum = 0;
  #count = 0;

  constructor(bounds: readonly number[]) {
    this.#bounds = bounds;
    this.#counts = bounds.map(() => 0);
  }

  observe(value: number): void {
    this.#sum += value;
    this.#count++;
    const index = this.#bounds.findIndex((bound) => value <= bound);
    if (index !== -1) this.#counts[index]!++;
  }

  lines(name: string, labels: Labels, values: Labels): string[] {
    let below = 0;
    const lines = this.#bounds.map((bound, i) => {
      below += this.#counts[i]!;
      return `${name}_bucket${render([...labels, "le"], [...values, String(bound)])} ${below}`;
    });
    const inner = render(labels, values);
    const all = render([...labels, "le"], [...values, "+Inf"]);
    lines.push(`${name}_bucket${all} ${this.#count}`);
    lines.push(`${name}_sum${inner} ${this.#sum}`, `${name}_count${inner} ${this.#count}`);
    return lines;
  }
}

function render(names: Labels, values: Labels): string {
  if (names.length === 0) return "";
  return `{${names.map((name, i) => `${name}="${escape(values[i]!)}"`).join(",")}}`;
}

function escape(value: string): string {
  return value.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n");
}
