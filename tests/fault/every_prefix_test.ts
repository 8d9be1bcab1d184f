/**
 * A writer that ends after any of its stores leaves what was there before, or what it meant to leave.
 */
import { assert, assertEquals } from "@std/assert";
import { COUNTER_PAGE, PAGE_BYTES, PAGE_MASK32 } from "../../src/layout/cell_page.ts";
import { DIRECTORY_START } from "../../src/layout/slab_header.ts";
import { type CellShape, COUNTER_SHAPE, GAUGE_SHAPE, histogramShape } from "../../src/slab/cell_shape.ts";
import { RemovalLog } from "../../src/registry/removal_log.ts";
import { addToCounter, readCounter, readCounterPage } from "../../src/slab/counter_cell.ts";
import { DirectoryReader, type DirectoryRecord } from "../../src/slab/directory.ts";
import {
  addToGauge,
  flipGauge,
  type GaugeReading,
  readGauge,
  setGauge,
  setStampedGauge,
} from "../../src/slab/gauge_cell.ts";
import {
  addToHistogram,
  observeAll,
  observedStep,
  observeHistogram,
  readHistogram,
} from "../../src/slab/histogram_cell.ts";
import type { Slab } from "../../src/slab/slab.ts";
import { SlabWriter } from "../../src/slab/slab_writer.ts";
import { checkEveryPrefix } from "../_support/every_prefix.ts";

const CELL32 = (PAGE_BYTES + COUNTER_PAGE.bytes) / 4;

/** A counter read by its page if that is valid, as a scrape does, and always by its cell. */
function readBothWays(slab: Slab): number {
  const value = readCounter(slab, CELL32);
  const out = new Float64Array(1);
  if (readCounterPage(slab, { cells: Int32Array.of(CELL32), from: 0, to: 1 }, out)) {
    assertEquals(out[0], value);
  }
  return value;
}

Deno.test("every prefix of an integer increment leaves the counter as before or after", () => {
  const stores = checkEveryPrefix({
    write: (slab) => addToCounter(slab, CELL32, 5),
    read: readBothWays,
  });
  assertEquals(stores, 1);
});

Deno.test("every prefix of a fractional increment leaves the counter as before or after", () => {
  for (const start of [[], [7], [0.5], [7, 0.25, 0.5], [2 ** 31 - 1, 2 ** 40]]) {
    const stores = checkEveryPrefix({
      prepare: (slab) => start.forEach((amount) => addToCounter(slab, CELL32, amount)),
      write: (slab) => addToCounter(slab, CELL32, 0.125),
      read: readBothWays,
    });
    assertEquals(stores, 6);
  }
});

Deno.test("every prefix of an increment that carries leaves the counter as before or after", () => {
  for (const start of [[2 ** 31 - 1], [2 ** 31 - 1, 0.5], [2 ** 31 - 1, 2 ** 31]]) {
    for (const amount of [1, 2 ** 31 - 1, 2 ** 31, 2 ** 45 + 3]) {
      checkEveryPrefix({
        prepare: (slab) => start.forEach((value) => addToCounter(slab, CELL32, value)),
        write: (slab) => addToCounter(slab, CELL32, amount),
        read: readBothWays,
      });
    }
  }
});

Deno.test("case 40: every prefix of an increment leaves before or after while the sequences wrap", () => {
  for (const sequence of [-1, -2, 2 ** 31 - 1]) {
    for (const flips of [-2, 2 ** 31 - 2]) {
      checkEveryPrefix({
        prepare: (slab) => {
          for (let k = 0; k < 2 + (sequence & 1); k++) addToCounter(slab, CELL32, 0.5);
          slab.i32[CELL32] = sequence;
          slab.i32[CELL32 & PAGE_MASK32] = flips;
        },
        write: (slab) => addToCounter(slab, CELL32, 0.5),
        read: readBothWays,
      });
    }
  }
});

function gaugeOf(slab: Slab): GaugeReading {
  const reading = { value: -1, stamp: -1, touched: false };
  assert(readGauge(slab, CELL32, reading));
  return reading;
}

