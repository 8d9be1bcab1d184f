/**
 * The small works that are measured, by name. Each subject does those that its library offers.
 *
 * @module
 */

/** What a work is, for reports. */
export const WORKS: Readonly<Record<string, string>> = {
  counter_64: "`inc()` on 64 label-less counters in turn",
  counter_bound_64: "bound `inc()`, 64 series of 3 labels in turn",
  counter_bound_1: "bound `inc()`, one series",
  counter_object_64: "`inc({method, route, status})`, 64 series in turn",
  counter_kept_object_64: "`inc(labels)`, 64 label objects that are kept",
  counter_changed_object_64: "`inc(labels)`, one label object whose values change",
  counter_values_64: "`labels(method, route, status).inc()`, 64 series in turn",
  counter_float_64: "bound `inc(0.5)`, 64 series in turn",
  gauge_64: "`set()` on 64 label-less gauges in turn",
  gauge_bound_64: "bound `set()`, 64 series in turn",
  gauge_bound_1: "bound `set()`, one series",
  gauge_values_64: "`labels(method, route, status).set()`, 64 series in turn",
  gauge_inc_64: "`inc()` on 64 label-less gauges in turn",
  gauge_float_64: "`set()` of fractions on 64 label-less gauges in turn",
  gauge_inc_float_64: "`inc(0.5)` on 64 label-less gauges in turn",
  gauge_inc_bound_64: "bound `inc()` of a gauge, 64 series in turn",
  gauge_object_64: "`set({method, route, status}, value)`, 64 series in turn",
  histogram_64: "`observe()` on 64 label-less histograms of 12 buckets in turn",
  histogram_bound_64: "bound `observe()`, 12 buckets, 64 series in turn",
  histogram_bound_1: "bound `observe()`, 12 buckets, one series",
  histogram_values_64: "`labels(method, route, status).observe()`, 12 buckets, 64 series in turn",
  histogram_object_64: "`observe({method, route, status}, seconds)`, 12 buckets, 64 series in turn",
  timer_bound_64: "bound `startTimer()` and its end, 12 buckets, 64 series in turn",
  native_bound_64: "bound `observe()`, native buckets, 64 series in turn",
  summary_64: "`observe()` on 64 label-less summaries in turn",
  summary_bound_64: "bound `observe()` of a summary with 7 quantiles, 64 series in turn",
  summary_object_64:
    "`observe({method, route, status}, seconds)` of a summary with 7 quantiles, 64 series in turn",
};

/** 4 x 8 x 2 label sets. */
export const METHODS: readonly string[] = ["GET", "POST", "PUT", "DELETE"];
/** Route templates as applications have them. */
export const ROUTES: readonly string[] = [
  "/",
  "/users",
  "/users/:id",
  "/users/:id/orders",
  "/orders/:id",
  "/products/:id/reviews",
  "/search",
  "/health",
];
/** Status codes. */
export const STATUSES: readonly string[] = ["200", "500"];

/** The label values of series 0 to 63. */
export function labelValues(
  series: number,
): [method: string, route: string, status: string] {
  return [
    METHODS[series & 3],
    ROUTES[(series >> 2) & 7],
    STATUSES[(series >> 5) & 1],
  ];
}

/** The upper bounds of 12 buckets: those of the HTTP families. */
export const BUCKETS: readonly number[] = [
  0.001,
  0.0025,
  0.005,
  0.01,
  0.025,
  0.05,
  0.1,
  0.25,
  0.5,
  1,
  2.5,
  5,
];

/** 256 durations spread over all buckets, the same in every subject. */
export const SECONDS: Float64Array = Float64Array.from(
  { length: 256 },
  (_, index) => 0.0005 * 2 ** (((index * 97) % 256) / 18),
);

/** One work, ready to be done. */
export interface Work {
  /** Does it so many times. */
  run(times: number): void;
  /** How often the library says it has been done; undefined where it cannot tell. */
  recorded?(): number | Promise<number>;
}
