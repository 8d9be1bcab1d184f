/**
 * What all kinds of metrics have in common.
 *
 * @module
 */
// CONTROL PLANE
import type { DefinitionOptions } from "../model/define.ts";
import type { Descriptor } from "../model/descriptor.ts";
import { givenText } from "../model/given_text.ts";
import { canonicalLabelValue, type Labels, type LabelValue } from "../model/label_values.ts";
import type { CellShape } from "../slab/cell_shape.ts";
import type { BoundChild, Family } from "./family.ts";
import { defaultRegisterer, type Registerer } from "./registerer.ts";

/** Options that every kind of metric takes. */
export type CommonOptions<LabelName extends string> =
  & Pick<
    DefinitionOptions<LabelName>,
    | "name"
    | "namespace"
    | "subsystem"
    | "help"
    | "unit"
    | "labelNames"
    | "constLabels"
    | "maxSeries"
    | "perWorker"
    | "ttlSeconds"
    | "utf8Names"
  >
  & {
    /** The registry that the metric joins. Default: the thread's own. */
    readonly registry?: Registerer;
  };

/** The option that brings a metric up to date when it is about to be read. */
export interface CollectOption<M> {
  /**
   * Sets the metric, at once or when its promise resolves. In the thread that scrapes it runs before each scrape; in
   * other threads at a heartbeat, about once a second. If it fails, the metric alone is left out of the scrape.
   */
  readonly collect?: (metric: M) => void | Promise<void>;
}

/** How a metric comes into being. */
export interface MetricDefinition {
  readonly descriptor: Descriptor;
  readonly shape: CellShape;
  readonly registry?: Registerer;
  /** Whether an equal definition that is there already is taken instead of refused. */
  readonly reuse?: boolean;
  /** Takes the metric itself. */
  readonly collect?: (metric: never) => void | Promise<void>;
}

/**
 * A metric and its series. Owner thread only: every worker defines its own, the scrape adds them up.
 *
 * @example What every kind of metric has
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { Counter, Registry } from "promslab";
 *
 * const jobs = new Counter({ name: "jobs_total", help: "Jobs.", labelNames: ["queue"], registry: new Registry() });
 * jobs.inc({ queue: "a" });
 * jobs.remove({ queue: "a" });
 * assertEquals(jobs.descriptor.labelNames, ["queue"]);
 * ```
 */
export abstract class Metric<LabelName extends string, Child extends BoundChild> {
  /** The complete definition. */
  readonly descriptor: Descriptor;
  /** @internal */
  protected readonly family: Family;
  readonly #registry: Registerer;

  /** @internal */
  protected constructor(definition: MetricDefinition) {
    const registry = this.#registry = definition.registry ?? defaultRegisterer();
    const { collect } = definition;
    if (typeof registry?.define !== "function") {
      throw new TypeError(
        `Cannot define "${definition.descriptor.name}": wanted a Registry as registry, given ${
          givenText(registry)
        }`,
      );
    }
    if (collect !== undefined && typeof collect !== "function") {
      throw new TypeError(
        `Cannot define "${definition.descriptor.name}": wanted a function as collect, given ${typeof collect}`,
      );
    }
    this.descriptor = definition.descriptor;
    this.family = definition.reuse
      ? registry.getOrDefine(definition.descriptor, definition.shape)
      : registry.define(definition.descriptor, definition.shape);
    if (collect === undefined) return;
    registry.register({ families: [this.name], collect: () => collect(this as never) }, this.name);
  }

  /** The family's name. */
  get name(): string {
    return this.descriptor.name;
  }

  /**
   * The child of one label set: the same object for the same labels, bound to its place in memory, so that using
   * it looks nothing up. Makes the series, at 0, if it is new.
   *
   * @param labels a value for each label name
   * @throws {TypeError} If a label is missing, unknown or not a string, number or boolean
   */
  labels(labels: Labels<LabelName>): Child;
  /**
   * The child of the label set given by values in the order of the label names.
   *
   * @throws {TypeError} If there are too few or too many values
   */
  labels(...values: LabelValue[]): Child;
  labels(...given: [Labels<LabelName>] | LabelValue[]): Child {
    const first = given[0];
    const cell = given.length === 1 && typeof first === "object"
      ? this.family.cellOf(first)
      : this.family.cellOfValues(given as LabelValue[]);
    return this.family.childAt(cell, (at) => this.bind(at));
  }

