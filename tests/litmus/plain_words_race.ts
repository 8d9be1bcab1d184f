/**
 * What ECMAScript does not promise and counters and gauges rely on: a plain word is never seen older than it was seen
 * before. And what happens to plain words with two writers.
 *
 * @module
 */
import { COUNTER_PAGE, PAGE_BYTES } from "../../src/layout/cell_page.ts";
import { counterLow32 } from "../../src/layout/counter_cell.ts";
import { addToCounter, readCounterPage } from "../../src/slab/counter_cell.ts";
import { addToGauge, readGauge } from "../../src/slab/gauge_cell.ts";
import { createSlab, Slab } from "../../src/slab/slab.ts";
import { gap } from "./_gap.ts";
import { type Act, NO_OUTCOME, type Race } from "./_race.ts";

const CELL32 = (PAGE_BYTES + COUNTER_PAGE.bytes) / 4;
const STEPS = 16;

/** Adds without checking anything. */
function writer(memory: SharedArrayBuffer): Act {
  const slab = new Slab(memory);
  return () => {
    for (let k = 0; k < STEPS; k++) addToCounter(slab, CELL32, 1);
    return NO_OUTCOME;
  };
}

/** Reads the counter several times, as successive scrapes do. */
function reader(memory: SharedArrayBuffer): Act {
  const slab = new Slab(memory);
  const run = { cells: Int32Array.of(CELL32), from: 0, to: 1 };
  const out = new Float64Array(1);
  return (_round, writer) => {
    const start = writer.done() * STEPS;
    let last = start;
    for (let k = 0; k < 8; k++) {
      if (!readCounterPage(slab, run, out)) return 4;
      if (out[0] < last) return k === 0 ? 5 : 4;
      last = out[0];
    }
    const end = writer.begun() * STEPS;
    if (last > end) return 4;
    return last === start ? 0 : last < end ? 1 : 2;
  };
}

const race: Omit<Race, "name"> = {
  outcomes: [
    ["nothing new is seen", "ACCEPTABLE"],
    ["a part of what is new is seen", "ACCEPTABLE"],
    ["all that is new is seen", "ACCEPTABLE"],
    ["updates of a former round are there", "ACCEPTABLE"],
    ["a value older than one that was seen before, or never stored", "FORBIDDEN"],
    ["an update of a former round is lost", "FORBIDDEN"],
  ],
  memory: () => createSlab({ bytes: 4 * PAGE_BYTES }),
  lapRounds: 1e6,
  actors: [writer, reader],
};

/** Adds whole numbers to a gauge without checking anything. */
function gaugeWriter(memory: SharedArrayBuffer): Act {
  const slab = new Slab(memory);
  return () => {
    for (let k = 0; k < STEPS; k++) addToGauge(slab, CELL32, 1);
    return NO_OUTCOME;
  };
}

/** Reads the gauge several times. After its first step it never flips, so every read is valid. */
function gaugeReader(memory: SharedArrayBuffer): Act {
  const slab = new Slab(memory);
  const reading = { value: 0, stamp: 0, touched: false };
  return (_round, writer) => {
    const start = writer.done() * STEPS;
    let last = start;
    for (let k = 0; k < 8; k++) {
      if (!readGauge(slab, CELL32, reading) && start > 0) return 4;
      if (reading.value < last) return k === 0 ? 5 : 4;
      last = reading.value;
    }
    const end = writer.begun() * STEPS;
    if (last > end) return 4;
    return last === start ? 0 : last < end ? 1 : 2;
  };
}

/** Adds one a round as addToCounter() does, which is a load and a store. */
function intruder(memory: SharedArrayBuffer): Act {
  const { i32 } = new Slab(memory);
  const low32 = counterLow32(CELL32);
  return () => {
    const low = i32[low32] + 1;
    gap();
    i32[low32] = low;
    return NO_OUTCOME;
  };
}

/** Adds as the other side does, and looks for what is missing. */
function secondWriter(memory: SharedArrayBuffer): Act {
  const slab = new Slab(memory);
  const low32 = counterLow32(CELL32);
  let lost = 0;
  return (round, other) => {
    const missing = other.done() + round - slab.i32[low32];
    addToCounter(slab, CELL32, 1);
    const isLost = missing > lost;
    lost = Math.max(lost, missing);
    return isLost ? 5 : 3;
  };
}

export const races: readonly Race[] = [
  { ...race, name: "a counter is never seen older than it was seen before" },
  {
    ...race,
    name: "a gauge is never seen older than it was seen before",
    actors: [gaugeWriter, gaugeReader],
  },
  { ...race, name: "a counter with two writers", broken: true, actors: [intruder, secondWriter] },
];
