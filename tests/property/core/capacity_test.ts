/**
 * However small a slab and however many series: nothing throws, nothing is lost, nothing is cut.
 */
import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { Counter } from "../../../src/metric/counter.ts";
import { Gauge } from "../../../src/metric/gauge.ts";
import { Histogram } from "../../../src/metric/histogram.ts";
import { Fleet } from "../../_support/fleet.ts";
import { testProperty } from "../../_support/property.ts";

const PAGE_BYTES = 4096;

testProperty(
  "case 47, case 53: a full slab counts all, in the overflow series what has no other, and says so",
  fc.property(
    fc.integer({ min: 4, max: 24 }),
    fc.integer({ min: 1, max: 60 }),
    fc.array(fc.tuple(fc.nat(80), fc.integer({ min: 0, max: 600 })), { maxLength: 300, size: "max" }),
    (pages, maxSeries, updates) => {
      const fleet = new Fleet();
      const { registry, source } = fleet.start(0, { bytes: pages * PAGE_BYTES });
      const options = { help: "Help.", labelNames: ["l"] as const, registry, maxSeries };
      const first = new Counter({ name: "first_total", ...options });
      const seconds = new Histogram({ name: "seconds", ...options });
      const level = new Gauge({ name: "level", ...options });
      for (const [k, length] of updates) {
        const l = `${k}${"é".repeat(length)}`;
        first.inc({ l });
        seconds.observe({ l }, 1);
        level.set({ l }, 1);
      }
      const samples = fleet.scrape();
      let [counted, observed] = [0, 0];
      for (const [name, value] of samples) {
        if (name.startsWith("first_total")) counted += value;
        if (name.startsWith("seconds_count")) observed += value;
        const label = /l="(\d*)(é*)"/.exec(name);
        assert(label !== null || name.includes('l="_overflow"'), `${name} is no label set that was used`);
      }
      const status = source.status();
      assertEquals(fleet.problems, []);
      assertEquals(counted, updates.length, "the first family always fits into four pages");
      // A family that did not fit at its definition counts for itself alone.
      assertEquals(observed, status.droppedFamilies === 0 || observed > 0 ? updates.length : 0);
      const overflows = (samples.get('first_total{l="_overflow"}') ?? 0) > 0;
      if (overflows) assert(status.droppedSeries > 0);
      assert(status.usedBytes <= status.totalBytes);
    },
  ),
  { runs: 150 },
);

testProperty(
  "case 52: a slab that fills up page by page moves no series and loses no increment, and every scrape sees it whole",
  fc.property(fc.array(fc.integer({ min: 1, max: 120 }), { minLength: 1, maxLength: 12 }), (growths) => {
    const fleet = new Fleet();
    const { registry, source } = fleet.start(0, { bytes: 64 * PAGE_BYTES });
    const options = { help: "Help.", labelNames: ["l"] as const, registry };
    const counter = new Counter({ name: "a_total", ...options });
    const seconds = new Histogram({ name: "seconds", ...options });
    const held = [];
    let before = new Map<string, number>();
    let rounds = 0;
    for (const growth of growths) {
      const usedBefore = source.status().usedBytes;
      for (let k = 0; k < growth; k++) {
        const l: string = `series ${held.length}`;
        held.push({ since: rounds, count: counter.labels({ l }), seconds: seconds.labels({ l }) });
      }
      for (const each of held) {
        each.count.inc();
        each.seconds.observe(1);
      }
      rounds++;
      assert(source.status().usedBytes >= usedBefore);
      const samples = fleet.scrape();
      for (const [name, value] of before) assert(samples.get(name)! >= value, name);
      if (source.status().droppedSeries === 0) {
        held.forEach(({ since }, k) => {
          assertEquals(samples.get(`a_total{l="series ${k}"}`), rounds - since);
          assertEquals(samples.get(`seconds_count{l="series ${k}"}`), rounds - since);
          assertEquals(samples.get(`seconds_sum{l="series ${k}"}`), rounds - since);
        });
      }
      before = samples;
    }
    const all = (prefix: string) =>
      [...before].filter(([name]) => name.startsWith(prefix)).reduce((sum, [, value]) => sum + value, 0);
    const wanted = held.reduce((sum, { since }) => sum + rounds - since, 0);
    assertEquals([all("a_total"), all("seconds_count"), all("seconds_sum")], [wanted, wanted, wanted]);
  }),
  { runs: 30 },
);
