import { assert, assertEquals, assertStrictEquals, assertThrows } from "@std/assert";
import { Collector } from "../../../src/collect/collector.ts";
import { HEADER32, SLAB_STATE } from "../../../src/layout/slab_header.ts";
import { Commit } from "../../../src/metric/commit.ts";
import { Counter } from "../../../src/metric/counter.ts";
import { Gauge } from "../../../src/metric/gauge.ts";
import { Info } from "../../../src/metric/info.ts";
import { Histogram } from "../../../src/metric/histogram.ts";
import type { Descriptor } from "../../../src/model/descriptor.ts";
import { DuplicateFamilyError } from "../../../src/model/errors.ts";
import { Registry } from "../../../src/registry/registry.ts";
import { reportSlabs } from "../../../src/server/admin_reports.ts";
import { COUNTER_SHAPE } from "../../../src/slab/cell_shape.ts";
import { createControl } from "../../../src/slab/control.ts";
import { createSlab, SlabError } from "../../../src/slab/slab.ts";
import { fenceSlab } from "../../../src/slab/slab_status.ts";

const BYTES = 65536;

Deno.test("Registry.attach() makes families write into the given slab", () => {
  const slab = createSlab({ bytes: BYTES, slot: 4 });
  const registry = new Registry();
  registry.attach({ slab });
  new Counter({ name: "a_total", help: "A.", registry });
  assertStrictEquals(registry.slab.buffer, slab);
  assertEquals(registry.slab.i32[HEADER32.seriesCount], 1);
});

Deno.test("Registry.attach() refuses a second slab, and one after the first definition", () => {
  const message = "Cannot attach slab: the registry has one already, attach before the first definition";
  const attached = new Registry();
  attached.attach({ slab: createSlab({ bytes: BYTES }) });
  assertThrows(() => attached.attach({ slab: createSlab({ bytes: BYTES }) }), Error, message);
  const defined = new Registry({ slabBytes: BYTES });
  new Counter({ name: "a_total", help: "A.", registry: defined });
  assertThrows(() => defined.attach({ slab: createSlab({ bytes: BYTES }) }), Error, message);
});

Deno.test("case 54: Registry.attach() refuses memory that is no slab, or belonged to another before", () => {
  assertThrows(
    () => new Registry().attach({ slab: new SharedArrayBuffer(BYTES) }),
    SlabError,
    "wanted magic",
  );
  const slab = createSlab({ bytes: BYTES });
  new Registry().attach({ slab });
  assertThrows(
    () => new Registry().attach({ slab }),
    SlabError,
    "Cannot write to slab: wanted one that nobody has written to, it belonged to another writer before",
  );
});

Deno.test("Registry makes a slab of its own at the first need", () => {
  const registry = new Registry({ slabBytes: BYTES });
  assertEquals(registry.slab.buffer.byteLength, BYTES);
  assertStrictEquals(registry.slab, registry.slab);
});

Deno.test("Registry has its slab to itself whatever it does, until the memory is taken or a message carries it", () => {
  const carriers: ((registry: Registry) => unknown)[] = [
    (registry) => new Counter({ name: "a_total", help: "A.", registry }),
    (registry) => ({ gauge: new Gauge({ name: "a", help: "A.", labelNames: ["b"], registry }) }),
    (registry) => [new Histogram({ name: "a", help: "A.", registry })],
    ({ slab }) => slab.buffer,
  ];
  for (const carry of carriers) {
    const registry = new Registry({ slabBytes: BYTES });
    const waiting = new Gauge({ name: "waiting", help: "Waiting.", registry });
    waiting.set(0.5);
    new Commit({ registry }).inc(waiting, 0.5).apply();
    registry.remove({ family: "waiting", labels: {}, reset: true });
    registry.publish();
    registry.beat();
    reportSlabs({ collector: new Collector(registry), registry });
    assert([...new Collector(registry).blocks()].length > 0);
    assert(registry.slab.confined);
    structuredClone(carry(registry));
    assert(!registry.slab.confined, String(carry));
  }
});

