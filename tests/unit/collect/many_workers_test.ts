/** More workers than anybody planned for, and more series than anybody wants to parse twice. */
import { assert, assertEquals, assertLess } from "@std/assert";
import { Collector } from "../../../src/collect/collector.ts";
import { Commit } from "../../../src/metric/commit.ts";
import { Counter } from "../../../src/metric/counter.ts";
import { Gauge } from "../../../src/metric/gauge.ts";
import { Histogram } from "../../../src/metric/histogram.ts";
import { Registry } from "../../../src/registry/registry.ts";
import { createSlab } from "../../../src/slab/slab.ts";
import { Fleet, samplesOf } from "../../_support/fleet.ts";

Deno.test("case 57: there is no slot too many: five hundred workers all count", () => {
  const fleet = new Fleet();
  for (let slot = 0; slot < 500; slot++) {
    const { registry } = fleet.start(slot, { bytes: 16 * 1024 });
    new Counter({ name: "a_total", help: "A.", registry }).inc();
    new Gauge({ name: "g", help: "G.", mode: "all", registry }).set(slot);
  }
  const samples = fleet.scrape();
  assertEquals(samples.get("a_total"), 500);
  assertEquals(samples.get('g{worker="499"}'), 499);
  assertEquals(samples.size, 501);
  assertEquals(fleet.problems, []);
});

Deno.test("case 57: a worker that was given no slab, or one that is full, works on and says what it lost", () => {
  const alone = new Registry({ slabBytes: 16 * 1024 });
  const counter = new Counter({ name: "a_total", help: "A.", registry: alone });
  counter.inc(2);
  assertEquals(
    samplesOf(new Collector(alone).blocks()).get("a_total"),
    2,
    "its own slab is there to be offered",
  );
  const fleet = new Fleet();
  const { registry, source } = fleet.start(0, { bytes: 16 * 1024 });
  const families = Array.from(
    { length: 100 },
    (_, k) => new Histogram({ name: `h${k}`, help: "H.", registry, buckets: [1, 2, 3, 4, 5, 6, 7, 8, 9] }),
  );
  for (const family of families) family.observe(1);
  const found = [...fleet.scrape().keys()].filter((name) => name.endsWith("_count")).length;
  assertEquals(source.status().droppedFamilies, 100 - found);
  assert(found > 5 && found < 100);
});

/** A collector of some workers with so many histograms each. */
function histograms(workers: number, children: number): { collector: Collector; registries: Registry[] } {
  const collector = new Collector(new Registry({ slabBytes: 1 << 20 }));
  const registries = Array.from({ length: workers }, (_, slot) => {
    const slab = createSlab({ slot, bytes: 2 << 20 });
    const registry = new Registry();
    registry.attach({ slab });
    const family = new Histogram({ name: "h", help: "H.", labelNames: ["k"], buckets: [1, 2], registry });
    for (let k = 0; k < children; k++) family.observe({ k }, 1);
    collector.addSlab(slab);
    return registry;
  });
  return { collector, registries };
}

/** How many reads one pass validates, one for each histogram that it reads. */
function validationsOf(collector: Collector, filter?: ReadonlySet<string>): number {
  const add = Atomics.add;
  let count = 0;
  Object.assign(Atomics, {
    add: (view: Int32Array, index: number, value: number) => {
      count++;
      return add(view, index, value);
    },
  });
  try {
    collector.gather({ samples: () => {} }, filter);
  } finally {
    Object.assign(Atomics, { add });
  }
  return count;
}

Deno.test("case 62: a scrape of 64 workers with 2000 histograms each parses each label set once, and is linear", () => {
  const { collector, registries } = histograms(64, 2000);
  const decode = TextDecoder.prototype.decode;
  let decoded = 0;
  TextDecoder.prototype.decode = function (...given) {
    decoded++;
    return decode.apply(this, given);
  };
  try {
    collector.gather({ samples: () => {} });
    assert(decoded >= 64 * 2000);
    decoded = 0;
    collector.gather({ samples: () => {} });
    assertEquals(decoded, 0);
    const more = Histogram.getOrCreate({
      name: "h",
      help: "H.",
      labelNames: ["k"],
      buckets: [1, 2],
      registry: registries[0],
    });
    more.observe({ k: "new" }, 1);
    collector.gather({ samples: () => {} });
    assertLess(decoded, 4, "the new one alone");
  } finally {
    TextDecoder.prototype.decode = decode;
  }
  const quarter = histograms(16, 2000).collector;
  quarter.gather({ samples: () => {} });
  const [small, large] = [validationsOf(quarter), validationsOf(collector)];
  assert(small >= 16 * 2000 && small < 16 * 2100, `${small} reads of 32 000 histograms`);
  assert(large >= 64 * 2000 && large < 64 * 2100, `${large} reads of 128 000 histograms`);
  for (const source of [...collector.sources].slice(16)) collector.retire(source);
  const left = validationsOf(collector);
  assert(left < 16 * 2100, `${left} reads: nothing is read for the ended`);
});

Deno.test("case 60: a filtered scrape reads only the families that it names, also where workers commit", () => {
  for (const commits of [false, true]) {
    const { collector, registries } = histograms(4, 500);
    for (const registry of registries) {
      const jobs = new Counter({ name: "jobs_total", help: "J.", registry });
      jobs.inc(3);
      if (commits) new Commit({ registry }).inc(jobs).apply();
    }
    const wanted = new Set(["jobs_total"]);
    const shown: number[] = [];
    for (let pass = 0; pass < 3; pass++) {
      const reads = validationsOf(collector, wanted);
      assertLess(
        reads,
        100,
        `${reads} reads for 4 counters beside 2000 histograms, with commits: ${commits}`,
      );
    }
    collector.gather({ samples: ({ values }) => shown.push(values[0]) }, wanted);
    assertEquals(shown, [commits ? 16 : 12]);
    assert(validationsOf(collector) >= 2000, "who wants all has all read");
  }
});
