/**
 * From the families of an exposition to the series of a snapshot, so that a foreign server can be looked at like ours.
 *
 * @module
 */
import { SampleTable } from "../dashboard/model/sample_table.ts";
import type { FamilyView } from "../dashboard/model/reports.ts";
import type { ParsedFamily, ParsedSample } from "../exposition/check/parsed.ts";
import type { SeriesSnapshot } from "../exposition/snapshot_types.ts";

/** The families of an exposition as a table of series. */
export function exposedTable(families: readonly ParsedFamily[]): SampleTable {
  return new SampleTable(families.flatMap(seriesOf));
}

/** How many series and lines each family has. */
export function exposedFamilies(families: readonly ParsedFamily[]): FamilyView[] {
  return families.map((family) => ({
    name: family.name,
    type: family.type,
    help: family.help ?? "",
    labelNames: [],
    series: seriesOf(family).length,
    samples: family.samples.length,
  }));
}

function seriesOf(family: ParsedFamily): SeriesSnapshot[] {
  switch (family.type) {
    case "counter": {
      const samples = family.samples.filter(({ name }) => !name.endsWith("_created"));
      return samples.map(({ labels, value }) => ({
        kind: "counter",
        name: family.name.replace(/_total$/, ""),
        labels: sorted(labels),
        value,
      }));
    }
    case "histogram":
    case "gaugehistogram":
      return grouped(family, "le").map((group) => histogramOf(family, group));
    case "summary":
      return grouped(family, "quantile").map((group) => summaryOf(family, group));
    default:
      return family.samples.map(({ labels, value }) => ({
        kind: "gauge",
        name: family.name,
        labels: sorted(labels),
        value,
      }));
  }
}

/** Samples that differ in one label only, or belong to the same label set by their suffixes. */
function grouped({ samples }: ParsedFamily, label: string): ParsedSample[][] {
  const groups = new Map<string, ParsedSample[]>();
  for (const sample of samples) {
    const key = JSON.stringify(sorted(sample.labels, label));
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [sample]);
    else group.push(sample);
  }
  return [...groups.values()];
}

function histogramOf({ name, type }: ParsedFamily, group: readonly ParsedSample[]): SeriesSnapshot {
  const buckets = group.filter((sample) => sample.name.endsWith("_bucket"))
    .map(({ labels, value }) => ({ le: boundOf(labels.get("le")), count: value }));
  const count = valueOf(group, "_count", "_gcount") ?? buckets.at(-1)?.count ?? 0;
  const sum = valueOf(group, "_sum", "_gsum") ?? NaN;
  const gauge = type === "gaugehistogram";
  return { kind: "histogram", name, labels: sorted(group[0].labels, "le"), count, sum, buckets, gauge };
}

function summaryOf({ name }: ParsedFamily, group: readonly ParsedSample[]): SeriesSnapshot {
  const quantiles = group.filter(({ labels }) => labels.has("quantile"))
    .map(({ labels, value }) => ({ quantile: Number(labels.get("quantile")), value }));
  const labels = sorted(group[0].labels, "quantile");
  return {
    kind: "summary",
    name,
    labels,
    count: valueOf(group, "_count") ?? 0,
    sum: valueOf(group, "_sum") ?? NaN,
    quantiles,
  };
}

function valueOf(group: readonly ParsedSample[], ...suffixes: string[]): number | undefined {
  return group.find(({ name }) => suffixes.some((suffix) => name.endsWith(suffix)))?.value;
}

function boundOf(text: string | undefined): number {
  return text === undefined ? NaN : /^\+?inf$/i.test(text) ? Infinity : Number(text);
}

/** Labels by name, as a snapshot has them, without one of them. */
function sorted(labels: ReadonlyMap<string, string>, without?: string): Record<string, string> {
  return Object.fromEntries(
    [...labels].filter(([name, value]) => name !== without && value !== "").sort(([a], [b]) =>
      a < b ? -1 : 1
    ),
  );
}
