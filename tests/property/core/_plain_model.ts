/**
 * What a collector should show, by plain maps over what each worker did: the slow and obvious way.
 *
 * @module
 */
import type { MergeMode } from "../../../src/model/metric_type.ts";

/** What one worker did to one series. */
export type PlainSeries =
  | { readonly kind: "counter"; value: number }
  | { readonly kind: "gauge"; value: number; touched: boolean; stamp: number }
  | { readonly kind: "histogram"; readonly counts: number[]; sum: number };

/** One incarnation of a worker. */
export interface PlainWorker {
  readonly slot: number;
  readonly epoch: number;
  /** Whether its heartbeat is in time. */
  live: boolean;
  ended: boolean;
  /** By family, then by label values as JSON. */
  readonly families: Map<string, Map<string, PlainSeries>>;
}

/** A family of the model. */
export interface PlainFamily {
  readonly name: string;
  readonly kind: PlainSeries["kind"];
  readonly mode: MergeMode;
  readonly labelNames: readonly string[];
  readonly bounds: readonly number[];
}

/** Label values as any UTF-8 encoder makes them. */
export function wellFormed(value: string): string {
  return new TextDecoder("utf-8", { ignoreBOM: true }).decode(new TextEncoder().encode(value));
}

/** All samples that a scrape of these workers should have. */
export function samplesOfModel(
  families: readonly PlainFamily[],
  workers: readonly PlainWorker[],
): Map<string, number> {
  const samples = new Map<string, number>();
  for (const family of families) {
    const live = family.mode.startsWith("live");
    const counting = workers.filter((worker) => !live || (worker.live && !worker.ended));
    const perWorker = family.mode.endsWith("all");
    for (const [key, series] of grouped(family, counting, perWorker)) {
      addSamples(samples, family, { key, series });
    }
  }
  return samples;
}

/** The series of all workers by label values, with the worker's slot where the mode keeps workers apart. */
function grouped(
  family: PlainFamily,
  workers: readonly PlainWorker[],
  perWorker: boolean,
): Map<string, PlainSeries[]> {
  const groups = new Map<string, PlainSeries[]>();
  for (const worker of workers) {
    for (const [labels, series] of worker.families.get(family.name) ?? []) {
      const values: string[] = JSON.parse(labels);
      const key = JSON.stringify(perWorker ? [...values, String(worker.slot)] : values);
      groups.set(key, [...groups.get(key) ?? [], series]);
    }
  }
  return groups;
}

function addSamples(
  samples: Map<string, number>,
  { name, kind, mode, labelNames, bounds }: PlainFamily,
  { key, series }: { key: string; series: readonly PlainSeries[] },
): void {
  const names = mode.endsWith("all") ? [...labelNames, "worker"] : labelNames;
  const values: string[] = JSON.parse(key);
  const labels = names.map((label, k) => `${label}=${JSON.stringify(values[k])}`);
  const put = (suffix: string, value: number, more: string[] = []) => {
    const all = [...labels, ...more];
    samples.set(`${name}${suffix}${all.length === 0 ? "" : `{${all.join(",")}}`}`, value);
  };
  if (kind === "counter") {
    put("", series.reduce((sum, each) => sum + (each.kind === "counter" ? each.value : NaN), 0));
  } else if (kind === "gauge") {
    put("", mergeGauge(mode, series.filter((each) => each.kind === "gauge")));
  } else {
    let cumulative = 0;
    const histograms = series.filter((each) => each.kind === "histogram");
    [...bounds, "+Inf"].forEach((bound, k) => {
      for (const { counts } of histograms) cumulative += counts[k];
      put("_bucket", cumulative, [`le="${bound}"`]);
    });
    put("_count", cumulative);
    put("_sum", histograms.reduce((sum, each) => sum + each.sum, 0));
  }
}

function mergeGauge(mode: MergeMode, series: readonly (PlainSeries & { kind: "gauge" })[]): number {
  const set = series.filter(({ touched }) => touched);
  if (set.length === 0) return 0;
  const values = set.map(({ value }) => value);
  switch (mode.replace("live", "")) {
    case "sum":
      return values.reduce((sum, value) => sum + value);
    case "min":
      return Math.min(...values);
    case "max":
      return Math.max(...values);
    case "average":
      return values.reduce((sum, value) => sum + value) / values.length;
    case "all":
      // A later incarnation of the slot takes the place of an earlier one.
      return values.at(-1)!;
    default: {
      const stamp = Math.max(...set.map((each) => each.stamp));
      return Math.max(...set.filter((each) => each.stamp === stamp).map(({ value }) => value));
    }
  }
}
