/**
 * Whatever bytes a slab holds: a scrape ends, does not throw, and serves the other slabs as if it were not there.
 */
import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { Counter } from "../../../src/metric/counter.ts";
import { Gauge } from "../../../src/metric/gauge.ts";
import { Histogram } from "../../../src/metric/histogram.ts";
import { Summary } from "../../../src/metric/summary.ts";
import { Commit } from "../../../src/metric/commit.ts";
import type { Registry } from "../../../src/registry/registry.ts";
import { DIRECTORY_START } from "../../../src/layout/slab_header.ts";
import { Fleet } from "../../_support/fleet.ts";
import { testProperty } from "../../_support/property.ts";

/** Families of all kinds whose cells are laid out in a way of their own. */
function fill(registry: Registry, prefix: string): void {
  const options = { help: "Help.", labelNames: ["l"] as const, registry };
  const counter = new Counter({ name: `${prefix}_total`, exemplars: true, ...options });
  const seconds = new Histogram({ name: `${prefix}_seconds`, ...options });
  const native = new Histogram({ name: `${prefix}_native`, native: true, ...options });
  const waits = new Summary({ name: `${prefix}_waits`, quantiles: [0.5], ...options });
  const level = new Gauge({ name: `${prefix}_level`, mode: "all", ...options });
  for (const l of ["a", "b", "c"]) {
    counter.inc({ l }, 1, { exemplar: { id: l } });
    seconds.observe({ l }, 1);
    native.observe({ l }, 1);
    waits.observe({ l }, 1);
    level.set({ l }, 1);
  }
  counter.remove("c");
  const commit = new Commit({ registry });
  commit.inc(counter.labels("a")).observe(seconds.labels("b"), 2).apply();
}

const damage = fc.array(
  fc.record({
    /** Most in the header and the directory, some anywhere. */
    at: fc.oneof(
      { weight: 1, arbitrary: fc.nat(DIRECTORY_START - 1) },
      { weight: 4, arbitrary: fc.integer({ min: DIRECTORY_START, max: DIRECTORY_START + 4096 }) },
      { weight: 1, arbitrary: fc.nat(65_535) },
    ),
    byte: fc.nat(255),
    count: fc.integer({ min: 1, max: 8 }),
  }),
  { minLength: 1, maxLength: 12 },
);

testProperty(
  "case 55: any damage to a slab's bytes, before or after it is known, leaves the others as they were",
  fc.property(damage, fc.boolean(), fc.boolean(), (places, known, retires) => {
    const fleet = new Fleet();
    const [good, bad] = [fleet.start(0), fleet.start(1, { bytes: 65_536 })];
    fill(good.registry, "good");
    fill(bad.registry, "bad");
    const goodOnes = () => [...fleet.scrape()].filter(([name]) => name.startsWith("good_"));
    if (known) fleet.scrape();
    const bytes = new Uint8Array(bad.buffer);
    for (const { at, byte, count } of places) bytes.fill(byte, at, at + count);
    const before = goodOnes();
    assert(before.length > 20);
    for (let k = 0; k < 2; k++) assertEquals(goodOnes(), before);
    bad.source.status();
    if (retires) fleet.end(bad);
    assertEquals(goodOnes(), before);
  }),
  { runs: 300 },
);
