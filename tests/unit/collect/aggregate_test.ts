import { assertEquals } from "@std/assert";
import {
  clearMerged,
  combineFor,
  combineTotals,
  cumulate,
  divideSums,
  isLiveMode,
  isPerWorkerMode,
  type MergedValues,
} from "../../../src/collect/aggregate.ts";
import { Column } from "../../../src/collect/column.ts";
import { MERGE_MODES, type MergeMode } from "../../../src/model/metric_type.ts";

/** What one worker says of a gauge's only series: a value and its stamp, or nothing if it never set it. */
type Said = readonly [value: number, stamp?: number] | undefined;

class GaugeColumn extends Column {
  override readonly epoch: number | undefined;

  /** @param epoch the incarnation that says it; none if it is kept from ended ones, and then the stamp is that */
  constructor(said: Said, epoch?: number) {
    super(1);
    this.epoch = epoch;
    this.growGaugeColumns();
    this.append(0);
    this.values[0] = said?.[0] ?? 0;
    this.stamps[0] = said?.[1] ?? 0;
    this.touched[0] = said === undefined ? 0 : 1;
  }
}

function newMerged(size = 1): MergedValues {
  return { values: new Float64Array(size), stamps: new Float64Array(size), touched: new Uint8Array(size) };
}

function merge(mode: MergeMode, workers: readonly Said[]): number | undefined {
  const merged = newMerged();
  for (const said of workers) combineFor(mode)(new GaugeColumn(said), merged);
  if (mode === "liveaverage") divideSums(merged);
  return merged.touched[0] === 0 ? undefined : merged.values[0];
}

/** All orders of three workers. */
function ordersOf(a: Said, b: Said, c: Said): Said[][] {
  return [[a, b, c], [a, c, b], [b, a, c], [b, c, a], [c, a, b], [c, b, a]];
}

Deno.test("combineFor() merges as the mode's name says, whatever the order of the workers", () => {
  for (const workers of ordersOf([3, 7], [-2, 9], [5, 8])) {
    for (const mode of ["sum", "livesum"] as const) assertEquals(merge(mode, workers), 6);
    for (const mode of ["min", "livemin"] as const) assertEquals(merge(mode, workers), -2);
    for (const mode of ["max", "livemax"] as const) assertEquals(merge(mode, workers), 5);
    for (const mode of ["mostrecent", "livemostrecent", "latest"] as const) {
      assertEquals(merge(mode, workers), -2, "the value of stamp 9");
    }
    assertEquals(merge("liveaverage", workers), 2);
  }
});

Deno.test("case 39: liveaverage is the same whatever the order of the workers", () => {
  for (const workers of ordersOf([Infinity], [1], undefined)) {
    assertEquals(merge("liveaverage", workers), Infinity);
  }
  for (const workers of ordersOf([Infinity], [-Infinity], [1])) {
    assertEquals(merge("liveaverage", workers), NaN);
  }
  for (const workers of ordersOf([NaN], [1], [2])) assertEquals(merge("liveaverage", workers), NaN);
  for (const workers of ordersOf([7], [7], [7])) assertEquals(merge("liveaverage", workers), 7);
});

Deno.test("clearMerged() leaves nothing of few or of many series", () => {
  for (const size of [0, 1, 32, 33, 1000]) {
    const merged = newMerged(size);
    for (const values of Object.values(merged)) values.fill(1);
    merged.values.fill(NaN);
    clearMerged(merged);
    assertEquals(merged, newMerged(size));
  }
});

Deno.test("combineFor() leaves out workers that never set the gauge", () => {
  for (const mode of MERGE_MODES) {
    assertEquals(merge(mode, [undefined, undefined]), undefined);
    for (const workers of ordersOf(undefined, [4, -1], undefined)) {
      assertEquals(merge(mode, workers), 4, mode);
    }
  }
});

Deno.test("case 39: combineFor() gives NaN only if there is no number, whatever the order of the workers", () => {
  for (const mode of ["min", "livemin", "max", "livemax", "latest"] as const) {
    for (const workers of ordersOf([NaN, 1], [5, 1], undefined)) assertEquals(merge(mode, workers), 5, mode);
    for (const workers of ordersOf([NaN, 1], [NaN, 1], undefined)) {
      assertEquals(merge(mode, workers), NaN, mode);
    }
  }
  for (const workers of ordersOf([NaN, 3], [5, 1], [6, 2])) {
    assertEquals(merge("mostrecent", workers), NaN, "NaN was set last");
    assertEquals(merge("sum", workers), NaN);
  }
});

Deno.test("combineFor() takes the greatest of the values with the greatest stamp", () => {
  for (const workers of ordersOf([1, 4], [3, 4], [9, 2])) assertEquals(merge("latest", workers), 3);
});

Deno.test("combineFor() lets a later incarnation replace an earlier one in modes that keep workers apart", () => {
  for (const mode of ["all", "liveall"] as const) {
    for (const epochs of [[3, 4, 5], [5, 4, 3], [4, 3, 5]]) {
      const merged = newMerged();
      for (const epoch of epochs) {
        // The fifth incarnation never set the gauge.
        combineFor(mode)(new GaugeColumn(epoch === 5 ? undefined : [10 * epoch, 99], epoch), merged);
      }
      assertEquals([...merged.values], [40], `${epochs}`);
      // What is merged of ended ones may be merged again.
      combineFor(mode)(new GaugeColumn([merged.values[0], merged.stamps[0]]), merged);
      combineFor(mode)(new GaugeColumn([30, 99], 3), merged);
      assertEquals([...merged.values, ...merged.stamps], [40, 4]);
    }
  }
});

Deno.test("combineTotals() adds series to their places and passes hidden ones over", () => {
  for (const stride of [1, 3]) {
    const column = new Column(stride);
    for (let k = 0; k < 4; k++) {
      column.append(k);
      column.values.fill(k + 1, k * stride, (k + 1) * stride);
    }
    column.positions.set([2, -1, 0, 2]);
    const merged = newMerged(3 * stride);
    combineTotals(column, merged);
    combineTotals(column, merged);
    assertEquals([...merged.values], [6, 0, 10].flatMap((value) => Array(stride).fill(value)));
  }
});

Deno.test("cumulate() adds up buckets and leaves sums alone", () => {
  const values = Float64Array.of(1, 2, 3, 0.5, 10, 0, 1, 7);
  cumulate(values, 4);
  assertEquals([...values], [1, 3, 6, 0.5, 10, 10, 11, 7]);
});

Deno.test("isLiveMode() and isPerWorkerMode() sort the modes", () => {
  assertEquals(MERGE_MODES.filter(isLiveMode), [
    "liveall",
    "livesum",
    "livemin",
    "livemax",
    "livemostrecent",
    "liveaverage",
  ]);
  assertEquals(MERGE_MODES.filter(isPerWorkerMode), ["all", "liveall"]);
});
