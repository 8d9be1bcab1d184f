import { assertEquals, assertThrows } from "@std/assert";
import { type StepContributor, StepHistogram } from "../../../src/metric/step_histogram.ts";
import type { Registry } from "../../../src/registry/registry.ts";
import { createStepRing } from "../../../src/slab/step_ring.ts";
import { Fleet } from "../../_support/fleet.ts";

const define = (registry: Registry) =>
  new StepHistogram({ name: "tokens", help: "h", buckets: [5, 10, 20], registry }).own();

/** A small generator of whole numbers, the same in each run. */
function generator(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1103515245) + 12345) & 0x7fffffff;
    return Math.floor(state / 0x80000000 * below);
  };
}

function setup(slots = 1024) {
  const fleet = new Fleet();
  const ring = createStepRing(slots);
  const supervisor = define(fleet.main);
  const workers = [0, 1, 2].map((slot) => {
    const worker = fleet.start(slot);
    return { ...worker, slot, join: define(worker.registry).join(ring, slot) };
  });
  const values = () => [...[...fleet.collector.blocks()][0].values];
  return { fleet, ring, supervisor, workers, values };
}

Deno.test("a step that several workers contribute to is one observation of the whole", () => {
  const { workers, values } = setup();
  workers[0].join.contribute({ step: 0, participants: 0b101, value: 4 });
  assertEquals(values(), [0, 0, 0, 0, 0]);
  workers[2].join.contribute({ step: 0, participants: 0b101, value: 7 });
  assertEquals(values(), [0, 0, 1, 1, 11]);
  workers[1].join.contribute({ step: 1, participants: 0b010, value: 3 });
  assertEquals(values(), [1, 1, 2, 2, 14]);
});

Deno.test("contributions that are far ahead wait for the ring and are made in order", () => {
  const { workers, values } = setup(64);
  for (let step = 0; step < 200; step++) workers[0].join.contribute({ step, participants: 0b11, value: 1 });
  assertEquals(workers[0].join.flush(), 200 - 64);
  for (let step = 0; step < 200; step++) {
    workers[1].join.contribute({ step, participants: 0b11, value: 1 });
    workers[0].join.flush();
  }
  assertEquals(workers[0].join.flush() + workers[1].join.flush(), 0);
  assertEquals(values(), [200, 200, 200, 200, 400]);
});

Deno.test("step numbers wrap at 2 ** 32", () => {
  const { ring, workers, values } = setup(64);
  const slots = new Int32Array(ring, 256);
  const round = 2 ** 32 / 64 - 1;
  for (let k = 0; k < 64; k++) slots[k * 8] = (round << 6) | 0;
  for (let i = 0; i < 130; i++) {
    const step = (2 ** 32 - 64 + i) % 2 ** 32;
    for (const slot of [0, 1]) workers[slot].join.contribute({ step, participants: 0b11, value: 1 });
  }
  assertEquals(values(), [130, 130, 130, 130, 260]);
});

Deno.test("an ended contributor holds up no step, and what it contributed counts", () => {
  const { fleet, ring, supervisor, workers, values } = setup();
  workers[0].join.contribute({ step: 0, participants: 0b111, value: 1 });
  workers[2].join.contribute({ step: 0, participants: 0b111, value: 2 });
  workers[2].join.contribute({ step: 1, participants: 0b110, value: 4 });
  workers[1].join.contribute({ step: 2, participants: 0b110, value: 8 });
  supervisor.takeOver(ring, { contributor: 2, slab: workers[2].buffer });
  fleet.end(workers[2]);
  assertEquals(values(), [0, 1, 1, 1, 8], "step 2 waited for the ended one alone");
  workers[1].join.contribute({ step: 0, participants: 0b111, value: 16 });
  workers[1].join.contribute({ step: 1, participants: 0b110, value: 32 });
  assertEquals(values(), [0, 1, 2, 3, 8 + 19 + 36]);
});

Deno.test("a step that went to the ended contributor alone gives its slot free and counts with nothing", () => {
  const { ring, supervisor, workers, values } = setup(64);
  const rest = supervisor.takeOver(ring, {
    contributor: 2,
    slab: workers[2].buffer,
    outstanding: [{ step: 0, participants: 0b100 }, { step: 64, participants: 0b110 }],
  });
  assertEquals(rest.flush(), 0);
  workers[1].join.contribute({ step: 64, participants: 0b110, value: 7 });
  workers[0].join.contribute({ step: 128, participants: 0b001, value: 7 });
  assertEquals(values(), [1, 3, 3, 3, 14]);
});

