/**
 * Gauges.
 *
 * @module
 */
// DATA PLANE
import { defineDescriptor, type DefinitionOptions } from "../model/define.ts";
import { givenText } from "../model/given_text.ts";
import type { Labels } from "../model/label_values.ts";
import type { MergeMode } from "../model/metric_type.ts";
import { GAUGE_SHAPE } from "../slab/cell_shape.ts";
import type { TicketCounter } from "../slab/control.ts";
import { addToGauge, flipGauge, gaugeValue, setGauge, setStampedGauge } from "../slab/gauge_cell.ts";
import type { Slab } from "../slab/slab.ts";
import type { CollectOption, CommonOptions } from "./metric.ts";
import type { BoundChild } from "./family.ts";
import { defaultRegisterer } from "./registerer.ts";
import { TimedMetric } from "./timed_metric.ts";
import { startTimer, timed } from "./timer.ts";
import { whenOver } from "./when_over.ts";

/** What a gauge's definition may say. */
export type GaugeOptions<LabelName extends string = never> =
  & CommonOptions<LabelName>
  & CollectOption<Gauge<LabelName>>
  & Pick<DefinitionOptions, "mode">;

/** How a gauge orders its values among the workers. */
interface Stamping {
  readonly name: string;
  readonly mode: MergeMode;
  /** Present for the modes that take the most recent value. */
  readonly tickets: TicketCounter | undefined;
}

/**
 * One series of a gauge, bound to its place in memory. Owner thread only.
 *
 * @example Bound once, used often
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { Gauge, Registry } from "promslab";
 *
 * const length = new Gauge({ name: "queue_length", help: "Jobs that wait.", labelNames: ["queue"], registry: new Registry() });
 * const urgent = length.labels({ queue: "urgent" });
 * urgent.set(4);
 * urgent.dec();
 * assertEquals(length.labels("urgent"), urgent);
 * ```
 */
export class GaugeChild implements BoundChild {
  readonly #slab: Slab;
  #cell32: number;
  readonly #stamping: Stamping;
  readonly #plain: boolean;

  /** Made by {@linkcode Gauge.labels}. @internal */
  constructor(slab: Slab, cell32: number, stamping: Stamping) {
    this.#slab = slab;
    this.#cell32 = cell32;
    this.#stamping = stamping;
    this.#plain = stamping.tickets === undefined && stamping.mode !== "latest";
  }

  /** Makes the child write to another cell. Called by its family when the series is removed. */
  rebind(cell32: number): void {
    this.#cell32 = cell32;
  }

  /** @internal */
  get slab(): Slab {
    return this.#slab;
  }

  /** @internal */
  get cell32(): number {
    return this.#cell32;
  }

  /** @internal */
  get name(): string {
    return this.#stamping.name;
  }

