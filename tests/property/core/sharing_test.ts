/**
 * Gauges whose memory is shared in the midst of their updates: whoever has it reads what was set.
 */
import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { Collector } from "../../../src/collect/collector.ts";
import { Commit } from "../../../src/metric/commit.ts";
import { Gauge } from "../../../src/metric/gauge.ts";
import { Registry } from "../../../src/registry/registry.ts";
import { samplesOf, SMALL_SLAB_BYTES } from "../../_support/fleet.ts";
import { testProperty } from "../../_support/property.ts";
import type { ReadingOrder } from "../../_support/reading_thread.ts";
import { Thread, turn } from "../../_support/threads.ts";

const number = fc.oneof(
  fc.integer({ min: -3, max: 3 }),
  fc.constantFrom(0.5, -0.5, 0.1, -0, 2 ** 31 - 1, -(2 ** 31), 2 ** 31, 1e300, Infinity),
  fc.double({ noNaN: true }),
);

const step = fc.oneof(
  { weight: 8, arbitrary: fc.tuple(fc.constantFrom("set", "inc", "dec", "commit"), fc.nat(1), number) },
  { weight: 1, arbitrary: fc.tuple(fc.constant("scrape"), fc.nat(1), fc.constant(0)) },
);

function define() {
  const registry = new Registry({ slabBytes: SMALL_SLAB_BYTES });
  const gauges = ["a", "b"].map((name) => new Gauge({ name, help: "h", registry }));
  return { registry, gauges };
}

testProperty(
  "Gauge: any updates before and after its memory is shared leave what numbers do, for its owner and for who has it",
  fc.property(fc.array(step, { maxLength: 30 }), fc.array(step, { maxLength: 30 }), (before, after) => {
    const { registry, gauges } = define();
    const commit = new Commit({ registry });
    const readers = [new Collector(registry)];
    const values = [0, 0];
    const check = () => {
      for (const collector of readers) {
        const samples = samplesOf(collector.blocks());
        assertEquals([samples.get("a"), samples.get("b")], values);
      }
    };
    const take = ([act, which, value]: [string, number, number]) => {
      const gauge = gauges[which];
      if (act === "scrape") return check();
      if (act === "set") gauge.set(value);
      else if (act === "inc") gauge.inc(value);
      else if (act === "dec") gauge.dec(value);
      else commit.set(gauge, value).inc(gauges[1 - which], 0.5).apply();
      if (act === "set" || act === "commit") values[which] = value;
      else values[which] += act === "inc" ? value : -value;
      if (act === "commit") values[1 - which] += 0.5;
    };
    before.forEach(take);
    assert(registry.slab.confined, "no update and no scrape of its own shares it");
    check();
    const other = new Collector(new Registry({ slabBytes: SMALL_SLAB_BYTES }));
    other.addSlab(registry.slab.buffer as SharedArrayBuffer);
    readers.push(other);
    assert(!registry.slab.confined);
    check();
    for (const one of after) {
      take(one);
      check();
    }
  }),
);

Deno.test("Gauge: another thread reads what it was when it got the memory, and what it is from then on", async () => {
  const thread = new Thread(new URL("../../_support/reading_thread.ts", import.meta.url), undefined);
  const ask = (order: ReadingOrder | "read") => thread.worker.postMessage(order);
  try {
    assertEquals(await thread.message(), "ready");
    for (let round = 1; round <= 20; round++) {
      const { registry, gauges: [a, b] } = define();
      let sum = 0;
      const addSome = (times: number) => {
        for (let k = 0; k < times; k++) {
          const amount = 0.25 * (k % 5);
          a.inc(amount);
          b.set(sum += amount);
        }
      };
      addSome(50 * round);
      const cells = [a, b].map((gauge) => gauge.ownChild().cell32);
      let atLeast = sum;
      ask({ slab: registry.slab.buffer as SharedArrayBuffer, cells });
      for (let reading = 0; reading < 5; reading++) {
        let isAnswered = false;
        const answered = thread.message().finally(() => isAnswered = true);
        answered.catch(() => {});
        // The thread reads while this goes on.
        for (; !isAnswered; await turn()) addSome(1_000);
        for (const value of await answered as number[]) {
          assert(value >= atLeast && value <= sum && value % 0.25 === 0, `${atLeast} <= ${value} <= ${sum}`);
        }
        atLeast = sum;
        ask("read");
      }
      assertEquals(await thread.message(), [sum, sum]);
    }
  } finally {
    await thread.worker.terminate();
  }
});
