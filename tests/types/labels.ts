/**
 * What must not compile. Nothing here runs: the type checker fails at an expected error that is none.
 *
 * @module
 */
import {
  Collector,
  Counter,
  Gauge,
  GaugeHistogram,
  Histogram,
  Info,
  type Labels,
  type SeriesSnapshot,
  snapshot,
  StateSet,
  Summary,
} from "promslab";

/** Label names are inferred from the definition. */
export function labelNames(): void {
  const counter = new Counter({ name: "a_total", help: "A.", labelNames: ["method", "route"] });
  counter.inc({ method: "GET", route: "/" });
  counter.inc({ method: "GET", route: 7 }, 2);
  counter.labels({ method: "GET", route: true }).inc();
  counter.labels("GET", "/").inc(3);
  // @ts-expect-error: a typo in a label name
  counter.inc({ methd: "GET", route: "/" });
  // @ts-expect-error: a label is missing
  counter.inc({ method: "GET" });
  // @ts-expect-error: one label too many
  counter.inc({ method: "GET", route: "/", code: 200 });
  // @ts-expect-error: a label value that is none
  counter.inc({ method: "GET", route: null });
  // @ts-expect-error: a typo in a label name
  counter.labels({ method: "GET", rout: "/" });
  // @ts-expect-error: a typo in a label name
  counter.remove({ method: "GET", rout: "/" });
  // @ts-expect-error: a typo in a label name
  counter.countErrors({ method: "GET", rout: "/" }, () => 1);
}

/** A metric without label names takes no labels. */
export function noLabels(): void {
  const counter = new Counter({ name: "a_total", help: "A." });
  counter.inc();
  counter.inc(2);
  // @ts-expect-error: there are no labels
  counter.inc({ method: "GET" });
  // @ts-expect-error: there are no labels
  counter.labels({ method: "GET" });
  // @ts-expect-error: a number is wanted
  counter.inc("1");
}

/** Every kind knows its label names. */
export function kinds(): void {
  const labelNames = ["to"] as const;
  const gauge = new Gauge({ name: "g", help: "G.", labelNames });
  gauge.set({ to: "a" }, 1);
  // @ts-expect-error: a typo in a label name
  gauge.set({ too: "a" }, 1);
  // @ts-expect-error: a merge mode that does not exist
  new Gauge({ name: "g", help: "G.", mode: "avg" });
  // @ts-expect-error: a typo in a label name
  gauge.trackInProgress({ too: "a" }, () => 1);
  const histogram = new Histogram({ name: "h", help: "H.", labelNames });
  histogram.observe({ to: "a" }, 1);
  // @ts-expect-error: a typo in a label name
  histogram.observe({ too: "a" }, 1);
  // @ts-expect-error: a typo in a label name
  histogram.startTimer({ too: "a" });
  const info = new Info({ name: "i", help: "I.", labelNames });
  info.set({ to: "a" });
  // @ts-expect-error: a typo in a label name
  info.set({ too: "a" });
  // @ts-expect-error: an info has no unit
  new Info({ name: "i", help: "I.", unit: "seconds" });
  const ages = new GaugeHistogram({ name: "q", help: "Q.", labelNames });
  ages.set({ to: "a" }, [1, 2]);
  // @ts-expect-error: a typo in a label name
  ages.set({ too: "a" }, [1, 2]);
  // @ts-expect-error: a merge mode that gauge histograms do not know
  new GaugeHistogram({ name: "q", help: "Q.", mode: "max" });
}

/** A stateset knows its states. */
export function states(): void {
  const phase = new StateSet({ name: "p", help: "P.", states: ["up", "down"], labelNames: ["to"] });
  phase.set({ to: "a" }, "up");
  phase.labels("a").set(["up", "down"]);
  // @ts-expect-error: a typo in a state
  phase.set({ to: "a" }, "upp");
  // @ts-expect-error: a typo in a state
  phase.labels("a").set(["upp"]);
  // @ts-expect-error: a typo in a label name
  phase.set({ too: "a" }, "up");
}

/** `getOrCreate()` infers as constructors do. */
export function getOrCreate(): void {
  const counter = Counter.getOrCreate({ name: "a_total", help: "A.", labelNames: ["method"] });
  counter.inc({ method: "GET" });
  // @ts-expect-error: a typo in a label name
  counter.inc({ methd: "GET" });
}

