/**
 * Looks at a server, for tests of what the dashboard makes of them.
 *
 * @module
 */
import { SampleTable } from "../../../../src/dashboard/model/sample_table.ts";
import type { SeriesSnapshot } from "../../../../src/exposition/snapshot_types.ts";

type Labels = Readonly<Record<string, string>>;

/** A counter's series. */
export function counter(name: string, value: number, labels: Labels = {}): SeriesSnapshot {
  return { kind: "counter", name, labels, value };
}

/** A gauge's series. */
export function gauge(name: string, value: number, labels: Labels = {}): SeriesSnapshot {
  return { kind: "gauge", name, labels, value };
}

/** A histogram's series, of observations by bound; its JSON has words where numbers cannot be. */
export function histogram(name: string, buckets: Readonly<Record<string, number>>, labels: Labels = {}) {
  let count = 0;
  // WHY: keys that are whole numbers come first in any object.
  const ascending = Object.entries(buckets).sort(([a], [b]) => bound(a) - bound(b));
  const cumulative = ascending.map(([le, fell]) => {
    count += fell;
    return { le: (le === "+Inf" ? le : Number(le)) as number, count };
  });
  const sum = count / 2;
  return { kind: "histogram" as const, name, labels, count, sum, buckets: cumulative, gauge: false };
}

function bound(le: string): number {
  return le === "+Inf" ? Infinity : Number(le);
}

/** A table of series. */
export function table(...elements: readonly SeriesSnapshot[]): SampleTable {
  return new SampleTable(elements);
}