Deno.test("Registry never has an attached slab to itself", () => {
  const registry = new Registry();
  registry.attach({ slab: createSlab({ bytes: BYTES }) });
  new Gauge({ name: "a", help: "A.", registry }).set(0.5);
  assert(!registry.slab.confined);
});

Deno.test("Registry.tickets are drawn from the control block that all threads share", () => {
  const control = createControl();
  const registries = [0, 1].map((slot) => {
    const registry = new Registry();
    registry.attach({ slab: createSlab({ bytes: BYTES, slot }), control });
    return registry;
  });
  assertEquals(registries.map(({ tickets }) => tickets.next()), [1, 2]);
  const alone = new Registry({ slabBytes: BYTES });
  assertEquals([alone.tickets.next(), alone.tickets.next()], [1, 2]);
});

Deno.test("case 43: Registry refuses a name that is taken, and names both definitions", () => {
  const registry = new Registry({ slabBytes: BYTES });
  new Gauge({ name: "a", help: "A.", registry });
  const twice = assertThrows(() => new Gauge({ name: "a", help: "A.", registry }), DuplicateFamilyError);
  assertEquals(
    twice.message,
    'Cannot define gauge "a": it is defined already as a gauge, with the same definition; use getOrCreate() to share it',
  );
  const other = assertThrows(() => new Histogram({ name: "a", help: "A.", registry }), DuplicateFamilyError);
  assertEquals(
    other.message,
    'Cannot define histogram "a": it is defined already as a gauge, but type "gauge" against "histogram"',
  );
  assertThrows(
    () => Gauge.getOrCreate({ name: "a", help: "A.", mode: "max", registry }),
    DuplicateFamilyError,
    "mode",
  );
  assertEquals(registry.descriptors().length, 1);
});

Deno.test("case 45: Registry refuses a family whose samples another family writes, in either order", () => {
  const first = new Registry({ slabBytes: BYTES });
  new Histogram({ name: "x", help: "X.", registry: first });
  for (const name of ["x_count", "x_sum", "x_bucket", "x_created"]) {
    assertThrows(
      () => new Gauge({ name, help: "X.", registry: first }),
      DuplicateFamilyError,
      `Cannot define gauge "${name}": its name "${name}" belongs to histogram "x"`,
    );
  }
  const second = new Registry({ slabBytes: BYTES });
  new Gauge({ name: "x_count", help: "X.", registry: second });
  assertThrows(
    () => new Histogram({ name: "x", help: "X.", registry: second }),
    DuplicateFamilyError,
    "x_count",
  );
  new Gauge({ name: "x", help: "X.", registry: second });
  const third = new Registry({ slabBytes: BYTES });
  new Counter({ name: "m_total", help: "M.", registry: third });
  assertThrows(() => new Gauge({ name: "m_total", help: "M.", registry: third }), DuplicateFamilyError);
});

Deno.test("Registry.family() and descriptors() tell what is defined, in order", () => {
  const registry = new Registry({ slabBytes: BYTES });
  new Gauge({ name: "b", help: "B.", registry });
  const gauge = new Gauge({ name: "a", help: "A.", registry });
  assertEquals(registry.descriptors().map(({ name }) => name), ["b", "a"]);
  assertStrictEquals(registry.family("a")?.descriptor, gauge.descriptor);
  assertEquals(registry.family("c"), undefined);
});

Deno.test("Registry.publish(), beat() and close() write to the slab's header", () => {
  const registry = new Registry({ slabBytes: BYTES });
  const { i32 } = registry.slab;
  registry.publish();
  assertEquals(registry.beat(), false);
  assertEquals([i32[HEADER32.published], i32[HEADER32.beat], i32[HEADER32.state]], [2, 1, SLAB_STATE.LIVE]);
  fenceSlab(registry.slab);
  assertEquals(registry.beat(), true);
  registry.close();
  assertEquals(i32[HEADER32.state], SLAB_STATE.CLOSED);
});