for (const observed of [false, true]) {
  Deno.test(`a contributor that dies after its claim, ${observed ? "after" : "before"} observing, counts exactly once`, () => {
    const { fleet, ring, supervisor, workers, values } = setup();
    workers[0].join.contribute({ step: 0, participants: 0b011, value: 3 });
    const words = new Int32Array(ring);
    if (observed) {
      // WHY: the state as the claimer leaves it when it dies before it frees the slot.
      workers[1].join.contribute({ step: 0, participants: 0b011, value: 4 });
      words[64] = 2;
    } else {
      words[64 + 1] += 4;
      words[64 + 3] |= 2;
      words[64] = 2;
    }
    supervisor.takeOver(ring, { contributor: 1, slab: workers[1].buffer });
    fleet.end(workers[1]);
    assertEquals(values(), [0, 1, 1, 1, 7]);
    assertEquals(words[64], 1 << 6, "the slot is free for the next round");
  });
}

for (const removal of ["removed", "cleared"]) {
  Deno.test(`a contributor whose series was ${removal} and that dies after it observed counts exactly once`, () => {
    const fleet = new Fleet();
    const [ring, other] = [createStepRing(64), createStepRing(64)];
    const define = (registry: Registry) =>
      new StepHistogram({ name: "tokens", help: "h", labelNames: ["engine"], buckets: [5], registry });
    const worker = fleet.start(0);
    const tokens = define(worker.registry);
    const [join, rest] = [ring, other].map((memory) => tokens.labels("0").join(memory, 0));
    join.contribute({ step: 0, participants: 1, value: 3 });
    if (removal === "removed") tokens.remove("0");
    else tokens.clear();
    fleet.scrape();
    const supervisor = define(fleet.main).labels("0");
    for (const [contributor, memory] of [[join, ring], [rest, other]] as const) {
      contributor.contribute({ step: 1, participants: 1, value: 4 });
      // WHY: the state as the claimer leaves it when it dies before it frees the slot.
      const words = new Int32Array(memory);
      words[64 + 8] = 1;
      supervisor.takeOver(memory, { contributor: 0, slab: worker.buffer });
      assertEquals(words[64 + 8], 1 << 6, "the slot is free for the next round");
    }
    const samples = fleet.scrape();
    assertEquals(samples.get('tokens_count{engine="0"}'), 2);
  });
}

Deno.test("counts and sums are exact over many steps with a death among them", () => {
  const { fleet, ring, supervisor, workers, values } = setup();
  const random = generator(7);
  const queues: { step: number; participants: number; value: number }[][] = [[], [], []];
  let sum = 0;
  let alive = 0b111;
  let successor: StepContributor | undefined;
  const steps = 5_000;
  for (let step = 0; step < steps; step++) {
    const participants = (1 + random(7)) & alive || 1;
    for (const { slot } of workers) {
      if ((participants & (1 << slot)) === 0) continue;
      const value = random(9);
      sum += value;
      queues[slot].push({ step, participants, value });
    }
    for (const { slot, join } of workers) {
      if ((alive & (1 << slot)) === 0) continue;
      for (let n = random(4); n > 0 && queues[slot].length > 0; n--) join.contribute(queues[slot].shift()!);
    }
    if (step !== steps / 2) continue;
    assertEquals(workers[2].join.flush(), 0, "nothing of the ended one waits, or it would be lost with it");
    sum -= queues[2].reduce((lost, { value }) => lost + value, 0);
    alive = 0b011;
    successor = supervisor.takeOver(ring, {
      contributor: 2,
      slab: workers[2].buffer,
      outstanding: queues[2],
    });
    fleet.end(workers[2]);
  }
  for (let turn = 0; turn < 2 * steps; turn++) {
    successor?.flush();
    for (const i of [0, 1]) {
      if (queues[i].length > 0) workers[i].join.contribute(queues[i].shift()!);
      workers[i].join.flush();
    }
  }
  assertEquals(values().slice(-2), [steps, sum]);
});

Deno.test("contribute() and join() refuse what cannot be", () => {
  const { ring, supervisor, workers, values } = setup();
  const { join } = workers[0];
  for (const value of [-1, 0.5, NaN, 2 ** 31, "3" as unknown as number]) {
    assertThrows(
      () => join.contribute({ step: 0, participants: 1, value }),
      RangeError,
      "wanted a whole number from 0",
    );
  }
  assertThrows(
    () => join.contribute({ step: 0, participants: 2, value: 1 }),
    RangeError,
    "not among the participants",
  );
  for (const contributor of [-1, 31, 0.5]) {
    assertThrows(() => supervisor.join(ring, contributor), RangeError, "wanted a whole number from 0 to 30");
  }
  assertEquals(values(), [0, 0, 0, 0, 0]);
});
