/**
 * PromQL over families that exist: a wrong name, type or label is an error when dashboards and rules are generated.
 *
 * @module
 */
import type { CatalogFamily, FamilyGroup } from "../family_catalog.ts";

/** What the expressions of one dashboard or of the rules have in common. */
export interface ExpressionOptions {
  /** Label matchers that every selector has, without braces. */
  readonly matchers: string;
  /** The range of rates, such as `5m`. */
  readonly range: string;
  /** Labels that every aggregation keeps, such as `job`. */
  readonly keep?: readonly string[];
}

/** Labels that Prometheus adds to every series. */
const TARGET_LABELS = new Set(["job", "instance"]);

/** Builds expressions over the families of some groups. */
export class Expressions {
  readonly #families: ReadonlyMap<string, CatalogFamily>;
  readonly #options: ExpressionOptions;

  constructor(groups: readonly FamilyGroup[], options: ExpressionOptions) {
    this.#families = new Map(
      groups.flatMap(({ families }) => families.map((family) => [family.name, family])),
    );
    this.#options = options;
  }

  /** The sum of a counter's rate per second. */
  rate(name: string, by: readonly string[] = [], more = ""): string {
    this.#family(name, "counter", by);
    return `${this.#sum(by)} (rate(${this.#select(name, more)}[${this.#options.range}]))`;
  }

  /** The rate per second of a histogram's or summary's count or sum. */
  partRate(name: string, part: "count" | "sum", by: readonly string[] = [], more = ""): string {
    this.#family(name, ["histogram", "summary"], by);
    return `${this.#sum(by)} (rate(${this.#select(`${name}_${part}`, more)}[${this.#options.range}]))`;
  }

  /** The rates of a histogram's buckets. */
  buckets(name: string, by: readonly string[] = [], more = ""): string {
    this.#family(name, "histogram", by);
    return `${this.#sum(["le", ...by])} (rate(${
      this.#select(`${name}_bucket`, more)
    }[${this.#options.range}]))`;
  }

  /** A quantile of a histogram. */
  quantile(quantile: number, name: string, by: readonly string[] = [], more = ""): string {
    return `histogram_quantile(${quantile}, ${this.buckets(name, by, more)})`;
  }

  /** The mean of what a histogram or summary observed. */
  mean(name: string, by: readonly string[] = []): string {
    return `${this.partRate(name, "sum", by)} / ${this.partRate(name, "count", by)}`;
  }

  /** A gauge over all instances. */
  gauge(name: string, { by = [], with: operator = "sum", more = "" }: {
    readonly by?: readonly string[];
    readonly with?: "sum" | "max" | "min" | "avg";
    readonly more?: string;
  } = {}): string {
    this.#family(name, "gauge", by);
    return `${operator}${this.#by(by)} (${this.#select(name, more)})`;
  }

  /** The series of a family as they are. */
  series(name: string, more = ""): string {
    this.#family(name, ["counter", "gauge", "info"], []);
    return this.#select(name, more);
  }

  /** By how much a counter grew in a time. */
  increase(name: string, range: string, more = ""): string {
    this.#family(name, "counter", []);
    return `increase(${this.#select(name, more)}[${range}])`;
  }

  #select(name: string, more: string): string {
    const matchers = [this.#options.matchers, more].filter((text) => text !== "").join(",");
    return matchers === "" ? name : `${name}{${matchers}}`;
  }

  #sum(by: readonly string[]): string {
    return `sum${this.#by(by)}`;
  }

  #by(by: readonly string[]): string {
    const labels = [...(this.#options.keep ?? []), ...by];
    return labels.length === 0 ? "" : ` by (${labels.join(", ")})`;
  }

  #family(name: string, types: string | readonly string[], by: readonly string[]): CatalogFamily {
    const family = this.#families.get(name);
    if (family === undefined) throw new Error(`Cannot query "${name}": no such family`);
    if (!types.includes(family.type)) {
      throw new Error(`Cannot query "${name}": it is a ${family.type}, wanted ${String(types)}`);
    }
    const unknown = by.filter((label) => !TARGET_LABELS.has(label) && !family.labelNames.includes(label));
    if (unknown.length > 0) {
      throw new Error(`Cannot query "${name}" by ${unknown.join(", ")}: it has no such label`);
    }
    return family;
  }
}
