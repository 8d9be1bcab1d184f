/**
 * The works, done through prom-client's interface. Every loop is a function of its own, so that the engine's
 * feedback of one work does not spoil another, and takes another series at every step, so that no value can stay
 * in a register.
 *
 * @module
 */
import {
  bodyText,
  type CounterApi,
  type CounterSeries,
  type GaugeApi,
  type GaugeSeries,
  type Labels,
  type Library,
  type MetricOptions,
  type ObserverApi,
  type ObserverSeries,
} from "../peers/prom_client_api.ts";
import { BUCKETS, labelValues, METHODS, ROUTES, SECONDS, STATUSES, type Work } from "./works.ts";

const SERIES = 64;
/** What the peers' summaries tell unless told otherwise. */
const PERCENTILES = [0.01, 0.05, 0.5, 0.9, 0.95, 0.99, 0.999];
const LABEL_NAMES = ["method", "route", "status"];

/** All works that the library offers, defined and with every series there. */
export function promClientWorks(library: Library): Record<string, Work> {
  return {
    ...counterWorks(library),
    ...gaugeWorks(library),
    ...histogramWorks(library),
    ...(library.summary === undefined ? {} : summaryWorks(library.summary)),
    ...(library.nativeHistogram === undefined
      ? {}
      : nativeWorks(library.nativeHistogram(labelled("native_bound")))),
  };
}

function nativeWorks(histogram: ObserverApi): Record<string, Work> {
  const series = bind((...values) => histogram.labels(...values));
  return {
    native_bound_64: {
      run(times) {
        for (let step = 0; step < times; step++) series[step & 63].observe(SECONDS[step & 255]);
      },
    },
  };
}

function labelled(name: string): MetricOptions {
  return {
    name,
    help: `Work ${name}.`,
    labelNames: LABEL_NAMES,
    buckets: [...BUCKETS],
  };
}

/** 64 metrics without labels. */
function many<T>(name: string, define: (options: MetricOptions) => T): T[] {
  return Array.from(
    { length: SERIES },
    (_, index) =>
      define({
        name: `${name}_${index}`,
        help: "One of many.",
        labelNames: [],
        buckets: [...BUCKETS],
      }),
  );
}

function bind<T>(labels: (...values: string[]) => T): T[] {
  return Array.from(
    { length: SERIES },
    (_, series) => labels(...labelValues(series)),
  );
}

/** The sum of all samples of one name. */
async function sumOf(library: Library, pattern: RegExp): Promise<number> {
  const text = bodyText(await library.scrape());
  let sum = 0;
  for (const line of text.split("\n")) {
    if (pattern.test(line)) {
      sum += Number(line.slice(line.lastIndexOf(" ") + 1));
    }
  }
  return sum;
}

