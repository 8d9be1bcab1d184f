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

/** Stops the contribution after so many stores. Returns how many stores were made, what was observed, and if parts are missing. */
function stopAfter(limit: number, { participants, living, former }: Story) {
  const ring = new StepRing(createStepRing(SLOTS));
  const ended = new TracedSlab(openSlab(createSlab({ bytes: 8 * PAGE_BYTES })));
  const [other, main] = [1, 2].map(() => openSlab(createSlab({ bytes: 8 * PAGE_BYTES })));
  const contribute = (contributor: number, step: number, slab: Slab) => {
    const given = contributor === ENDED || living !== "none";
    if (given) {
      ring.contribute(contributor, { step, participants, value: PARTS[contributor] }, observeIn(slab));
    }
  };
  ended.run(() => {
    ring.announce(ENDED, CELL32);
    for (let step = 0; step < former; step++) {
      contribute(LIVING, step, other);
      contribute(ENDED, step, ended.slab);
    }
  });
  if (living === "before") contribute(LIVING, former, other);
  const stores = ended.run(() => contribute(ENDED, former, ended.slab), limit);
  const outstanding = { step: former, participants, value: 0 };
  ring.takeOver(
    { contributor: ENDED, slab: ended.real.buffer as SharedArrayBuffer, bucketCount: BUCKETS },
    observeIn(main),
  );
  ring.contribute(ENDED, outstanding, observeIn(main));
  if (living === "after") contribute(LIVING, former, other);
  // The slot serves the steps that come round to it.
  for (let step = former + 1; step <= former + 2 * SLOTS; step++) {
    const part = { step, participants: 1 << LIVING, value: 1 };
    assertEquals(ring.contribute(LIVING, part, observeIn(other)), true);
  }
  const totals = [ended.real, other, main].map(totalsOf);
  const [count, sum] = totals.reduce(([counts, sums], [count, sum]) => [counts + count, sums + sum]);
  return { stores, count: count - 2 * SLOTS, sum: sum - 2 * SLOTS };
}

Deno.test("every prefix of a contribution leaves a step that is observed once when its contributor is given up", () => {
  const [own, both] = [1 << ENDED, 1 << ENDED | 1 << LIVING];
  const stories: Omit<Story, "former">[] = [
    { participants: own, living: "none" },
    { participants: both, living: "before" },
    { participants: both, living: "after" },
  ];
  for (const former of [0, 1, 2, SLOTS - 1, SLOTS, SLOTS + 1]) {
    for (const story of stories) {
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
