/**
 * What the cell of a family's series looks like. The owner and the readers derive it from the definition alone.
 *
 * @module
 */
// CONTROL PLANE
import type { Descriptor } from "../model/descriptor.ts";
import { type CellShape, COUNTER_SHAPE, GAUGE_SHAPE, histogramShape, withExtra } from "../slab/cell_shape.ts";
import { EXEMPLAR_CELL32 } from "../slab/exemplar_cell.ts";
import { NATIVE_EXEMPLARS } from "../slab/exemplar_choice.ts";
import { NativePlan } from "../slab/native_plan.ts";
import { SketchPlan } from "../slab/sketch_plan.ts";
import type { WallClock } from "./wall_clock.ts";

/** Where things lie in the cell of a series. */
export interface CellPlan {
  /** The memory of one series: its value cell, then its exemplar cells. */
  readonly shape: CellShape;
  /** How many exemplars a series keeps: a counter's one, a histogram's one for each classic bucket or ten. */
  readonly exemplarSlots: number;
  /** From a series' cell to its first exemplar cell, in elements of 32 bits. */
  readonly exemplars32: number;
  /** Present if the family has native buckets. */
  readonly native?: NativePlan;
  /** Present if the family is a summary. */
  readonly sketch?: SketchPlan;
}

/**
 * Lays out the cell of a family's series.
 *
 * @param clock the owner's time of day; readers need none
 */
export function planCell(descriptor: Descriptor, clock?: WallClock): CellPlan {
  const { buckets } = descriptor;
  const now = clock === undefined ? undefined : () => clock.seconds();
  const native = descriptor.native && new NativePlan(buckets, descriptor.native, now);
  const sketch = descriptor.type === "summary" ? planSketch(descriptor) : undefined;
  const latch = native ?? sketch;
  const value: CellShape = latch === undefined
    ? valueShape(descriptor)
    : { arena: "latch", cellBytes: latch.cellBytes };
  const exemplarSlots = exemplarSlotsOf(descriptor);
  return {
    shape: withExtra(value, 4 * EXEMPLAR_CELL32 * exemplarSlots),
    exemplarSlots,
    exemplars32: value.cellBytes / 4,
    ...(native && { native }),
    ...(sketch && { sketch }),
  };
}

function planSketch({ quantiles, relativeError, windowSeconds }: Descriptor): SketchPlan {
  return new SketchPlan(quantiles.length === 0 ? undefined : { relativeError, windowSeconds });
}

function valueShape({ type, buckets }: Descriptor): CellShape {
  switch (type) {
    case "counter":
      return COUNTER_SHAPE;
    case "histogram":
    case "gaugehistogram":
      return histogramShape(buckets.length + 1);
    default:
      return GAUGE_SHAPE;
  }
}

function exemplarSlotsOf({ type, exemplars, buckets }: Descriptor): number {
  if (!exemplars) return 0;
  if (type === "counter") return 1;
  return buckets.length === 0 ? NATIVE_EXEMPLARS : buckets.length + 1;
}
