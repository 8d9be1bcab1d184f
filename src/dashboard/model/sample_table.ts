/**
 * One look at all values, by family.
 *
 * @module
 */
import type { HistogramSnapshot, SeriesSnapshot } from "../../exposition/snapshot_types.ts";

/** Labels that a series must have to be wanted. */
export type Wanted = Readonly<Record<string, string>>;

/** A histogram over all series that were wanted. */
export interface MergedHistogram {
  /** Upper bounds, ascending, the last one `Infinity`. */
  readonly bounds: readonly number[];
  /** Cumulative counts by bound. */
  readonly counts: readonly number[];
  readonly sum: number;
  readonly count: number;
}

/** A number of a snapshot's JSON: what JSON does not have stands there as a string. */
export function numberOf(value: unknown): number {
  if (typeof value === "number") return value;
  if (value === "+Inf") return Infinity;
  if (value === "-Inf") return -Infinity;
  return NaN;
}

/** The elements of a snapshot by family. */
export class SampleTable {
  readonly #families: Map<string, SeriesSnapshot[]> = new Map();

  /** @param elements what `GET /api/v1/snapshot` has under `data` */
  constructor(elements: readonly SeriesSnapshot[]) {
    for (const element of elements) {
      const family = this.#families.get(element.name);
      if (family === undefined) this.#families.set(element.name, [element]);
      else family.push(element);
    }
  }

  /** Whether there is a series of the family. */
  has(name: string): boolean {
    return this.#families.has(name);
  }

  /** The names of the families that have series. */
  get names(): readonly string[] {
    return [...this.#families.keys()];
  }

  /** The series of a family that have these labels. */
  series(name: string, wanted: Wanted = {}): readonly SeriesSnapshot[] {
    const family = this.#families.get(name) ?? [];
    const conditions = Object.entries(wanted);
    if (conditions.length === 0) return family;
    return family.filter(({ labels }) =>
      conditions.every(([label, value]) => (labels[label] ?? "") === value)
    );
  }

  /** The sum over the counters and gauges of a family; a histogram's or summary's part is its count. NaN if there is none. */
  total(name: string, wanted: Wanted = {}): number {
    const values = this.series(name, wanted).map(valueOf).filter((value) => !Number.isNaN(value));
    return values.length === 0 ? NaN : values.reduce((sum, value) => sum + value, 0);
  }

  /** The totals of a family by the values of a label. */
  totalsBy(name: string, label: string, wanted: Wanted = {}): ReadonlyMap<string, number> {
    const totals = new Map<string, number>();
    for (const element of this.series(name, wanted)) {
      const value = element.labels[label] ?? "";
      totals.set(value, (totals.get(value) ?? 0) + valueOf(element));
    }
    return totals;
  }

  /** The histograms of a family as one; undefined if there is none with buckets. */
  histogram(name: string, wanted: Wanted = {}): MergedHistogram | undefined {
    const parts = this.series(name, wanted).filter((element): element is HistogramSnapshot =>
      element.kind === "histogram"
    );
    if (parts.length === 0) return undefined;
    const bounds = parts[0].buckets.map(({ le }) => numberOf(le));
    const counts = bounds.map(() => 0);
    let [sum, count] = [0, 0];
    for (const part of parts) {
      part.buckets.forEach((bucket, i) => counts[i] += bucket.count);
      sum += numberOf(part.sum);
      count += part.count;
    }
    return { bounds, counts, sum, count };
  }
}

/** The number by which a series is added up. */
export function valueOf(element: SeriesSnapshot): number {
  switch (element.kind) {
    case "counter":
    case "gauge":
      return numberOf(element.value);
    case "histogram":
    case "summary":
      return element.count;
    case "vector":
      return element.values.reduce((sum, value) => sum + value, 0);
    default:
      return 1;
  }
}
