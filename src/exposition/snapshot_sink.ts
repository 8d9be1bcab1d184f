/**
 * From the blocks of a scrape to the elements of a snapshot.
 *
 * @module
 */
// CONTROL PLANE
import type { Descriptor } from "../model/descriptor.ts";
import type { FamilySamples, SampleSink } from "../model/samples.ts";
import type { SeriesSnapshot, SnapshotBase, SnapshotQuery } from "./snapshot_types.ts";

/** Families that are vectors unless told otherwise. */
export const DEFAULT_VECTORS: Readonly<Record<string, string>> = {
  "vllm:spec_decode_num_accepted_tokens_per_pos_total": "position",
};

/** The numbers of one series, in the columns that its type has. */
interface Row {
  readonly values: Float64Array;
  readonly at: number;
  readonly stride: number;
}

/** Takes one scrape and keeps the series that a query asks for. */
export class SnapshotSink implements SampleSink {
  readonly #query: SnapshotQuery;
  readonly #vectors: Readonly<Record<string, string>>;
  readonly #found: SeriesSnapshot[] = [];
  /** The values of each vector, by its labels. */
  readonly #vectorNumbers: Map<string, number[]> = new Map();

  constructor(query: SnapshotQuery = {}) {
    this.#query = query;
    this.#vectors = query.vectors ?? DEFAULT_VECTORS;
  }

  samples(samples: FamilySamples): void {
    const { descriptor, block, stride, values } = samples;
    if (!this.#wantsFamily(descriptor.name)) return;
    const name = snapshotName(descriptor);
    const position = descriptor.type === "counter" ? this.#vectors[descriptor.name] : undefined;
    block.series.forEach((labelValues, i) => {
      const labels = labelsOf(descriptor, block.labelNames, labelValues);
      const row = { values, at: i * stride, stride };
      if (position === undefined) {
        if (this.#wantsLabels(labels)) this.#found.push(seriesOf(descriptor, { name, labels }, row));
        return;
      }
      const { [position]: index, ...rest } = labels;
      if (this.#wantsLabels(rest)) this.#addToVector({ name, labels: rest }, Number(index), row);
    });
  }

  /** The elements, sorted by family name and then by label values. */
  finish(): SeriesSnapshot[] {
    return this.#found;
  }

  #wantsFamily(name: string): boolean {
    const { prefix = "", names } = this.#query;
    const short = name.replace(/_total$/, "");
    return name.startsWith(prefix) && (names === undefined || names.includes(name) || names.includes(short));
  }

  #wantsLabels(labels: Readonly<Record<string, string>>): boolean {
    return Object.entries(this.#query.labels ?? {}).every(([name, value]) =>
      (labels[name] ?? "") === String(value)
    );
  }

  #addToVector(base: SnapshotBase, index: number, { values, at }: Row): void {
    if (!Number.isInteger(index) || index < 0) return;
    const key = JSON.stringify(base);
    let numbers = this.#vectorNumbers.get(key);
    if (numbers === undefined) {
      numbers = [];
      this.#vectorNumbers.set(key, numbers);
      this.#found.push({ kind: "vector", ...base, values: numbers });
    }
    while (numbers.length <= index) numbers.push(0);
    numbers[index] = values[at];
  }
}

/** The name by which a snapshot knows a family: a counter's without `_total`. */
export function snapshotName({ name, type }: Pick<Descriptor, "name" | "type">): string {
  return type === "counter" ? name.replace(/_total$/, "") : name;
}

function labelsOf(
  descriptor: Descriptor,
  names: readonly string[],
  values: readonly string[],
): Readonly<Record<string, string>> {
  const own = names.map((name, i): [string, string] => [name, values[i]]);
  return Object.fromEntries(
    [...own, ...Object.entries(descriptor.constLabels)]
      .filter(([, value]) => value !== "")
      .sort(([a], [b]) => a < b ? -1 : 1),
  );
}

function seriesOf(descriptor: Descriptor, base: SnapshotBase, row: Row): SeriesSnapshot {
  const { values, at, stride } = row;
  const value = values[at];
  switch (descriptor.type) {
    case "counter":
      return { kind: "counter", ...base, value };
    case "histogram":
    case "gaugehistogram": {
      const bounds = [...descriptor.buckets, Infinity];
      const buckets = bounds.map((le, b) => ({ le, count: values[at + b] }));
      const sum = values[at + stride - 1];
      const gauge = descriptor.type === "gaugehistogram";
      return { kind: "histogram", ...base, count: values[at + stride - 2], sum, buckets, gauge };
    }
    case "summary": {
      const quantiles = descriptor.quantiles.map((quantile, q) => ({ quantile, value: values[at + q] }));
      return {
        kind: "summary",
        ...base,
        count: values[at + stride - 1],
        sum: values[at + stride - 2],
        quantiles,
      };
    }
    case "info":
      return { kind: "info", ...base };
    case "stateset": {
      const states = descriptor.states.map((state, s) => [state, values[at + s] === 1]);
      return { kind: "stateset", ...base, states: Object.fromEntries(states) };
    }
    default:
      return { kind: "gauge", ...base, value };
  }
}