/** A summary knows its label names, and only its own options. */
export function summaries(): void {
  const summary = new Summary({
    name: "s",
    help: "S.",
    labelNames: ["to"],
    quantiles: [0.5],
    windowSeconds: 60,
  });
  summary.observe({ to: "a" }, 1);
  summary.labels("a").observe(2);
  summary.startTimer({ to: "a" })();
  summary.time({ to: "a" }, () => 1);
  // @ts-expect-error: a typo in a label name
  summary.observe({ too: "a" }, 1);
  // @ts-expect-error: a typo in a label name
  summary.startTimer({ too: "a" });
  // @ts-expect-error: a typo in a label name
  summary.time({ too: "a" }, () => 1);
  // @ts-expect-error: a typo in a label name
  summary.labels({ too: "a" });
  // @ts-expect-error: a typo in a label name
  Summary.getOrCreate({ name: "s", help: "S.", labelNames: ["to"] }).observe({ too: "a" }, 1);
  // @ts-expect-error: summaries have no exemplars
  summary.startTimer({ to: "a" })({ exemplar: { trace_id: "1" } });
  // @ts-expect-error: a summary has no buckets
  new Summary({ name: "s", help: "S.", buckets: [1] });
  // @ts-expect-error: quantiles are numbers
  new Summary({ name: "s", help: "S.", quantiles: ["0.5"] });
  // @ts-expect-error: a histogram has no quantiles
  new Histogram({ name: "h", help: "H.", quantiles: [0.5] });
}

/** Removals, timers and trackers know the label names too. */
export function everyMethod(): void {
  const labelNames = ["to", "from"] as const;
  const gauge = new Gauge({ name: "g", help: "G.", labelNames });
  gauge.removeMatching({ to: "a" });
  // @ts-expect-error: a typo in a label name
  gauge.removeMatching({ too: "a" });
  // @ts-expect-error: a typo in a label name
  gauge.inc({ too: "a", from: "b" });
  // @ts-expect-error: a typo in a label name
  gauge.dec({ too: "a", from: "b" });
  // @ts-expect-error: a typo in a label name
  gauge.setToCurrentTime({ too: "a", from: "b" });
  // @ts-expect-error: a typo in a label name
  gauge.startTimer({ too: "a", from: "b" });
  // @ts-expect-error: a typo in a label name
  gauge.time({ too: "a", from: "b" }, () => 1);
  // @ts-expect-error: gauges have no exemplars
  gauge.startTimer({ to: "a", from: "b" })({ exemplar: { trace_id: "1" } });
  const histogram = new Histogram({ name: "h", help: "H.", labelNames, native: true });
  histogram.startTimer({ to: "a", from: "b" })({ exemplar: { trace_id: "1" } });
  // @ts-expect-error: a label is missing
  histogram.time({ to: "a" }, () => 1);
  // @ts-expect-error: an exemplar's labels are an object
  histogram.observe({ to: "a", from: "b" }, 1, { exemplar: "trace" });
  // @ts-expect-error: an exemplar is given by name
  histogram.observe({ to: "a", from: "b" }, 1, { exemplars: {} });
  const counter = new Counter({
    name: "a_total",
    help: "A.",
    labelNames,
    // The callback is given the counter with its label names.
    collect: (metric) => metric.inc({ to: "a", from: "b" }),
  });
  // @ts-expect-error: the work comes after the labels
  counter.countErrors(() => 1, { to: "a", from: "b" });
  const labels: Labels<"to" | "from"> = { to: "a", from: 1 };
  counter.inc(labels);
}

/** Label names that are known only at run time are any strings, as in prom-client. */
export function namesAtRunTime(names: string[]): void {
  const counter = new Counter({ name: "a_total", help: "A.", labelNames: names });
  counter.inc({ whatever: "a" });
  // @ts-expect-error: a label value that is none
  counter.inc({ whatever: {} });
}

/** A snapshot's values are told apart by their kind. */
export async function snapshots(): Promise<number> {
  let sum = 0;
  const found: SeriesSnapshot[] = await snapshot(new Collector(), { prefix: "app_", labels: { to: "a" } });
  for (const one of found) {
    if (one.kind === "counter" || one.kind === "gauge") sum += one.value;
    if (one.kind === "histogram") sum += one.count;
    // @ts-expect-error: only histograms have buckets
    if (one.kind === "gauge") sum += one.buckets.length;
  }
  return sum;
}