function counterWorks(library: Library): Record<string, Work> {
  const plain: CounterApi[] = many(
    "counter_plain",
    (options) => library.counter({ ...options, name: `${options.name}_total` }),
  );
  const counter = (name: string) => library.counter(labelled(`${name}_total`));
  const bound: CounterSeries[] = bindCounter(counter("counter_bound"));
  const one: CounterSeries = bindCounter(counter("counter_one"))[0];
  const floats: CounterSeries[] = bindCounter(counter("counter_float"));
  const byObject = counter("counter_object");
  const byKept = counter("counter_kept");
  const kept: Labels[] = bind((method, route, status) => ({ method, route, status }));
  const byChanged = counter("counter_changed");
  const changed = { method: "", route: "", status: "" };
  const byValues = counter("counter_values");
  const recorded = (name: string) => () => sumOf(library, new RegExp(`^${name}(_total)?[{ _0-9]`));
  return {
    counter_64: {
      run(times) {
        for (let step = 0; step < times; step++) plain[step & 63].inc();
      },
      recorded: recorded("counter_plain"),
    },
    counter_bound_64: {
      run(times) {
        for (let step = 0; step < times; step++) bound[step & 63].inc();
      },
      recorded: recorded("counter_bound"),
    },
    counter_bound_1: {
      run(times) {
        for (let step = 0; step < times; step++) one.inc();
      },
      recorded: recorded("counter_one"),
    },
    counter_object_64: {
      run(times) {
        for (let step = 0; step < times; step++) {
          const method = METHODS[step & 3];
          const route = ROUTES[(step >> 2) & 7];
          byObject.inc({ method, route, status: STATUSES[(step >> 5) & 1] });
        }
      },
      recorded: recorded("counter_object"),
    },
    counter_kept_object_64: {
      run(times) {
        for (let step = 0; step < times; step++) byKept.inc(kept[step & 63]);
      },
      recorded: recorded("counter_kept"),
    },
    counter_changed_object_64: {
      run(times) {
        for (let step = 0; step < times; step++) {
          changed.method = METHODS[step & 3];
          changed.route = ROUTES[(step >> 2) & 7];
          changed.status = STATUSES[(step >> 5) & 1];
          byChanged.inc(changed);
        }
      },
      recorded: recorded("counter_changed"),
    },
    counter_values_64: {
      run(times) {
        for (let step = 0; step < times; step++) {
          byValues.labels(
            METHODS[step & 3],
            ROUTES[(step >> 2) & 7],
            STATUSES[(step >> 5) & 1],
          ).inc();
        }
      },
      recorded: recorded("counter_values"),
    },
    counter_float_64: {
      run(times) {
        for (let step = 0; step < times; step++) floats[step & 63].inc(0.5);
      },
      recorded: async () => 2 * await sumOf(library, /^counter_float(_total)?\{/),
    },
  };
}

function bindCounter(counter: CounterApi): CounterSeries[] {
  return bind((...values) => counter.labels(...values));
}

function gaugeWorks(library: Library): Record<string, Work> {
  const plain: GaugeApi[] = many(
    "gauge_plain",
    (options) => library.gauge(options),
  );
  const gauge = library.gauge(labelled("gauge_bound"));
  const bound: GaugeSeries[] = bind((...values) => gauge.labels(...values));
  const ups: GaugeApi[] = many("gauge_up", (options) => library.gauge(options));
  const fractions: GaugeApi[] = many("gauge_fraction", (options) => library.gauge(options));
  const halves: GaugeApi[] = many("gauge_half", (options) => library.gauge(options));
  const up = library.gauge(labelled("gauge_up_bound"));
  const boundUps: GaugeSeries[] = bind((...values) => up.labels(...values));
  const byObject = library.gauge(labelled("gauge_object"));
  const single = library.gauge(labelled("gauge_one"));
  const one: GaugeSeries = single.labels(...labelValues(0));
  const byValues = library.gauge(labelled("gauge_values"));
  return {
    gauge_64: {
      run(times) {
        for (let step = 0; step < times; step++) plain[step & 63].set(step);
      },
    },
    gauge_bound_64: {
      run(times) {
        for (let step = 0; step < times; step++) bound[step & 63].set(step);
      },
    },
    gauge_bound_1: {
      run(times) {
        for (let step = 0; step < times; step++) one.set(step);
      },
    },
    gauge_values_64: {
      run(times) {
        for (let step = 0; step < times; step++) {
          const route = ROUTES[(step >> 2) & 7];
          byValues.labels(METHODS[step & 3], route, STATUSES[(step >> 5) & 1]).set(step);
        }
      },
    },
    gauge_inc_64: {
      run(times) {
        for (let step = 0; step < times; step++) ups[step & 63].inc();
      },
      recorded: () => sumOf(library, /^gauge_up_\d/),
    },
    gauge_float_64: {
      run(times) {
        for (let step = 0; step < times; step++) fractions[step & 63].set(SECONDS[step & 255]);
      },
    },
    gauge_inc_float_64: {
      run(times) {
        for (let step = 0; step < times; step++) halves[step & 63].inc(0.5);
      },
    },
    gauge_inc_bound_64: {
      run(times) {
        for (let step = 0; step < times; step++) boundUps[step & 63].inc();
      },
      recorded: () => sumOf(library, /^gauge_up_bound\{/),
    },
    gauge_object_64: {
      run(times) {
        for (let step = 0; step < times; step++) {
          const method = METHODS[step & 3];
          const route = ROUTES[(step >> 2) & 7];
          byObject.set({ method, route, status: STATUSES[(step >> 5) & 1] }, step);
        }
      },
    },
  };
}

function histogramWorks(library: Library): Record<string, Work> {
  const plain: ObserverApi[] = many(
    "histogram_plain",
    (options) => library.histogram(options),
  );
  const histogram = library.histogram(labelled("histogram_bound"));
  const bound: ObserverSeries[] = bind((...values) => histogram.labels(...values));
  const byObject = library.histogram(labelled("histogram_object"));
  const single = library.histogram(labelled("histogram_one"));
  const one: ObserverSeries = single.labels(...labelValues(0));
  const byValues = library.histogram(labelled("histogram_values"));
  const timed = library.histogram(labelled("timer_bound"));
  const timers: ObserverSeries[] = bind((...values) => timed.labels(...values));
  const recorded = (name: string) => () => sumOf(library, new RegExp(`^${name}(_[0-9]+)?_count[{ ]`));
  return {
    histogram_64: {
      run(times) {
        for (let step = 0; step < times; step++) {
          plain[step & 63].observe(SECONDS[step & 255]);
        }
      },
      recorded: recorded("histogram_plain"),
    },
    histogram_bound_64: {
      run(times) {
        for (let step = 0; step < times; step++) {
          bound[step & 63].observe(SECONDS[step & 255]);
        }
      },
      recorded: recorded("histogram_bound"),
    },
    histogram_bound_1: {
      run(times) {
        for (let step = 0; step < times; step++) one.observe(SECONDS[step & 255]);
      },
      recorded: recorded("histogram_one"),
    },
    histogram_values_64: {
      run(times) {
        for (let step = 0; step < times; step++) {
          const route = ROUTES[(step >> 2) & 7];
          byValues.labels(METHODS[step & 3], route, STATUSES[(step >> 5) & 1]).observe(SECONDS[step & 255]);
        }
      },
      recorded: recorded("histogram_values"),
    },
    histogram_object_64: {
      run(times) {
        for (let step = 0; step < times; step++) {
          const method = METHODS[step & 3];
          const route = ROUTES[(step >> 2) & 7];
          byObject.observe(
            { method, route, status: STATUSES[(step >> 5) & 1] },
            SECONDS[step & 255],
          );
        }
      },
      recorded: recorded("histogram_object"),
    },
    timer_bound_64: {
      run(times) {
        for (let step = 0; step < times; step++) {
          timers[step & 63].startTimer()();
        }
      },
      recorded: recorded("timer_bound"),
    },
  };
}

function summaryWorks(define: (options: MetricOptions) => ObserverApi): Record<string, Work> {
  const seven = (options: MetricOptions) => define({ ...options, percentiles: [...PERCENTILES] });
  const plain = many("summary_plain", seven);
  const summary = seven(labelled("summary_bound"));
  const bound: ObserverSeries[] = bind((...values) => summary.labels(...values));
  const byObject = seven(labelled("summary_object"));
  return {
    summary_64: {
      run(times) {
        for (let step = 0; step < times; step++) plain[step & 63].observe(SECONDS[step & 255]);
      },
    },
    summary_bound_64: {
      run(times) {
        for (let step = 0; step < times; step++) bound[step & 63].observe(SECONDS[step & 255]);
      },
    },
    summary_object_64: {
      run(times) {
        for (let step = 0; step < times; step++) {
          const method = METHODS[step & 3];
          const route = ROUTES[(step >> 2) & 7];
          byObject.observe({ method, route, status: STATUSES[(step >> 5) & 1] }, SECONDS[step & 255]);
        }
      },
    },
  };
}
