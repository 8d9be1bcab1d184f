/**
 * What the series of a family have beside their numbers, merged over all columns: exemplars, native buckets, quantiles.
 *
 * @module
 */
// CONTROL PLANE
import { planCell } from "../metric/cell_plan.ts";
import type { Descriptor } from "../model/descriptor.ts";
import type { Exemplar, FamilySamples, NativeHistogram } from "../model/samples.ts";
import { exemplarToGiveUp, NATIVE_EXEMPLARS } from "../slab/exemplar_choice.ts";
import type { Column } from "./column.ts";
import { mergeExemplars } from "./exemplar_column.ts";
import { MergedSketch } from "./merged_sketch.ts";
import { mergeNatives, type NativeState } from "./native_merge.ts";

/** What a block of samples shows besides its numbers. */
export type BlockDetails = Pick<FamilySamples, "exemplars" | "natives">;

/** The output that the details belong to. */
export interface DetailedOutput {
  readonly descriptor: Descriptor;
  readonly stride: number;
  /** The most series of a block. */
  readonly perBlock: number;
  readonly seriesCount: number;
  /** The merged values, buckets cumulated. Those of a summary with quantiles are still to be filled in. */
  readonly values: Float64Array;
  /** The merged numbers of the columns. */
  readonly merged: Float64Array;
  /** The time of day in milliseconds since the Unix epoch. */
  readonly wallMs: number;
}

/**
 * The details of all blocks of one scrape.
 *
 * @param columns the columns that count
 */
export function mergeDetails(columns: readonly Column[], output: DetailedOutput): BlockDetails[] {
  const { descriptor, perBlock, seriesCount } = output;
  if (descriptor.quantiles.length > 0) fillQuantiles(columns, output);
  if (!descriptor.exemplars && descriptor.native === undefined) return [];
  const hasBuckets = descriptor.type === "counter" || descriptor.buckets.length > 0;
  const exemplars = descriptor.exemplars && hasBuckets ? mergeExemplars(columns, output) : [];
  const natives = descriptor.native === undefined ? undefined : nativesOf(columns, output);
  const details: BlockDetails[] = [];
  for (let start = 0; start < seriesCount; start += perBlock) {
    details.push({
      exemplars: exemplars[details.length],
      ...(natives !== undefined && { natives: natives.slice(start, start + perBlock) }),
    });
  }
  return details;
}

function nativesOf(columns: readonly Column[], output: DetailedOutput): NativeHistogram[] {
  const { descriptor, stride, seriesCount, values } = output;
  const states: NativeState[][] = Array.from({ length: seriesCount }, () => []);
  const exemplars: Exemplar[][] = Array.from({ length: seriesCount }, () => []);
  for (const column of columns) {
    for (let k = 0; k < column.count; k++) {
      const place = column.positions[k];
      if (place < 0) continue;
      const state = column.natives?.at(k);
      if (state !== undefined) states[place].push(state);
      column.exemplars?.collect(k, exemplars[place]);
    }
  }
  const { schema, zeroThreshold } = descriptor.native!;
  const empty: NativeState = {
    schema,
    zeroThreshold,
    zeroCount: 0,
    size: 0,
    codes: new Int32Array(0),
    counts: new Float64Array(0),
  };
  return states.map((ofSeries, place) => {
    const merged = mergeNatives(ofSeries.length === 0 ? [empty] : ofSeries);
    return {
      schema: merged.schema,
      zeroThreshold: merged.zeroThreshold,
      zeroCount: merged.zeroCount,
      count: values[place * stride + stride - 2],
      sum: values[place * stride + stride - 1],
      positiveKeys: merged.positive.keys,
      positiveCounts: merged.positive.counts,
      negativeKeys: merged.negative.keys,
      negativeCounts: merged.negative.counts,
      exemplars: spread(exemplars[place]),
    };
  });
}

/** A summary's values: its quantiles over all columns, then sum and count. */
function fillQuantiles(columns: readonly Column[], output: DetailedOutput): void {
  const { descriptor, stride, seriesCount, values, merged, wallMs } = output;
  const { quantiles } = descriptor;
  const plan = planCell(descriptor).sketch!;
  const current = plan.slotOf(wallMs);
  const sketches = Array.from({ length: seriesCount }, () => new MergedSketch());
  for (const { count, positions, sketches: own } of columns) {
    for (let k = 0; k < count; k++) {
      if (positions[k] >= 0) own?.addRecent(k, current, sketches[positions[k]]);
    }
  }
  sketches.forEach((sketch, place) => {
    const at = place * stride;
    sketch.quantiles(quantiles, plan, { values, at });
    values[at + quantiles.length] = merged[2 * place];
    values[at + quantiles.length + 1] = merged[2 * place + 1];
  });
}

/** At most as many exemplars as one thread would keep, sorted by value. */
function spread(exemplars: Exemplar[]): readonly Exemplar[] {
  while (exemplars.length > NATIVE_EXEMPLARS) {
    const values = Float64Array.from(exemplars, ({ value }) => value);
    const timestamps = Float64Array.from(exemplars, ({ timestamp }) => timestamp);
    exemplars.splice(exemplarToGiveUp(values, timestamps, exemplars.length), 1);
  }
  return exemplars.sort((a, b) => a.value - b.value || a.timestamp - b.timestamp);
}
