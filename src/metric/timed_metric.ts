/**
 * What metrics have in common that take the seconds of a piece of work.
 *
 * @module
 */
// CONTROL PLANE
import type { Labels } from "../model/label_values.ts";
import type { BoundChild } from "./family.ts";
import { Metric } from "./metric.ts";

/** One series of a metric that takes the seconds of a piece of work. Owner thread only. */
export interface TimedChild extends BoundChild {
  /** Starts to measure; the returned function records the elapsed seconds and returns them. */
  startTimer(): () => number;
  /** Does a piece of work and records the seconds that it took; see {@linkcode TimedMetric.time}. */
  time<Result>(work: () => Result): Result;
}

/**
 * A metric that takes the seconds of a piece of work. A gauge is set to them, a histogram and a summary observe them.
 * Owner thread only.
 *
 * @example A query and how long it took
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { Histogram } from "promslab";
 *
 * const seconds = new Histogram({
 *   name: "shop_query_duration_seconds",
 *   help: "How long queries took.",
 *   labelNames: ["table"],
 * });
 * const rows = await seconds.time({ table: "orders" }, () => Promise.resolve(["an order"]));
 * assertEquals(rows.length, 1);
 * ```
 */
export abstract class TimedMetric<LabelName extends string, Child extends TimedChild>
  extends Metric<LabelName, Child> {
  /**
   * Starts to measure.
   *
   * @param labels which series; nothing for the metric without labels
   * @returns records the elapsed seconds and returns them
   * @throws {TypeError} If a label is missing, unknown or not a string, number or boolean
   */
  startTimer(labels?: Labels<LabelName>): ReturnType<Child["startTimer"]> {
    const child = labels === undefined ? this.ownChild() : this.labels(labels);
    return child.startTimer() as ReturnType<Child["startTimer"]>;
  }

  /**
   * Does a piece of work and records the seconds that it took, to the end of its promise if it returned one.
   *
   * @returns what the work returned
   * @throws what the work throws; the time is recorded all the same
   */
  time<Result>(work: () => Result): Result;
  /** Does a piece of work and records in one series the seconds that it took. */
  time<Result>(labels: Labels<LabelName>, work: () => Result): Result;
  time<Result>(first: Labels<LabelName> | (() => Result), second?: () => Result): Result {
    if (typeof first === "function") return this.ownChild().time(first);
    return this.labels(first).time(second as () => Result);
  }
}
