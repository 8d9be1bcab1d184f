/**
 * How the columns of several workers become one: pure functions over columns, one for each way of merging.
 *
 * @module
 */
// CONTROL PLANE
import type { MergeMode, MetricType } from "../model/metric_type.ts";
import type { Column } from "./column.ts";

/** The merged values of a family, by place in the output. */
export interface MergedValues {
  readonly values: Float64Array;
  /** Gauges: ticket or version of the value. */
  readonly stamps: Float64Array;
  /** Gauges: 1 if any worker set the series. */
  readonly touched: Uint8Array;
}

/** The merged values of so many series with `stride` numbers each, before anything was merged. */
export function newMergedValues(count: number, stride: number): MergedValues {
  return {
    values: new Float64Array(count * stride),
    stamps: new Float64Array(count),
    touched: new Uint8Array(count),
  };
}

/** Empties merged values before anything is merged into them again. */
export function clearMerged({ values, stamps, touched }: MergedValues): void {
  clear(values);
  clear(stamps);
  clear(touched);
}

/** WHY not always by `fill()`: most families have a few series, and the call takes longer than to clear them. */
function clear(values: Float64Array | Uint8Array): void {
  if (values.length > 32) values.fill(0);
  else for (let k = 0; k < values.length; k++) values[k] = 0;
}

/** Adds one worker's column to what was merged so far. */
export type Combine = (column: Column, merged: MergedValues) => void;

/** Whether a mode looks at living workers only. */
export function isLiveMode(mode: MergeMode): boolean {
  return mode.startsWith("live");
}

/** Whether a mode keeps the workers apart, by a label. */
export function isPerWorkerMode(mode: MergeMode): boolean {
  return mode === "all" || mode === "liveall";
}

/** Whether the values of a kind add up over the workers, several numbers a series. */
export function isTotal(type: MetricType): boolean {
  return type === "counter" || type === "histogram" || type === "gaugehistogram" || type === "summary";
}

/** The combining function of a gauge's merge mode. */
export function combineFor(mode: MergeMode): Combine {
  switch (mode) {
    case "min":
    case "livemin":
      return combineMin;
    case "max":
    case "livemax":
      return combineMax;
    case "mostrecent":
    case "livemostrecent":
    case "latest":
      return combineNewest;
    case "liveaverage":
      return combineAverage;
    case "all":
    case "liveall":
      return combineReplace;
    default:
      return combineSum;
  }
}

/** Sums that have several numbers a series: counters, histograms. A hidden series is passed over. */
export function combineTotals(column: Column, merged: MergedValues): void {
  const { count, positions, values, stride } = column;
  const out = merged.values;
  if (stride === 1) {
    for (let k = 0; k < count; k++) {
      const at = positions[k];
      if (at >= 0) out[at] += values[k];
    }
    return;
  }
  for (let k = 0; k < count; k++) {
    const to = positions[k] * stride;
    if (to < 0) continue;
    const from = k * stride;
    for (let i = 0; i < stride; i++) out[to + i] += values[from + i];
  }
}

function combineSum({ count, positions, values, touched }: Column, merged: MergedValues): void {
  for (let k = 0; k < count; k++) {
    const at = positions[k];
    if (at < 0 || touched[k] === 0) continue;
    merged.values[at] += values[k];
    merged.touched[at] = 1;
  }
}

/** Takes `value` if it is the first, or better, or replaces NaN: so the result does not depend on the workers' order. */
function take(merged: MergedValues, at: number, candidate: { value: number; better: boolean }): void {
  const { value, better } = candidate;
  if (merged.touched[at] === 0 || better || (merged.values[at] !== merged.values[at] && value === value)) {
    merged.values[at] = value;
    merged.touched[at] = 1;
  }
}

function combineMin({ count, positions, values, touched }: Column, merged: MergedValues): void {
  for (let k = 0; k < count; k++) {
    const at = positions[k];
    if (at >= 0 && touched[k] !== 0) {
      take(merged, at, { value: values[k], better: values[k] < merged.values[at] });
    }
  }
}

function combineMax({ count, positions, values, touched }: Column, merged: MergedValues): void {
  for (let k = 0; k < count; k++) {
    const at = positions[k];
    if (at >= 0 && touched[k] !== 0) {
      take(merged, at, { value: values[k], better: values[k] > merged.values[at] });
    }
  }
}

/**
 * The value with the greatest stamp; among equal stamps the greatest value, and NaN only if there is no other, so that
 * the order of workers is no matter.
 */
function combineNewest({ count, positions, values, touched, stamps }: Column, merged: MergedValues): void {
  for (let k = 0; k < count; k++) {
    const at = positions[k];
    if (at < 0 || touched[k] === 0) continue;
    if (merged.touched[at] !== 0 && stamps[k] < merged.stamps[at]) continue;
    const newer = stamps[k] > merged.stamps[at];
    take(merged, at, { value: values[k], better: newer || values[k] > merged.values[at] });
    merged.stamps[at] = stamps[k];
  }
}

/**
 * Adds up; the stamps, which the mode has no other use for, count the workers. {@linkcode divideSums} makes the mean of
 * it. A mean that is brought forward from worker to worker would depend on their order.
 */
function combineAverage({ count, positions, values, touched }: Column, merged: MergedValues): void {
  for (let k = 0; k < count; k++) {
    const at = positions[k];
    if (at < 0 || touched[k] === 0) continue;
    merged.values[at] += values[k];
    merged.stamps[at]++;
    merged.touched[at] = 1;
  }
}

/** Turns sums that `liveaverage` has combined into means, in place. */
export function divideSums({ values, stamps, touched }: MergedValues): void {
  for (let at = 0; at < values.length; at++) if (touched[at] !== 0) values[at] /= stamps[at];
}

/**
 * Each series has one worker slot; a later incarnation of it replaces an earlier one, whichever of them comes first. The
 * stamps say which incarnation a merged value is of.
 */
function combineReplace(
  { count, positions, values, touched, stamps, epoch }: Column,
  merged: MergedValues,
): void {
  for (let k = 0; k < count; k++) {
    const at = positions[k];
    if (at < 0 || touched[k] === 0) continue;
    const of = epoch ?? stamps[k];
    if (merged.touched[at] !== 0 && of < merged.stamps[at]) continue;
    merged.values[at] = values[k];
    merged.stamps[at] = of;
    merged.touched[at] = 1;
  }
}

/** Turns counts per bucket into cumulative counts, in place; the last number of each series is its sum. */
export function cumulate(values: Float64Array, stride: number): void {
  for (let at = 0; at < values.length; at += stride) {
    for (let i = 1; i < stride - 1; i++) values[at + i] += values[at + i - 1];
  }
}

/** Turns masks of states into one 0 or 1 for each state. */
export function expandStates(masks: Float64Array, states: Float64Array): void {
  const stateCount = states.length / masks.length;
  for (let series = 0; series < masks.length; series++) {
    // WHY: masks have up to 52 bits, which the bit operators do not know.
    let mask = masks[series];
    for (let i = 0; i < stateCount; i++) {
      states[series * stateCount + i] = mask % 2;
      mask = Math.floor(mask / 2);
    }
  }
}
