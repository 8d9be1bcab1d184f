/**
 * How families changed between two looks, series by series, so that one that began anew does not hide the others.
 *
 * @module
 */
import type { SeriesSnapshot } from "../../exposition/snapshot_types.ts";
import { addUp, bucketIncreases, increase } from "./rates.ts";
import { type SampleTable, valueOf, type Wanted } from "./sample_table.ts";

/** Two looks at all values, and the time between them. */
export interface Change {
  /** Undefined at the first look, before which nothing is known. */
  readonly before: SampleTable | undefined;
  readonly after: SampleTable;
  /** NaN at the first look. */
  readonly seconds: number;
}

/** The growth of a family's counters, or of its histograms' counts; NaN at the first look or without any series. */
export function growthOf({ before, after }: Change, name: string, wanted?: Wanted): number {
  if (before === undefined || !after.has(name)) return NaN;
  let growth = 0;
  for (const [old, now] of pairs(before, after, { name, wanted })) growth += growth1(old, now);
  return growth;
}

/** The growth a second. */
export function rateOf(change: Change, name: string, wanted?: Wanted): number {
  return growthOf(change, name, wanted) / change.seconds;
}

/** The growth a second by a label's values. Empty at the first look. */
export function ratesBy(change: Change, name: string, label: string): ReadonlyMap<string, number> {
  const rates = new Map<string, number>();
  const { before, after, seconds } = change;
  if (before === undefined) return rates;
  for (const [old, now] of pairs(before, after, { name })) {
    const value = now.labels[label] ?? "";
    rates.set(value, (rates.get(value) ?? 0) + growth1(old, now) / seconds);
  }
  return rates;
}

/** The observations in each bucket of a family since the last look; empty at the first look or without any series. */
export function bucketGrowth({ before, after }: Change, name: string, wanted?: Wanted): readonly number[] {
  if (before === undefined) return [];
  const parts: (readonly number[])[] = [];
  for (const [old, now] of pairs(before, after, { name, wanted })) {
    if (now.kind !== "histogram") continue;
    parts.push(bucketIncreases(old?.kind === "histogram" ? countsOf(old) : undefined, countsOf(now)));
  }
  return addUp(parts);
}

function growth1(old: SeriesSnapshot | undefined, now: SeriesSnapshot): number {
  return increase(old && valueOf(old), valueOf(now));
}

function countsOf({ buckets }: Extract<SeriesSnapshot, { kind: "histogram" }>): readonly number[] {
  return buckets.map(({ count }) => count);
}

function* pairs(
  before: SampleTable,
  after: SampleTable,
  { name, wanted }: { name: string; wanted?: Wanted },
): Iterable<[SeriesSnapshot | undefined, SeriesSnapshot]> {
  const old = new Map(before.series(name, wanted).map((element) => [keyOf(element), element]));
  for (const element of after.series(name, wanted)) yield [old.get(keyOf(element)), element];
}

/** Labels are sorted by name in a snapshot, so equal ones have equal texts. */
function keyOf({ labels }: SeriesSnapshot): string {
  return JSON.stringify(labels);
}
