/**
 * The series of one metric, by label set.
 *
 * @module
 */
// DATA PLANE
import { inspect } from "../host/inspect.ts";
import { wellFormed } from "../model/label_values.ts";
import { labelText } from "./text.ts";
import type { GivenLabels } from "./validation.ts";

/** The labels of a series as they were given first, in that order; nobody else's object. */
export type SeriesLabels = Readonly<Record<string, unknown>>;

/**
 * What every series has. A class and not a literal, so that engines know all series of a kind by one shape: a literal
 * that spreads another has several in some versions of V8, and every update pays for that.
 */
export class Series {
  /** The labels as they were given first, in that order; nobody else's object. */
  readonly labels: SeriesLabels;
  /** The cell in this thread's slab, as an element of its Int32Array; -1 if the metric is not shared. */
  cell32 = -1;
  /** Whether the series was removed, so that whoever holds it must look for a new one. */
  removed = false;
  /** The ways to the series in the store. */
  readonly paths: unknown[][] = [];
  #text: string | undefined;

  constructor(labels: SeriesLabels) {
    this.labels = labels;
  }

  /** The labels as they stand between braces. */
  get text(): string {
    return this.#text ??= labelText(this.labels);
  }
}

type Node = Map<unknown, unknown>;

/**
 * Finds series by walking through maps, one for each label name, so that no separator within a value can make two
 * label sets one. A label that is missing, undefined, null or empty is the same to Prometheus, and so it is here.
 */
export class SeriesStore<S extends Series> {
  readonly #labelNames: readonly string[];
  readonly #known: ReadonlySet<string>;
  readonly #make: (labels: SeriesLabels) => S;
  readonly #all: Set<S> = new Set();
  #root: Node = new Map();
  #unlabelled: S | undefined;

  /**
   * @param labelNames the names that label sets may have
   * @param make makes a series
   */
  constructor(labelNames: readonly string[], make: (labels: SeriesLabels) => S) {
    this.#labelNames = [...new Set(labelNames)];
    this.#known = new Set(labelNames);
    this.#make = make;
  }

  /** All series, in the order in which they came. */
  get all(): ReadonlySet<S> {
    return this.#all;
  }

  /**
   * Checks that labels have no unknown name.
   *
   * @throws {Error} If one is unknown
   */
  validate(labels: GivenLabels): void {
    for (const name in labels) {
      if (this.#known.has(name)) continue;
      const names = inspect([...this.#known].sort());
      throw new Error(`Added label "${name}" is not included in initial labelset: ${names}`);
    }
  }

  /** The series of a metric without labels, or of the empty label set. Makes it if it is new. */
  unlabelled(): S {
    return this.#unlabelled ??= this.#lookUp({});
  }

  /**
   * The series of a label set. Makes it if it is new.
   *
   * @throws {Error} If a label is unknown
   */
  at(labels: GivenLabels): S {
    const names = this.#labelNames;
    let node: unknown = this.#root;
    let depth = 0;
    for (const name in labels) {
      // WHY: callers nearly always write labels in the order of the definition; engines make this loop cheap.
      if (depth >= names.length || name !== names[depth]) return this.#lookUp(labels);
      node = (node as Node).get(labels[name]);
      if (node === undefined) return this.#lookUp(labels);
      depth++;
    }
    if (depth === 0 && names.length === 0) return this.unlabelled();
    return depth === names.length && depth > 0 ? node as S : this.#lookUp(labels);
  }

  /** Takes a series out; one with the same labels is a new one. */
  remove(labels: GivenLabels): S | undefined {
    this.validate(labels);
    const series = this.#find(this.#valuesOf(labels).map(canonical));
    if (series === undefined) return undefined;
    series.removed = true;
    this.#all.delete(series);
    for (const path of series.paths) forget(this.#root, path);
    if (series === this.#unlabelled) this.#unlabelled = undefined;
    return series;
  }

  /** Takes all series out. */
  clear(): void {
    for (const series of this.#all) series.removed = true;
    this.#all.clear();
    this.#root = new Map();
    this.#unlabelled = undefined;
  }

  #valuesOf(labels: GivenLabels): unknown[] {
    return this.#labelNames.map((name) => labels[name]);
  }

  #lookUp(labels: GivenLabels): S {
    this.validate(labels);
    const values: unknown[] = [];
    const path: string[] = [];
    let hasOthers = false;
    let hasObjects = false;
    for (const name of this.#labelNames) {
      const value = labels[name];
      const text = canonical(value);
      values.push(value);
      path.push(text);
      if (value === text) continue;
      hasOthers = true;
      hasObjects ||= typeof value === "object" || typeof value === "function";
    }
    let series = this.#find(path);
    if (series === undefined) {
      series = this.#make({ ...labels });
      this.#all.add(series);
      this.#remember(path, series);
      // WHY: an object may read otherwise later.
      if (hasObjects) void series.text;
    }
    // WHY: numbers and the like get a path of their own, so that the next call walks straight to the series. Objects do
    // not, as every one of them would.
    if (hasOthers && !hasObjects && this.#find(values) === undefined) this.#remember(values, series);
    return series;
  }

  #find(path: readonly unknown[]): S | undefined {
    if (path.length === 0) return this.#root.get("") as S | undefined;
    let node: unknown = this.#root;
    for (const value of path) {
      node = (node as Node).get(value);
      if (node === undefined) return undefined;
    }
    return node as S;
  }

  #remember(path: unknown[], series: S): void {
    const steps = path.length === 0 ? [""] : path;
    const last = steps.length - 1;
    let node = this.#root;
    for (let depth = 0; depth < last; depth++) {
      let next = node.get(steps[depth]) as Node | undefined;
      if (next === undefined) {
        next = new Map();
        node.set(steps[depth], next);
      }
      node = next;
    }
    node.set(steps[last], series);
    series.paths.push(steps);
  }
}

/** What `labels()` gives of a metric: finds its series at the first update, and anew only if it was removed. */
export abstract class BoundSeries<S extends Series> {
  readonly #store: SeriesStore<S>;
  readonly #labels: GivenLabels;
  #series: S | undefined;

  /**
   * @param store the metric's series
   * @param labels the labels of the series, which nobody changes any more
   */
  constructor(store: SeriesStore<S>, labels: GivenLabels) {
    this.#store = store;
    this.#labels = labels;
  }

  /** The labels of the series. */
  protected get labelSet(): GivenLabels {
    return this.#labels;
  }

  /** The series. Makes it if it is new. */
  protected get series(): S {
    const series = this.#series;
    return series === undefined || series.removed ? this.#series = this.#store.at(this.#labels) : series;
  }
}

/** A label value by which series are told apart. */
export function canonical(value: unknown): string {
  return value === undefined || value === null ? "" : wellFormed(String(value));
}

function forget(node: Node, path: readonly unknown[], depth = 0): void {
  if (depth === path.length - 1) {
    node.delete(path[depth]);
    return;
  }
  const next = node.get(path[depth]) as Node | undefined;
  if (next === undefined) return;
  forget(next, path, depth + 1);
  if (next.size === 0) node.delete(path[depth]);
}