Deno.test("case 53: Registry without room hands out metrics that work and are counted", () => {
  const registry = new Registry({ slabBytes: 16384 });
  const gauges = Array.from({ length: 60 }, (_, k) => {
    return new Gauge({ name: `g${k}`, help: "Help. ".repeat(60), labelNames: ["l"], registry });
  });
  for (const gauge of gauges) gauge.set({ l: "x" }, 1);
  const dropped = registry.slab.i32[HEADER32.droppedFamilies];
  assert(dropped > 0 && dropped < 60, `${dropped} of 60 families`);
});

Deno.test("Registry refuses a definition that no reader could read, and the families after it are read", () => {
  const registry = new Registry();
  const sound = new Counter({ name: "a_total", help: "A.", registry }).descriptor;
  for (const odd of [{ exemplars: undefined }, { buckets: [-Infinity] }, { windowSeconds: "60" }]) {
    const descriptor = { ...sound, name: "b_total", ...odd } as Descriptor;
    for (const define of ["define", "getOrDefine", "defineUnlisted"] as const) {
      assertThrows(() => registry[define](descriptor, COUNTER_SHAPE), TypeError, "Cannot read descriptor");
    }
  }
  new Counter({ name: "b_total", help: "B.", registry });
  const names = [...new Collector(registry).blocks()].map(({ descriptor }) => descriptor.name);
  assertEquals(names, ["a_total", "b_total"]);
});

Deno.test("case 45: Registry refuses two families that are one to OpenMetrics, in either order", () => {
  const registry = new Registry();
  const define = {
    jobs: () => new Gauge({ name: "jobs", help: "J.", registry }),
    jobs_total: () => new Counter({ name: "jobs_total", help: "J.", registry }),
    build: () => new Gauge({ name: "build", help: "B.", registry }),
    build_info: () => new Info({ name: "build_info", help: "B.", registry }),
  };
  for (
    const [first, second, name] of [["jobs", "jobs_total", "jobs"], ["build_info", "build", "build"]] as const
  ) {
    define[first]();
    const message = `"${second}": its name "${name}" belongs to`;
    assertThrows(define[second], DuplicateFamilyError, message);
  }
  assertEquals(registry.descriptors().map(({ name }) => name), ["jobs", "build_info"]);
});

Deno.test("Registry refuses a family that is another one to scrapers without UTF-8, in either order", () => {
  for (const [first, second] of [["q.r", "q_r"], ["q_r", "q.r"], ["q.r", "q-r"]]) {
    const registry = new Registry();
    new Counter({ name: `${first}_total`, help: "Q.", utf8Names: true, registry });
    assertThrows(
      () => new Counter({ name: `${second}_total`, help: "Q.", utf8Names: true, registry }),
      DuplicateFamilyError,
      `its name "q_r_total" belongs to counter "${first}_total"`,
    );
    new Counter({ name: "q.s_total", help: "Q.", utf8Names: true, registry });
  }
  const registry = new Registry();
  const options = { name: "g", help: "G.", utf8Names: true, registry } as const;
  assertThrows(
    () => new Gauge({ ...options, labelNames: ["a.b"], constLabels: { a_b: 1 } }),
    RangeError,
    '"a.b" and it are both "a_b" to scrapers that know no UTF-8 names',
  );
});

Deno.test("Collector leaves out a family that is another worker's to scrapers without UTF-8, and counts it", () => {
  const collector = new Collector();
  for (const [slot, name] of ["q.r", "q_r"].entries()) {
    const slab = createSlab({ bytes: BYTES, slot });
    const registry = new Registry();
    registry.attach({ slab });
    new Gauge({ name, help: "Q.", utf8Names: true, registry }).set(slot);
    collector.addSlab(slab);
  }
  const names = [...collector.blocks()].map(({ descriptor }) => descriptor.name);
  assertEquals([names, collector.stats.conflictingFamilies], [["q.r"], 1]);
});