Deno.test("every prefix of setting a gauge leaves value and stamp as before or after", () => {
  for (const sets of [0, 1, 2]) {
    const stores = checkEveryPrefix({
      prepare: (slab) => {
        for (let k = 0; k < sets; k++) setStampedGauge(slab, CELL32, 10 + k, k);
      },
      write: (slab) => setStampedGauge(slab, CELL32, 5, 99),
      read: gaugeOf,
    });
    assertEquals(stores, 3);
  }
  for (const sequence of [-1, -2, -3, -4, 2 ** 31 - 1, 2 ** 31 - 2]) {
    for (const value of [5, 0.5]) {
      checkEveryPrefix({
        prepare: (slab) => slab.i32[CELL32] = sequence,
        write: (slab) => flipGauge(slab, CELL32, value),
        read: gaugeOf,
      });
    }
  }
});

Deno.test("every prefix of a gauge's way between whole numbers and others leaves it as before or after", () => {
  const starts = [[], [7], [0.5], [7, 0.5], [0.5, 7], [7, 8, -0], [0.5, 0.25, 2 ** 31 - 1]];
  for (const start of starts) {
    const prepare = (slab: Slab) => start.forEach((value) => setGauge(slab, CELL32, value));
    const stores = (write: (slab: Slab) => void) => checkEveryPrefix({ prepare, write, read: gaugeOf });
    const isWhole = start.length > 0 && Number.isInteger(start.at(-1)) && !Object.is(start.at(-1), -0);
    const fits = start.at(-1) !== 2 ** 31 - 1;
    assertEquals(stores((slab) => setGauge(slab, CELL32, 5)), isWhole ? 1 : 2);
    assertEquals(stores((slab) => setGauge(slab, CELL32, 5.5)), 2);
    assertEquals(stores((slab) => addToGauge(slab, CELL32, 1)), isWhole && fits ? 1 : 2);
    assertEquals(stores((slab) => addToGauge(slab, CELL32, 0.75)), 2);
    assertEquals(stores((slab) => flipGauge(slab, CELL32, 5)), 2);
  }
});

const BOUNDS = Float64Array.of(1, 2, 4);

/** The buckets and the sum, and the step that the last observation belongs to. */
function histogramOf(slab: Slab): number[] {
  const out = new Float64Array(5);
  assert(readHistogram(slab, CELL32, { out, at: 0, bucketCount: 4 }));
  return [...out, observedStep(slab, CELL32, 4)];
}

function observeOneByOne(slab: Slab, values: readonly number[]): void {
  values.forEach((value, k) => observeHistogram(slab, CELL32, BOUNDS, value, 10 + k));
}

/** What may come after an observation. */
const NEXT: readonly ((slab: Slab) => void)[] = [
  (slab) => observeHistogram(slab, CELL32, BOUNDS, 0.5),
  (slab) => observeHistogram(slab, CELL32, BOUNDS, 100),
  (slab) => observeAll(slab, { cell32: CELL32, bounds: BOUNDS }, [1.5, 1.5, 3], 3),
  (slab) => addToHistogram(slab, CELL32, Float64Array.of(0, 5, 0, 1), 12),
  (slab) => observeOneByOne(slab, [1.5, 3]),
];

const STARTS = [[], [0.5], [3, 0.5], [3, 3, 9], [9, 0.5, 0.5]];

Deno.test("case 2, case 3: every prefix of an observation leaves buckets and sum as before or after", () => {
  for (const start of STARTS) {
    for (const value of [0.5, 3, 100]) {
      const stores = checkEveryPrefix({
        prepare: (slab) => observeOneByOne(slab, start),
        write: (slab) => observeHistogram(slab, CELL32, BOUNDS, value, 99),
        read: histogramOf,
        next: NEXT,
      });
      assertEquals(stores, 6);
    }
  }
});

Deno.test("every prefix of several observations at once leaves buckets and sum as before or after", () => {
  for (const start of STARTS) {
    const prepare = (slab: Slab) => observeOneByOne(slab, start);
    const check = (write: (slab: Slab) => void) =>
      checkEveryPrefix({ prepare, write, read: histogramOf, next: NEXT });
    check((slab) => observeAll(slab, { cell32: CELL32, bounds: BOUNDS }, [3, 0.5, 100, 0.5], 4));
    check((slab) => addToHistogram(slab, CELL32, Float64Array.of(4, 0, 7, 1), 30));
  }
});