  /**
   * Removes one series from the output of all workers. The next scrape shows nothing of it, also of workers that hang.
   * This thread's updates count anew at once, those of another worker from its next heartbeat on, up to half a second
   * later if it is not busy; what it counts until then belongs to the removed series and is lost. Children that are
   * still held go on to work: with their next update the series is there again, from 0.
   *
   * @param labels a value for each label name
   * @throws {TypeError} If a label is missing or unknown
   */
  remove(labels: Labels<LabelName>): void;
  /**
   * Removes the series given by values in the order of the label names.
   *
   * @throws {TypeError} If there are more or fewer values than label names
   */
  remove(...values: LabelValue[]): void;
  remove(...given: [Labels<LabelName>] | LabelValue[]): void {
    const { name, labelNames } = this.descriptor;
    const first = given[0];
    const labels = given.length === 1 && typeof first === "object"
      ? first as Labels
      : Object.fromEntries(labelNames.map((label, i) => [label, (given as LabelValue[])[i]]));
    if (typeof first !== "object" && given.length !== labelNames.length) {
      throw new TypeError(
        `Cannot remove series of "${name}": wanted ${labelNames.length} label values, given ${given.length}`,
      );
    }
    for (const label of labelNames) {
      if (labels[label] === undefined) {
        throw new TypeError(`Cannot remove series of "${name}": label "${label}" is missing`);
      }
    }
    this.#remove(this.#known(labels), false);
  }

  /**
   * Removes all series that have the given label values, whatever their other labels. It takes effect as
   * {@linkcode Metric.remove} does: in other workers at their next heartbeat, and what they count until then is lost.
   *
   * @throws {TypeError} If a label is unknown
   */
  removeMatching(labels: Partial<Labels<LabelName>>): void {
    this.#remove(this.#known(labels as Labels), false);
  }

  /**
   * Removes all series; a metric without labels starts again at 0. It takes effect as {@linkcode Metric.remove} does: in
   * other workers at their next heartbeat, and what they count until then is lost.
   */
  clear(): void {
    this.#remove({}, false);
  }

  /**
   * Starts all series again at 0, in all workers. Prometheus sees a counter reset. It takes effect as
   * {@linkcode Metric.remove} does: in other workers at their next heartbeat, and what they count until then is lost.
   */
  reset(): void {
    this.#remove({}, true);
  }

  #remove(labels: Readonly<Record<string, string>>, reset: boolean): void {
    this.#registry.remove({ family: this.descriptor.name, labels, reset });
  }

  /** Labels with their values as text. @throws {TypeError} If one is unknown */
  #known(given: Labels): Record<string, string> {
    const { name, labelNames } = this.descriptor;
    const labels: Record<string, string> = {};
    for (const label in given) {
      if (!labelNames.includes(label)) {
        throw new TypeError(
          `Cannot remove series of "${name}": wanted labels {${
            labelNames.join(", ")
          }}, given unknown label "${label}"`,
        );
      }
      labels[label] = canonicalLabelValue(given[label], label);
    }
    return labels;
  }

  /**
   * Makes the child that writes to a cell.
   *
   * @internal
   */
  protected abstract bind(cell32: number): Child;

  /**
   * The child of a metric without labels.
   *
   * @throws {TypeError} If there are labels
   * @internal
   */
  ownChild(): Child {
    return this.family.childAt(this.ownCell(), (at) => this.bind(at));
  }

  /**
   * The cell of a metric without labels.
   *
   * @internal
   */
  protected ownCell(): number {
    const cell = this.family.ownCell;
    if (cell < 0) {
      throw new TypeError(
        `Cannot update "${this.name}" without labels: wanted {${this.descriptor.labelNames.join(", ")}}`,
      );
    }
    return cell;
  }
}
