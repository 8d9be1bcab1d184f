/**
 * Infos.
 *
 * @module
 */
// CONTROL PLANE
import { defineDescriptor } from "../model/define.ts";
import type { Labels } from "../model/label_values.ts";
import { GAUGE_SHAPE } from "../slab/cell_shape.ts";
import { flipGauge } from "../slab/gauge_cell.ts";
import type { BoundChild, Family } from "./family.ts";
import { type CommonOptions, Metric } from "./metric.ts";

/** What an info's definition may say. An info has no unit; its samples end in `_info`. */
export type InfoOptions<LabelName extends string = never> =
  & Omit<CommonOptions<LabelName>, "unit">
  & {
    /**
     * `livemax`, the default, shows what workers state that are alive; `max` also what ended workers stated;
     * `liveall` and `all` do the same for each worker by itself, told apart by the label `worker`.
     */
    readonly mode?: "livemax" | "max" | "liveall" | "all";
  };

/**
 * One series of an info, bound to its place in memory. Owner thread only.
 *
 * @example What runs
 * ```ts
 * import { Info, Registry } from "promslab";
 *
 * const build = new Info({ name: "app_build_info", help: "Version.", labelNames: ["version"], registry: new Registry() });
 * build.labels({ version: "1.2.3" }).state();
 * ```
 */
export class InfoChild implements BoundChild {
  readonly #family: Family;
  #cell32: number;

  /** Made by {@linkcode Info.labels}. @internal */
  constructor(family: Family, cell32: number) {
    this.#family = family;
    this.#cell32 = cell32;
  }

  /** Makes the child write to another cell. Called by its family when the series is removed. */
  rebind(cell32: number): void {
    this.#cell32 = cell32;
    // What was removed is not stated any more, and must not be held on to.
    stated.get(this.#family)?.delete(this);
  }

  /** States the label set, beside what this thread states already. */
  state(): void {
    statedBy(this.#family).add(this);
    flipGauge(this.#family.slab, this.#cell32, 1);
  }

  /** Takes the label set back. It is not shown any more unless another worker states it. */
  retract(): void {
    statedBy(this.#family).delete(this);
    flipGauge(this.#family.slab, this.#cell32, 0);
  }
}

/** What this thread states, by family: several objects may stand for one family. */
const stated = new WeakMap<Family, Set<InfoChild>>();

function statedBy(family: Family): Set<InfoChild> {
  let children = stated.get(family);
  if (children === undefined) {
    children = new Set();
    stated.set(family, children);
  }
  return children;
}

/**
 * Text about the program, as labels of a series whose value is always 1: versions, configuration. Owner thread only.
 * A label set that several workers state is one series; one that no living worker states is not shown.
 *
 * @example The version of a build
 * ```ts
 * import { Info } from "promslab";
 *
 * const build = new Info({ name: "app_build", help: "What runs here.", labelNames: ["version", "commit"] });
 * build.set({ version: "1.4.0", commit: "4f2a9c" });
 * ```
 */
export class Info<LabelName extends string = never> extends Metric<LabelName, InfoChild> {
  /**
   * Defines an info. Nothing is shown until a label set is stated.
   *
   * @throws {TypeError | RangeError} If the definition is not valid
   * @throws {DuplicateFamilyError} If the name is taken
   */
  constructor(options: InfoOptions<LabelName>, reuse = false) {
    const descriptor = defineDescriptor("info", options);
    super({ descriptor, shape: GAUGE_SHAPE, registry: options.registry, reuse });
  }

  /**
   * The info of this definition: the one that is there, or a new one.
   *
   * @throws {DuplicateFamilyError} If the name is there with another definition
   */
  static getOrCreate<LabelName extends string = never>(options: InfoOptions<LabelName>): Info<LabelName> {
    return new Info(options, true);
  }

  /**
   * States a label set in place of all that this thread stated before.
   *
   * @param labels a value for each label name
   * @throws {TypeError} If a label is missing, unknown or not a string, number or boolean
   */
  set(labels: Labels<LabelName>): void {
    const child = this.#childOf(labels);
    for (const before of [...statedBy(this.family)]) if (before !== child) before.retract();
    child.state();
  }

  /**
   * States a label set beside what this thread stated before.
   *
   * @param labels a value for each label name
   * @throws {TypeError} If a label is missing, unknown or not a string, number or boolean
   */
  add(labels: Labels<LabelName>): void {
    this.#childOf(labels).state();
  }

  /** @internal */
  protected override bind(cell32: number): InfoChild {
    return new InfoChild(this.family, cell32);
  }

  #childOf(labels: Labels<LabelName>): InfoChild {
    const bare = this.descriptor.labelNames.length === 0 && Object.keys(labels).length === 0;
    return bare ? this.family.childAt(this.ownCell(), (at) => this.bind(at)) : this.labels(labels);
  }
}
