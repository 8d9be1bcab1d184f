/**
 * Updates of several series that every scrape sees all together or not at all.
 *
 * @module
 */
// CONTROL PLANE
import { givenText } from "../model/given_text.ts";
import { COMMIT_CELLS_MAX, commitParts } from "../slab/commit.ts";
import {
  type CommitUpdate,
  CounterUpdate,
  GaugeUpdate,
  HistogramUpdate,
  UpdatePool,
} from "./commit_updates.ts";
import { Counter, CounterChild } from "./counter.ts";
import type { CellHolder } from "./family.ts";
import { Gauge, GaugeChild } from "./gauge.ts";
import { Histogram } from "./histogram.ts";
import { ClassicChild, type HistogramChild, refuseObservation } from "./histogram_child.ts";
import { defaultRegisterer, type Registerer } from "./registerer.ts";

/** Options of a {@linkcode Commit}. */
export interface CommitOptions {
  /** The registry of the metrics that are updated. Default: the thread's own. */
  readonly registry?: Registerer;
}

/**
 * Updates that belong together, such as all that one request counts: they are collected, then made at once, and every
 * scrape has either all of them or none, also if the thread ends in the middle. Owner thread only. An object may be used
 * again and again, and the first is best made before its metrics are defined; what it has collected counts nowhere before
 * {@linkcode Commit.apply}.
 *
 * @example What one request counts
 * ```ts
 * import { Commit, Counter, Histogram } from "promslab";
 *
 * const commit = new Commit();
 * const requests = new Counter({ name: "shop_requests_total", help: "Requests.", labelNames: ["route"] });
 * const bytes = new Counter({ name: "shop_bytes_total", help: "Bytes sent." });
 * const seconds = new Histogram({ name: "shop_request_seconds", help: "Time to answer.", labelNames: ["route"] });
 *
 * commit.inc(requests.labels("/cart"));
 * commit.inc(bytes, 512);
 * commit.observe(seconds.labels("/cart"), 0.012);
 * commit.apply();
 * ```
 */
export class Commit {
  readonly #registry: Registerer;
  readonly #counters = new UpdatePool(() => new CounterUpdate());
  readonly #gauges = new UpdatePool(() => new GaugeUpdate());
  readonly #histograms = new UpdatePool(() => new HistogramUpdate());
  /** The updates that were collected, as many as `#size` says; longer, so that it need not grow in each commit. */
  readonly #updates: CommitUpdate[] = [];
  #size = 0;
  /** Of the updates those that are seen together, and those that are made by themselves. */
  readonly #parts: CommitUpdate[] = [];
  readonly #alone: CommitUpdate[] = [];

  /**
   * A commit without updates. The first of a thread tells readers that there will be commits. Make it before the metrics
   * that it updates: whoever knows these then knows of commits too. If it is made later, a scrape that is under way at
   * that moment may see a part of what is applied before the scrape ends.
   */
  constructor({ registry = defaultRegisterer() }: CommitOptions = {}) {
    this.#registry = registry;
    registry.commitBlock();
  }

  /** How many series it will update, at most 31. */
  get size(): number {
    return this.#size;
  }

  /**
   * Adds to a counter or a gauge. What is added to one series in several calls adds up.
   *
   * @param target a metric without labels, or a child that `labels()` gave
   * @throws {RangeError} If a counter would go down, or the commit has 31 series already
   * @throws {TypeError} If the target is no counter or gauge, or of another registry, the value no number, or the gauge's merge mode knows only set()
   */
  inc(target: Counter | CounterChild | Gauge | GaugeChild, value = 1): this {
    if (target instanceof Gauge || target instanceof GaugeChild) {
      const child = target instanceof Gauge ? target.ownChild() : target;
      child.check(value, { sum: true });
      this.#update(this.#gauges, child).add(value);
      return this;
    }
    const child = target instanceof Counter ? target.ownChild() : target;
    if (!(child instanceof CounterChild)) refuseTarget("increment", "a counter or a gauge", target);
    if (typeof value !== "number" || !(value >= 0)) {
      throw new RangeError(
        `Cannot increment counter "${child.name}": wanted a number from 0, given ${givenText(value)}`,
      );
    }
    this.#update(this.#counters, child).add(value);
    return this;
  }

