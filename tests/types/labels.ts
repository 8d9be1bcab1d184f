/**
 * What must not compile. Nothing here runs: the type checker fails at an expected error that is none.
 *
 * @module
 */
import { Counter, Gauge, GaugeHistogram, Histogram, Info, StateSet } from "promslab";

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
