/**
 * A contributor to a step that ends after any of its stores: once its supervisor has taken over, the step was observed
 * once, with the whole of what was contributed, and its slot is free.
 */
import { assertEquals, assertGreater } from "@std/assert";
import { COUNTER_PAGE, PAGE_BYTES } from "../../src/layout/cell_page.ts";
import { observeHistogram, readHistogram } from "../../src/slab/histogram_cell.ts";
import { createSlab, openSlab, type Slab } from "../../src/slab/slab.ts";
import { createStepRing, type ObserveStep, StepRing } from "../../src/slab/step_ring.ts";
import { TracedSlab } from "../_support/traced_slab.ts";

const CELL32 = (PAGE_BYTES + COUNTER_PAGE.bytes) / 4;
const BOUNDS = Float64Array.of(8, 64);
const BUCKETS = BOUNDS.length + 1;
const SLOTS = 64;

/** The contributors: one that ends, one that goes on. Each has parts of its own. */
const ENDED = 0;
const LIVING = 1;
const PARTS = [5, 20];

function observeIn(slab: Slab): ObserveStep {
  return (total, step) => observeHistogram(slab, CELL32, BOUNDS, total, step);
}

/** How often was observed, and the sum. */
function totalsOf(slab: Slab): [count: number, sum: number] {
  const out = new Float64Array(BUCKETS + 1);
  readHistogram(slab, CELL32, { out, at: 0, bucketCount: BUCKETS });
  return [out[0] + out[1] + out[2], out[BUCKETS]];
}

/** A step, of which the living one's part comes before the end of the other or after it, or which has none. */
interface Story {
  readonly participants: number;
  readonly living: "before" | "after" | "none";
  /** Steps that went before, all observed. */
  readonly former: number;
}

/** The threads of a story: three slabs, and an end of the ring for each. */
function play({ participants, living, former }: Story) {
  const memory = createStepRing(SLOTS);
  const ended = new TracedSlab(openSlab(createSlab({ bytes: 8 * PAGE_BYTES })));
  const [other, main] = [1, 2].map(() => openSlab(createSlab({ bytes: 8 * PAGE_BYTES })));
  const [endedEnd, livingEnd, mainEnd] = [0, 1, 2].map(() => new StepRing(memory));
  const contributeLiving = (step: number) => {
    if (living === "none") return;
    livingEnd.contribute(LIVING, { step, participants, value: PARTS[LIVING] }, observeIn(other));
  };
  const contributeEnded = (step: number, limit?: number) =>
    ended.run(
      () => endedEnd.contribute(ENDED, { step, participants, value: PARTS[ENDED] }, observeIn(ended.slab)),
      limit,
    );
  ended.run(() => endedEnd.announce(ENDED, CELL32));
  for (let step = 0; step < former; step++) {
    contributeLiving(step);
    contributeEnded(step);
  }
  if (living === "before") contributeLiving(former);
  /** How often was observed, and the sum, when each slot has served the steps that come round to it. */
  const totals = () => {
    if (living === "after") contributeLiving(former);
    for (let step = former + 1; step <= former + 2 * SLOTS; step++) {
      const part = { step, participants: 1 << LIVING, value: 1 };
      assertEquals(livingEnd.contribute(LIVING, part, observeIn(other)), true);
    }
    const [count, sum] = [ended.real, other, main].map(totalsOf)
      .reduce(([counts, sums], [count, sum]) => [counts + count, sums + sum]);
    return { count: count - 2 * SLOTS, sum: sum - 2 * SLOTS };
  };
  return { ended, main, mainEnd, contributeEnded, totals };
}

/** Ends the contributor after so many stores. Returns how many were made, and what was observed. */
function stopAfter(limit: number, story: Story) {
  const { ended, main, mainEnd, contributeEnded, totals } = play(story);
  const { participants, former } = story;
  const stores = contributeEnded(former, limit);
  const outstanding = { step: former, participants, value: 0 };
  mainEnd.takeOver(
    { contributor: ENDED, slab: ended.real.buffer as SharedArrayBuffer, bucketCount: BUCKETS },
    observeIn(main),
  );
  mainEnd.contribute(ENDED, outstanding, observeIn(main));
  return { stores, ...totals() };
}

/** An exception stops the contributor after so many stores, as often as is told, and it makes the contribution again. */
function failAfter(limits: readonly number[], story: Story) {
  const { contributeEnded, totals } = play(story);
  for (const limit of limits) contributeEnded(story.former, limit);
  contributeEnded(story.former);
  return totals();
}

const STORIES: readonly Omit<Story, "former">[] = [
  { participants: 1 << ENDED, living: "none" },
  { participants: 1 << ENDED | 1 << LIVING, living: "before" },
  { participants: 1 << ENDED | 1 << LIVING, living: "after" },
];
const FORMERS = [0, 1, 2, SLOTS - 1, SLOTS, SLOTS + 1];

Deno.test("every prefix of a contribution leaves a step that is observed once when its contributor is given up", () => {
  for (const former of FORMERS) {
    for (const story of STORIES) {
      const rest = story.living === "none" ? 0 : PARTS[LIVING];
      const { stores } = stopAfter(Infinity, { ...story, former });
      assertGreater(stores, story.living === "after" ? 2 : 8);
      for (let limit = 0; limit <= stores; limit++) {
        const found = stopAfter(limit, { ...story, former });
        const missing = limit === 0 ? PARTS[ENDED] : 0;
        const sum = (former + 1) * (PARTS[ENDED] + rest) - missing;
        const message = `${JSON.stringify({ ...story, former })}, after ${limit} of ${stores} stores`;
        assertEquals({ ...found, stores: limit }, { stores: limit, count: former + 1, sum }, message);
      }
    }
  }
});

Deno.test("every prefix of a contribution that an exception stops is gone on from when the contribution is made again", () => {
  for (const former of FORMERS) {
    for (const story of STORIES) {
      const rest = story.living === "none" ? 0 : PARTS[LIVING];
      const whole = { count: former + 1, sum: (former + 1) * (PARTS[ENDED] + rest) };
      const { stores } = stopAfter(Infinity, { ...story, former });
      for (let first = 0; first <= stores; first++) {
        for (let second = 0; second <= stores; second++) {
          const message = `${JSON.stringify({ ...story, former })}, after ${first}, then ${second} stores`;
          assertEquals(failAfter([first, second], { ...story, former }), whole, message);
        }
      }
    }
  }
});
