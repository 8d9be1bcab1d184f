/**
 * What lies in a slab, in words: its owner, its fill, its families.
 *
 * @module
 */
// CONTROL PLANE
import { planCell } from "../metric/cell_plan.ts";
import type { Descriptor } from "../model/descriptor.ts";
import type { MetricType } from "../model/metric_type.ts";
import { DirectoryReader, RECORD_KIND } from "../slab/directory.ts";
import { openSlab, type Slab } from "../slab/slab.ts";
import { SLAB_STATE, slabStatus } from "../slab/slab_status.ts";
import { SERIES_STATE } from "./column.ts";
import { RetryBudget } from "./retry_budget.ts";
import type { SlabColumn } from "./slab_column.ts";
import type { SlabSource } from "./slab_source.ts";

/** A family as one slab has it. */
export interface SlabFamilyReport {
  /** The family's name. */
  readonly name: string;
  /** The family's type. */
  readonly type: MetricType;
  /** Series that count. */
  readonly series: number;
  /** Series that were removed and are hidden until they move. */
  readonly dormant: number;
  /** Records whose series was removed; their memory waits for the next series. */
  readonly reclaimed: number;
  /** Memory of the family's cells, in bytes. */
  readonly cellBytes: number;
  /**
   * This slab's own part of the value: the sum over its series of counters and gauges, the number of observations of
   * histograms. Left out for other types, and where the slab's values are not gathered.
   */
  readonly total?: number;
}

/** A slab. */
export interface SlabReport {
  /** The worker's slot, negative for the thread that gathers. */
  readonly slot: number;
  /** Incarnation of the slot, from 1. */
  readonly epoch: number;
  /** What the slab's header says: `new` until its owner attaches, then `live`, `closed` after a clean end. */
  readonly state: "new" | "live" | "closed";
  /** Heartbeats of the owner so far, modulo 2 ** 32. */
  readonly beats: number;
  /** Bytes reserved in all. */
  readonly totalBytes: number;
  /** Bytes in use by the header, the directory and the cell pages. */
  readonly usedBytes: number;
  /** Records in the directory: of families, of series, of removals. */
  readonly records: { readonly families: number; readonly series: number; readonly removals: number };
  /** Label sets that went to an overflow series for lack of room. */
  readonly droppedSeries: number;
  /** Families that found no room. */
  readonly droppedFamilies: number;
  /** The families, by how much memory their cells take, the largest first. */
  readonly families: readonly SlabFamilyReport[];
}

/** The words for the states in a slab's header. */
const STATE_WORDS = {
  [SLAB_STATE.NEW]: "new",
  [SLAB_STATE.LIVE]: "live",
  [SLAB_STATE.CLOSED]: "closed",
} as const;

interface Counts {
  readonly descriptor: Descriptor;
  series: number;
  dormant: number;
  reclaimed: number;
}

/**
 * Describes the slab of a collector's source, with its part of the values. The collector's thread only, between passes.
 *
 * @throws {SlabError} If the directory is damaged
 */
export function reportSource(source: SlabSource): SlabReport {
  const totals = new Map<string, number>();
  for (const { family, column } of source.columns()) {
    const total = totalOf(family.descriptor, column);
    if (total !== undefined) totals.set(family.descriptor.name, total);
  }
  return reportSlab(openSlab(source.buffer), totals);
}

/**
 * Describes a slab. Any thread.
 *
 * @param totals the slab's part of the values, by family
 * @throws {SlabError} If the directory is damaged
 */
export function reportSlab(slab: Slab, totals: ReadonlyMap<string, number> = new Map()): SlabReport {
  const families: Counts[] = [];
  const records = { families: 0, series: 0, removals: 0 };
  const decoder = new TextDecoder();
  new DirectoryReader(slab).read(({ kind, familyId, payload, dormant, reclaimed }) => {
    if (kind === RECORD_KIND.FAMILY) {
      records.families++;
      const descriptor = JSON.parse(decoder.decode(payload)) as Descriptor;
      families.push({ descriptor, series: 0, dormant: 0, reclaimed: 0 });
    } else if (kind === RECORD_KIND.SERIES) {
      records.series++;
      const counts = families[familyId];
      if (counts !== undefined) counts[reclaimed ? "reclaimed" : dormant ? "dormant" : "series"]++;
    } else {
      records.removals++;
    }
  });
  const { slot, epoch, state, beat, totalBytes, usedBytes, droppedSeries, droppedFamilies } = slabStatus(
    slab,
  );
  return {
    slot,
    epoch,
    state: STATE_WORDS[state as keyof typeof STATE_WORDS],
    beats: beat,
    totalBytes,
    usedBytes,
    records,
    droppedSeries,
    droppedFamilies,
    families: families.map((counts) => describe(counts, totals)).sort((a, b) => b.cellBytes - a.cellBytes),
  };
}

function describe(counts: Counts, totals: ReadonlyMap<string, number>): SlabFamilyReport {
  const { descriptor, series, dormant, reclaimed } = counts;
  const { name, type } = descriptor;
  const cellBytes = (series + dormant + reclaimed) * planCell(descriptor).shape.cellBytes;
  const total = totals.get(name);
  return { name, type, series, dormant, reclaimed, cellBytes, ...(total !== undefined && { total }) };
}

/** What one slab gives to a family; the buckets of a column are not cumulative, and its last number is the sum. */
function totalOf({ type, native }: Descriptor, column: SlabColumn): number | undefined {
  const isHistogram = type === "histogram" && native === undefined;
  if (type !== "counter" && type !== "gauge" && !isHistogram) return undefined;
  column.read(new RetryBudget());
  const { count, stride, values, states } = column;
  const wanted = isHistogram ? stride - 1 : stride;
  let total = 0;
  for (let k = 0; k < count; k++) {
    if (states[k] !== SERIES_STATE.COUNTED) continue;
    for (let i = 0; i < wanted; i++) {
      const value = values[k * stride + i];
      if (!Number.isNaN(value)) total += value;
    }
  }
  return total;
}