/** What a new reader learns of a directory, without the places of cells, which no two series share. */
function directoryOf(
  slab: Slab,
): Pick<DirectoryRecord, "kind" | "familyId" | "dormant" | "reclaimed" | "payload">[] {
  const cells = new Set<number>();
  const records: ReturnType<typeof directoryOf> = [];
  new DirectoryReader(slab).read(({ kind, familyId, dormant, reclaimed, payload, cellOffset }) => {
    assert(cellOffset === 0 || !cells.has(cellOffset), "two series share a cell");
    cells.add(cellOffset);
    records.push({ kind, familyId, dormant, reclaimed, payload: reclaimed ? new Uint8Array(0) : payload });
  });
  return records;
}

const LABELS = Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8, 9);

/** A story about what one writer does to a slab's directory. */
function directoryStory(parts: { prepare?(writer: SlabWriter): void; write(writer: SlabWriter): void }) {
  let writer: SlabWriter;
  return {
    prepare: (slab: Slab) => {
      writer = new SlabWriter(slab, () => nowMs);
      parts.prepare?.(writer);
    },
    write: () => parts.write(writer),
    read: directoryOf,
  };
}
let nowMs = 0;

Deno.test("case 56: every prefix of appending leaves the directory as before or after, and no hole", () => {
  const shapes: CellShape[] = [COUNTER_SHAPE, GAUGE_SHAPE, histogramShape(3)];
  for (const shape of shapes) {
    const series = { familyId: 0, payload: LABELS, ...shape };
    checkEveryPrefix(directoryStory({
      write: (writer) => writer.appendFamily('{"name":"a"}', { ...shape, payload: LABELS }) && undefined,
    }));
    checkEveryPrefix(directoryStory({ write: (writer) => writer.appendSeries(series) }));
    checkEveryPrefix(directoryStory({
      prepare: (writer) => writer.appendSeries({ ...series, payload: Uint8Array.of(1) }),
      write: (writer) => writer.appendSeries({ ...series, dormant: true }),
    }));
    checkEveryPrefix(directoryStory({ write: (writer) => writer.appendRemoval('{"family":"a"}') }));
  }
});

Deno.test("every prefix of reclaiming a series leaves it, or its absence", () => {
  const stores = checkEveryPrefix(directoryStory({
    prepare: (writer) => {
      writer.appendSeries({ familyId: 0, payload: LABELS, ...COUNTER_SHAPE });
      writer.appendSeries({ familyId: 0, payload: LABELS, ...COUNTER_SHAPE });
    },
    write: (writer) =>
      writer.reclaim({ start: DIRECTORY_START, familyId: 0, cellBytes: COUNTER_SHAPE.cellBytes }),
  }));
  assertEquals(stores, 3);
});

Deno.test("every prefix of using a reclaimed record anew leaves its absence, or the new series at 0", () => {
  const series = { familyId: 0, ...COUNTER_SHAPE };
  let cell32 = 0;
  const story = directoryStory({
    prepare: (writer) => {
      nowMs = 0;
      cell32 = writer.appendSeries({ ...series, payload: LABELS }) / 4;
      addToCounter(writer.slab, cell32, 2 ** 31 + 5);
      addToCounter(writer.slab, cell32, 0.5);
      writer.reclaim({ start: DIRECTORY_START, ...series });
      nowMs = 60_000;
    },
    write: (writer) => writer.appendSeries({ ...series, payload: LABELS.map((byte) => 2 * byte) }),
  });
  checkEveryPrefix({
    ...story,
    loses: true,
    read: (slab) => {
      const records = directoryOf(slab);
      return { records, value: records[0].reclaimed ? undefined : readCounter(slab, cell32) };
    },
  });
});

/** The removals that a new reader learns of. */
function removalsOf(slab: Slab): [family: string, number: number][] {
  const removals: [string, number][] = [];
  new RemovalLog(slab).read(({ family }, number) => removals.push([family, number]));
  return removals;
}

Deno.test("every prefix of forgetting removals, and of using their records anew, leaves before or after", () => {
  const prepare = (writer: SlabWriter) => {
    for (const family of ["a", "b", "c"]) writer.appendRemoval(JSON.stringify({ family }));
  };
  checkEveryPrefix({
    ...directoryStory({ prepare, write: (writer) => writer.forgetRemovals(2) }),
    loses: true,
    read: removalsOf,
  });
  const stores = checkEveryPrefix({
    ...directoryStory({
      prepare: (writer) => {
        prepare(writer);
        writer.forgetRemovals(2);
      },
      write: (writer) => writer.appendRemoval('{"family":"another"}'),
    }),
    loses: true,
    read: removalsOf,
  });
  assert(stores > 3);
});