  /**
   * Checks the arguments of a later {@linkcode GaugeChild.set}, or of {@linkcode GaugeChild.inc} where `sum` says so.
   *
   * @throws {TypeError} If it would refuse them
   * @internal
   */
  check(value: number, { sum, version }: { readonly sum: boolean; readonly version?: number }): void {
    if (typeof value !== "number") refuse(sum ? "increment" : "set", this.#stamping.name, value);
    if (sum && !this.#plain) refuseSum(this.#stamping);
    if (!sum && this.#stamping.mode === "latest") stampOf(this.#stamping, version);
  }

  /**
   * Makes a change that was checked in one flip of the cell, as commits want it.
   *
   * @internal
   */
  flip(value: number, { sum, version }: { readonly sum: boolean; readonly version?: number }): void {
    if (!this.#plain) setStampedGauge(this.#slab, this.#cell32, value, stampOf(this.#stamping, version));
    else flipGauge(this.#slab, this.#cell32, sum ? gaugeValue(this.#slab, this.#cell32) + value : value);
  }

  /**
   * Sets the series. Allocates nothing.
   *
   * @param value any number
   * @param version merge mode `latest` only: which state the value belongs to; the greatest version is exposed
   * @throws {TypeError} If the value is no number, or a version is missing
   */
  set(value: number, version?: number): void {
    if (typeof value !== "number") refuse("set", this.#stamping.name, value);
    if (this.#plain) setGauge(this.#slab, this.#cell32, value);
    else setStampedGauge(this.#slab, this.#cell32, value, stampOf(this.#stamping, version));
  }

  /**
   * Adds to the series. Allocates nothing.
   *
   * @param value any number, default 1
   * @throws {TypeError} If the value is no number, or the merge mode orders values in time, where a sum has no meaning
   */
  inc(value = 1): void {
    if (typeof value !== "number") refuse("increment", this.#stamping.name, value);
    if (!this.#plain) refuseSum(this.#stamping);
    addToGauge(this.#slab, this.#cell32, value);
  }

  /**
   * Subtracts from the series; see {@linkcode GaugeChild.inc}.
   *
   * @param value any number, default 1
   * @throws {TypeError} As {@linkcode GaugeChild.inc} does
   */
  dec(value = 1): void {
    if (typeof value !== "number") refuse("decrement", this.#stamping.name, value);
    this.inc(-value);
  }

  /** Sets the series to the current time in seconds since the Unix epoch. */
  setToCurrentTime(): void {
    this.set(Date.now() / 1000);
  }

  /** Starts to measure; the returned function sets the series to the elapsed seconds and returns them. */
  startTimer(): () => number {
    return startTimer((seconds) => this.set(seconds));
  }

  /** Does a piece of work and sets the series to the seconds that it took; see {@linkcode TimedMetric.time}. */
  time<Result>(work: () => Result): Result {
    return timed(this.startTimer(), work);
  }

  /** Counts a piece of work while it is in progress; see {@linkcode Gauge.trackInProgress}. */
  trackInProgress<Result>(work: () => Result): Result {
    this.inc();
    return whenOver(work, () => this.dec());
  }
}

/**
 * A value that goes up and down: requests in flight, queue length, temperature. Owner thread only; how the values of
 * several workers become one is the definition's `mode`, `livesum` unless told otherwise.
 *
 * @example A gauge
 * ```ts
 * import { Gauge } from "promslab";
 *
 * const queue = new Gauge({ name: "app_queue_length", help: "Jobs that wait.", labelNames: ["priority"] });
 * queue.set({ priority: "high" }, 3);
 * queue.labels("low").inc();
 * ```
 */
export class Gauge<LabelName extends string = never> extends TimedMetric<LabelName, GaugeChild> {
  readonly #stamping: Stamping;
  readonly #plain: boolean;
  #own: GaugeChild | undefined;

  /**
   * Defines a gauge.
   *
   * @throws {TypeError | RangeError} If the definition is not valid
   * @throws {DuplicateFamilyError} If the name is taken
   */
  constructor(options: GaugeOptions<LabelName>, reuse = false) {
    const descriptor = defineDescriptor("gauge", options);
    const { registry, collect } = options;
    super({ descriptor, shape: GAUGE_SHAPE, registry, reuse, collect });
    const { name, mode } = descriptor;
    const tickets = mode.endsWith("mostrecent")
      ? (options.registry ?? defaultRegisterer()).tickets
      : undefined;
    this.#stamping = { name, mode, tickets };
    this.#plain = tickets === undefined && mode !== "latest";
  }

  /**
   * The gauge of this definition: the one that is there, or a new one.
   *
   * @throws {DuplicateFamilyError} If the name is there with another definition
   */
  static getOrCreate<LabelName extends string = never>(options: GaugeOptions<LabelName>): Gauge<LabelName> {
    return new Gauge(options, true);
  }

  /**
   * Sets the gauge without labels; see {@linkcode GaugeChild.set}.
   *
   * @throws {TypeError} If the gauge has labels, or as {@linkcode GaugeChild.set} does
   */
  set(value: number, version?: number): void;
  /**
   * Sets one series; see {@linkcode GaugeChild.set}.
   *
   * @throws {TypeError} If the value is no number, a label is missing or unknown, or as {@linkcode GaugeChild.set} does
   */
  set(labels: Labels<LabelName>, value: number, version?: number): void;
  set(first: number | Labels<LabelName>, second?: number, third?: number): void {
    if (typeof first === "object") {
      if (typeof second !== "number") refuse("set", this.name, second);
      if (this.#plain) setGauge(this.family.slab, this.family.cellOf(first), second);
      else this.#setStamped(first, second, third);
    } else if (this.#plain && typeof first === "number") {
      setGauge(this.family.slab, this.ownCell(), first);
    } else this.ownChild().set(first, second);
  }

  /**
   * Adds to the gauge without labels; see {@linkcode GaugeChild.inc}.
   *
   * @throws {TypeError} If the gauge has labels, or as {@linkcode GaugeChild.inc} does
   */
  inc(value?: number): void;
  /**
   * Adds to one series; see {@linkcode GaugeChild.inc}.
   *
   * @throws {TypeError} If the value is no number, a label is missing or unknown, or as {@linkcode GaugeChild.inc} does
   */
  inc(labels: Labels<LabelName>, value?: number): void;
  inc(first: number | Labels<LabelName> = 1, second = 1): void {
    if (typeof first === "object") {
      if (typeof second !== "number") refuse("increment", this.name, second);
      if (!this.#plain) refuseSum(this.#stamping);
      addToGauge(this.family.slab, this.family.cellOf(first), second);
    } else {
      if (typeof first !== "number") refuse("increment", this.name, first);
      if (!this.#plain) refuseSum(this.#stamping);
      addToGauge(this.family.slab, this.ownCell(), first);
    }
  }

  /**
   * Subtracts from the gauge without labels; see {@linkcode GaugeChild.inc}.
   *
   * @throws {TypeError} If the gauge has labels, or as {@linkcode GaugeChild.inc} does
   */
  dec(value?: number): void;
  /**
   * Subtracts from one series; see {@linkcode GaugeChild.inc}.
   *
   * @throws {TypeError} If the value is no number, a label is missing or unknown, or as {@linkcode GaugeChild.inc} does
   */
  dec(labels: Labels<LabelName>, value?: number): void;
  dec(first: number | Labels<LabelName> = 1, second = 1): void {
    if (typeof first === "object") {
      if (typeof second !== "number") refuse("decrement", this.name, second);
      this.inc(first, -second);
    } else {
      if (typeof first !== "number") refuse("decrement", this.name, first);
      this.inc(-first);
    }
  }

  /** Sets the gauge, or one series, to the current time in seconds since the Unix epoch. */
  setToCurrentTime(labels?: Labels<LabelName>): void {
    if (labels === undefined) this.ownChild().setToCurrentTime();
    else this.set(labels, Date.now() / 1000);
  }

  /**
   * Does a piece of work and adds one while it is in progress: until it returns or throws, or until its promise
   * settles.
   *
   * @returns what the work returned
   * @throws what the work throws
   *
   * @example Calls in progress
   * ```ts
   * import { Gauge } from "promslab";
   *
   * const calls = new Gauge({ name: "app_calls_in_progress", help: "Calls that wait for an answer." });
   * const answer = await calls.trackInProgress(async () => await Promise.resolve(42));
   * ```
   */
  trackInProgress<Result>(work: () => Result): Result;
  /** Does a piece of work and adds one to a series while it is in progress. */
  trackInProgress<Result>(labels: Labels<LabelName>, work: () => Result): Result;
  trackInProgress<Result>(first: Labels<LabelName> | (() => Result), second?: () => Result): Result {
    if (typeof first === "function") return this.ownChild().trackInProgress(first);
    if (!this.#plain) refuseSum(this.#stamping);
    return this.labels(first).trackInProgress(second as () => Result);
  }

  #setStamped(labels: Labels<LabelName>, value: number, version: number | undefined): void {
    // WHY: drawn before the labels are looked up, so that a version that is missing makes no series.
    const stamp = stampOf(this.#stamping, version);
    setStampedGauge(this.family.slab, this.family.cellOf(labels), value, stamp);
  }

  /** @internal */
  override ownChild(): GaugeChild {
    // WHY: kept, because the family moves the child if the series is reset.
    return this.#own ??= this.family.childAt(this.ownCell(), (at) => this.bind(at));
  }

  /** @internal */
  protected override bind(cell32: number): GaugeChild {
    return new GaugeChild(this.family.slab, cell32, this.#stamping);
  }
}

function stampOf(stamping: Stamping, version: number | undefined): number {
  if (stamping.tickets !== undefined) return stamping.tickets.next();
  if (typeof version !== "number" || Number.isNaN(version)) {
    throw new TypeError(
      `Cannot set gauge "${stamping.name}": merge mode latest wants a version, given ${givenText(version)}`,
    );
  }
  return version;
}

function refuse(action: string, name: string, value: unknown): never {
  throw new TypeError(`Cannot ${action} gauge "${name}": wanted a number, given ${givenText(value)}`);
}

function refuseSum({ name, mode }: Stamping): never {
  throw new TypeError(`Cannot add to gauge "${name}": merge mode ${mode} knows only set()`);
}