  /** Subtracts from a gauge; see {@linkcode Commit.inc}. */
  dec(target: Gauge | GaugeChild, value = 1): this {
    return this.inc(target, -value);
  }

  /**
   * Sets a gauge. The last value wins.
   *
   * @param version merge mode `latest` only; see {@linkcode GaugeChild.set}
   * @throws {TypeError} If the target is no gauge, or of another registry, the value no number, or a version is missing
   * @throws {RangeError} If the commit has 31 series already
   */
  set(target: Gauge | GaugeChild, value: number, version?: number): this {
    const child = target instanceof Gauge ? target.ownChild() : target;
    if (!(child instanceof GaugeChild)) refuseTarget("set", "a gauge", target);
    child.check(value, { sum: false, version });
    this.#update(this.#gauges, child).set(value, version);
    return this;
  }

  /**
   * Observes a value of a histogram with classic buckets.
   *
   * @throws {RangeError} If the value is NaN or no number, or the commit has 31 series already
   * @throws {TypeError} If the histogram has native buckets, or is of another registry
   */
  observe(target: Histogram | HistogramChild, value: number): this {
    const child = target instanceof Histogram ? target.ownChild() : target;
    if (!(child instanceof ClassicChild)) {
      throw new TypeError("Cannot observe in a commit: wanted a histogram with classic buckets alone");
    }
    if (typeof value !== "number" || value !== value) refuseObservation(child.name, value);
    this.#update(this.#histograms, child).add(value);
    return this;
  }

  /** Makes all updates, visible together, and forgets them. Throws nothing, and allocates nothing. */
  apply(): void {
    const updates = this.#updates;
    const parts = this.#parts;
    const size = this.#size;
    if (size === 0) return;
    const block32 = this.#registry.commitBlock();
    let [partCount, aloneCount] = [0, 0];
    for (let k = 0; k < size; k++) {
      const update = updates[k];
      update.locate();
      // WHY: what has no room is no part of it. Nor is a second child of an overflow series: a cell that moves twice
      // has lost what it was before.
      const partakes = block32 > 0 && update.slab.shareable && !hasCell(parts, partCount, update.cell32);
      if (partakes) parts[partCount++] = update;
      else this.#alone[aloneCount++] = update;
    }
    try {
      if (partCount > 0) commitParts(parts[0].slab, block32, parts, partCount);
      for (let k = 0; k < aloneCount; k++) this.#alone[k].move();
    } finally {
      this.discard();
    }
  }

  /** Forgets the updates that were collected. */
  discard(): void {
    this.#counters.clear();
    this.#gauges.clear();
    this.#histograms.clear();
    this.#size = 0;
  }

  #update<Child extends CellHolder, Update extends CommitUpdate<Child>>(
    pool: UpdatePool<Update & CommitUpdate>,
    child: Child,
  ): Update {
    let update = pool.find(child);
    if (update === undefined) {
      if (this.#size === COMMIT_CELLS_MAX) {
        throw new RangeError(`Cannot commit more than ${COMMIT_CELLS_MAX} series at once`);
      }
      // WHY: in another registry's slab, other series lie where this one's commits are noted.
      if (child.slab.shareable && child.slab !== this.#registry.slab) {
        throw new TypeError(`Cannot commit to "${child.name}": wanted a metric of the commit's own registry`);
      }
      update = pool.take();
      update.begin(child);
      this.#updates[this.#size++] = update;
    }
    return update;
  }
}

function hasCell(parts: readonly CommitUpdate[], count: number, cell32: number): boolean {
  for (let k = 0; k < count; k++) if (parts[k].cell32 === cell32) return true;
  return false;
}

function refuseTarget(action: string, wanted: string, target: unknown): never {
  throw new TypeError(
    `Cannot ${action} in a commit: wanted ${wanted}, or a child of one, given ${givenText(target)}`,
  );
}
