/**
 * Prometheus' guideline for client libraries (`instrumenting/writing_clientlibs`), row by row: what a library MUST,
 * SHOULD and is ENCOURAGED to do, each with a test that says so.
 */
import { assert, assertEquals, assertStrictEquals, assertThrows } from "@std/assert";
import { startRuntimeMetrics } from "../../src/collect/runtime/runtime_metrics.ts";
import { createTextFormat } from "../../src/exposition/text_sink.ts";
import {
  Collector,
  Counter,
  createControl,
  createSlab,
  DEFAULT_BUCKETS,
  defaultRegistry,
  DuplicateFamilyError,
  exponentialBuckets,
  Gauge,
  Histogram,
  linearBuckets,
  Registry,
  Summary,
} from "../../mod.ts";
import { getSampleValue } from "../../src/testing/sample_values.ts";
import { FakeReadings } from "../_support/fake_readings.ts";
import { Fleet } from "../_support/fleet.ts";
import { withClock } from "../_support/monotonic_clock.ts";
import { Thread } from "../_support/threads.ts";
import type { GuidelineOptions } from "./_guideline_worker.ts";

const CORE = ["layout", "model", "slab", "metric", "registry", "collect", "exposition", "families"];

/** The exposition in the text format. */
function textOf(collector: Collector): string {
  const sink = createTextFormat().sink();
  collector.gather(sink);
  const decoder = new TextDecoder();
  return sink.finish().map((chunk) => decoder.decode(chunk, { stream: true })).join("");
}

function newRegistry(): Registry {
  return new Registry({ slabBytes: 1 << 18 });
}

Deno.test("guideline 1: every scrape calls the collect callback of every collector", async () => {
  const registry = newRegistry();
  const collector = new Collector(registry);
  let calls = 0;
  const size = new Gauge({ name: "pool_size", help: "P.", registry, collect: (gauge) => gauge.set(++calls) });
  const users = new Gauge({ name: "users", help: "U.", registry });
  registry.register({ families: [users.name], collect: () => users.set(10 * calls) });
  for (const scrape of [1, 2, 3]) {
    await collector.prepare();
    assertEquals(getSampleValue(size.name, { source: collector }), scrape);
    assertEquals(getSampleValue(users.name, { source: collector }), 10 * scrape);
  }
});

Deno.test("guideline 2: collectors are registered and unregistered, and may be in several registries", async () => {
  const registries = [newRegistry(), newRegistry()];
  const calls: string[] = [];
  const callback = { families: [], collect: () => void calls.push("called") };
  for (const registry of registries) registry.register(callback);
  for (const registry of registries) await registry.collect();
  assertEquals(calls.length, 2);
  registries[0].unregister(callback);
  for (const registry of registries) await registry.collect();
  assertEquals(calls.length, 3);
});

Deno.test("guideline 3: threads that update one family at the same time lose nothing", async () => {
  const control = createControl();
  const collector = new Collector(newRegistry());
  const rounds = 50_000;
  const threads = [0, 1, 2].map((slot) => {
    const slab = createSlab({ slot, bytes: 1 << 18 });
    collector.addSlab(slab);
    const options: GuidelineOptions = { slab, control, rounds };
    return new Thread(new URL("./_guideline_worker.ts", import.meta.url), options);
  });
  await Promise.all(threads.map((thread) => thread.message()));
  const value = (name: string) => getSampleValue(name, { source: collector });
  assertEquals(value("jobs_total"), 3 * rounds);
  assertEquals(value("waiting"), 3 * rounds);
  assertEquals(value("took_seconds_count"), 3 * rounds);
  assertEquals(value("took_seconds_sum"), 6 * rounds);
  await Promise.all(threads.map((thread) => thread.worker.terminate()));
});

Deno.test("guideline 4: methods have the documented names, and no other name does the same", () => {
  const methods = (of: { prototype: object }) => {
    const names = new Set<string>();
    for (let at = of.prototype; at !== Object.prototype; at = Object.getPrototypeOf(at)) {
      for (const name of Object.getOwnPropertyNames(at)) names.add(name);
    }
    for (const internal of ["constructor", "bind", "ownCell", "ownChild", "name"]) names.delete(internal);
    return [...names].sort();
  };
  const common = ["clear", "labels", "remove", "removeMatching", "reset"];
  assertEquals(methods(Counter), ["countErrors", "inc", ...common].sort());
  assertEquals(
    methods(Gauge),
    ["dec", "inc", "set", "setToCurrentTime", "startTimer", "time", "trackInProgress", ...common].sort(),
  );
  assertEquals(methods(Histogram), ["observe", "startTimer", "time", ...common].sort());
  assertEquals(methods(Summary), ["observe", "startTimer", "time", ...common].sort());
});

Deno.test("guideline 5: there are counters, gauges, summaries and histograms", () => {
  const registry = newRegistry();
  const kinds = [
    new Counter({ name: "a_total", help: "A.", registry }),
    new Gauge({ name: "b", help: "B.", registry }),
    new Summary({ name: "c", help: "C.", registry }),
    new Histogram({ name: "d", help: "D.", registry }),
  ];
  assertEquals(kinds.map(({ descriptor }) => descriptor.type), ["counter", "gauge", "summary", "histogram"]);
  const types = textOf(new Collector(registry)).split("\n").filter((line) => line.startsWith("# TYPE"));
  assertEquals(types, ["# TYPE a_total counter", "# TYPE b gauge", "# TYPE c summary", "# TYPE d histogram"]);
});

const atModuleLevel = new Counter({ name: "guideline_module_level_total", help: "Defined at import." });

Deno.test("guideline 6: a metric may be defined at the top level of a module", () => {
  atModuleLevel.inc(2);
  assertEquals(getSampleValue(atModuleLevel.name), 2);
});

Deno.test("guideline 7: metrics join the default registry by themselves, and another if they are told to", () => {
  const registry = newRegistry();
  new Counter({ name: "guideline_default_total", help: "D." });
  new Counter({ name: "guideline_other_total", help: "O.", registry });
  const names = (of: Registry) => of.descriptors().map(({ name }) => name);
  assert(names(defaultRegistry).includes("guideline_default_total"));
  assert(!names(defaultRegistry).includes("guideline_other_total"));
  assertEquals(names(registry), ["guideline_other_total"]);
  const runtime = startRuntimeMetrics(new FakeReadings(), { registry, process: true });
  runtime.stop();
  assert(names(registry).includes("process_cpu_seconds_total"));
  assert(!names(defaultRegistry).includes("process_cpu_seconds_total"));
});

Deno.test("guideline 8: a counter starts at 0, takes inc() and inc(v) from 0, and counts exceptions", () => {
  const fleet = new Fleet();
  const counter = new Counter({ name: "a_total", help: "A.", registry: fleet.main });
  const value = () => fleet.scrape().get("a_total");
  assertEquals(value(), 0);
  counter.inc();
  counter.inc(2.5);
  counter.inc(0);
  assertEquals(value(), 3.5);
  assertThrows(() => counter.inc(-1), RangeError);
  assertEquals("dec" in counter || "set" in counter, false);
  const fail = () => {
    throw new RangeError("wrong");
  };
  assertThrows(() => counter.countErrors(fail), RangeError, "wrong");
  assertThrows(() => counter.countErrors(fail, { only: (error) => error instanceof TypeError }), RangeError);
  assertEquals(counter.countErrors(() => 7), 7);
  assertEquals(value(), 4.5);
});

Deno.test("guideline 9: a gauge starts at 0, goes up and down, takes times, tracks work in progress", async () => {
  const fleet = new Fleet();
  const gauge = new Gauge({ name: "g", help: "G.", registry: fleet.main });
  const value = () => fleet.scrape().get("g")!;
  assertEquals(value(), 0);
  gauge.inc();
  gauge.inc(5);
  gauge.dec();
  gauge.dec(1.5);
  assertEquals(value(), 3.5);
  gauge.set(-7);
  assertEquals(value(), -7);
  gauge.setToCurrentTime();
  assert(Math.abs(value() - Date.now() / 1000) < 5);
  gauge.set(0);
  await gauge.trackInProgress(() => {
    assertEquals(value(), 1);
    return Promise.resolve();
  });
  assertEquals(value(), 0);
  await withClock((pass) => gauge.time(() => pass(2500)));
  assertEquals(value(), 2.5, "seconds");
});

Deno.test("guideline 10: a summary has no quantiles unless told, starts at 0, and times in seconds", async () => {
  const fleet = new Fleet();
  const registry = fleet.main;
  assertThrows(
    () => new Summary({ name: "s", help: "S.", labelNames: ["quantile"], registry }),
    RangeError,
    "quantile",
  );
  const summary = new Summary({ name: "s", help: "S.", registry });
  assertEquals([...fleet.scrape()], [["s_sum", 0], ["s_count", 0]]);
  summary.observe(4);
  assertEquals([...fleet.scrape()], [["s_sum", 4], ["s_count", 1]]);
  await withClock((pass) => {
    const end = summary.startTimer();
    pass(2500);
    assertEquals(end(), 2.5, "seconds");
  });
  assertEquals([...fleet.scrape()], [["s_sum", 6.5], ["s_count", 2]]);
});

Deno.test("guideline 11: a histogram starts at 0 with the usual buckets, which nobody can change", async () => {
  const fleet = new Fleet();
  const registry = fleet.main;
  assertThrows(
    () => new Histogram({ name: "h", help: "H.", labelNames: ["le"], registry }),
    RangeError,
    "le",
  );
  const usual = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
  assertEquals([...DEFAULT_BUCKETS], usual);
  const bounds = [1, 2];
  const histogram = new Histogram({ name: "h", help: "H.", buckets: bounds, registry });
  assertEquals(new Histogram({ name: "u", help: "U.", registry }).descriptor.buckets, usual);
  bounds[0] = 100;
  assertThrows(() => (histogram.descriptor.buckets as number[]).push(3), TypeError);
  const found = () => [...fleet.scrape(new Set(["h"])).values()];
  assertEquals(found(), [0, 0, 0, 0, 0]);
  histogram.observe(1.5);
  assertEquals(found(), [0, 1, 1, 1, 1.5]);
  await withClock((pass) => {
    const end = histogram.startTimer();
    pass(500);
    assertEquals(end(), 0.5, "seconds");
  });
  assertEquals(found(), [1, 2, 2, 2, 2]);
  assertEquals(linearBuckets(1, 2, 3), [1, 3, 5]);
  assertEquals(exponentialBuckets(1, 2, 4), [1, 2, 4, 8]);
});

Deno.test("guideline 12: one name has one set of label names, in a thread and among threads", () => {
  const fleet = new Fleet();
  const define = (labelNames: string[], registry: Registry) =>
    new Counter({ name: "a_total", help: "A.", labelNames, registry });
  define(["x"], fleet.main).inc({ x: 1 });
  assertThrows(() => define(["x", "y"], fleet.main), DuplicateFamilyError, "labelNames");
  define(["y"], fleet.start(0).registry).inc({ y: 1 });
  assertEquals(fleet.scrape().size, 1);
  assertEquals(fleet.problems.length, 1);
});

Deno.test("guideline 13: label names are optional, any number, and checked", () => {
  const registry = newRegistry();
  const names = Array.from({ length: 40 }, (_, i) => `label_${i}`);
  const many = new Gauge({ name: "many", help: "M.", labelNames: names, registry });
  many.labels(...names).set(1);
  assertEquals(new Gauge({ name: "none", help: "N.", registry }).descriptor.labelNames, []);
  for (const bad of ["a-b", "1a", "", "__own", "a b"]) {
    assertThrows(() => new Gauge({ name: "g", help: "G.", labelNames: [bad], registry }), RangeError);
  }
});

Deno.test("guideline 14: labels() gives a child that may be kept, by values or by names; remove() and clear()", () => {
  const fleet = new Fleet();
  const gauge = new Gauge({ name: "g", help: "G.", labelNames: ["x", "y"], registry: fleet.main });
  const child = gauge.labels("1", "2");
  assertStrictEquals(gauge.labels({ y: "2", x: "1" }), child);
  assertEquals([...fleet.scrape()], [['g{x="1",y="2"}', 0]]);
  child.set(5);
  gauge.set({ x: "3", y: "4" }, 6);
  gauge.remove("1", "2");
  assertEquals([...fleet.scrape()], [['g{x="3",y="4"}', 6]]);
  gauge.clear();
  assertEquals([...fleet.scrape()], []);
  child.set(7);
  assertEquals([...fleet.scrape()], [['g{x="1",y="2"}', 7]]);
});

Deno.test("guideline 15: metrics without labels are exposed from the start, others when they have a series", () => {
  const fleet = new Fleet();
  const registry = fleet.main;
  new Counter({ name: "a_total", help: "A.", registry });
  new Counter({ name: "b_total", help: "B.", labelNames: ["x"], registry });
  new Gauge({ name: "c", help: "C.", registry });
  assertEquals([...fleet.scrape()], [["a_total", 0], ["c", 0]]);
});

Deno.test("guideline 16: names are checked, and put together of namespace, subsystem and name", () => {
  const registry = newRegistry();
  const gauge = new Gauge({ namespace: "app", subsystem: "db", name: "pool_size", help: "P.", registry });
  assertEquals(gauge.name, "app_db_pool_size");
  for (const name of ["", "a-b", "1a", "a b", "ä"]) {
    assertThrows(() => new Gauge({ name, help: "G.", registry }), RangeError);
  }
});

Deno.test("guideline 17: a help text is required, of any length", () => {
  const registry = newRegistry();
  assertThrows(() => new Gauge({ name: "g", help: "", registry }), TypeError, "help");
  assertThrows(() => new Gauge({ name: "g", registry } as never), TypeError, "help");
  assertEquals(new Gauge({ name: "g", help: "?", registry }).descriptor.help, "?");
  const long = "long ".repeat(1000);
  assertEquals(new Gauge({ name: "l", help: long, registry }).descriptor.help, long);
});

Deno.test("guideline 18: the text format, in an order that does not depend on how values came", () => {
  const text = (order: readonly number[]) => {
    const fleet = new Fleet();
    for (const slot of order) {
      const { registry } = fleet.start(slot);
      for (const name of order.map((at) => ["a_total", "b_total"][at])) {
        const counter = new Counter({ name, help: "Of two.", labelNames: ["x"], registry });
        for (const x of order) counter.inc({ x: `value ${x}` }, x + 1);
      }
    }
    return textOf(fleet.collector);
  };
  assertEquals(text([0, 1]), text([1, 0]));
  assertEquals(
    text([0, 1]),
    "# HELP a_total Of two.\n# TYPE a_total counter\n" +
      'a_total{x="value 0"} 2\na_total{x="value 1"} 4\n' +
      "# HELP b_total Of two.\n# TYPE b_total counter\n" +
      'b_total{x="value 0"} 2\nb_total{x="value 1"} 4\n',
  );
});

Deno.test("guideline 19: process metrics are there, without what is not known, and can be left out", async () => {
  const shown = async (options: { process: boolean }, readings: FakeReadings) => {
    const registry = newRegistry();
    const collector = new Collector(registry);
    const runtime = startRuntimeMetrics(readings, { ...options, isolate: false, registry });
    await collector.prepare();
    const samples = [...collector.blocks()].filter(({ block }) => block.series.length > 0);
    runtime.stop();
    return samples.map(({ descriptor }) => descriptor.name).filter((name) => name.startsWith("process_"));
  };
  const known = await shown({ process: true }, new FakeReadings());
  for (
    const name of ["cpu_seconds_total", "open_fds", "max_fds", "resident_memory_bytes", "start_time_seconds"]
  ) {
    assert(known.includes(`process_${name}`), name);
  }
  const unknown = new FakeReadings();
  unknown.limits = {};
  unknown.resident = undefined;
  const rest = await shown({ process: true }, unknown);
  assert(!rest.includes("process_max_fds") && !rest.includes("process_resident_memory_bytes"));
  assert(rest.includes("process_open_fds"));
  assertEquals(await shown({ process: false }, new FakeReadings()), []);
});

Deno.test("guideline 20: metrics of the runtime have a prefix of their own", () => {
  const registry = newRegistry();
  startRuntimeMetrics(new FakeReadings(), { process: false, registry }).stop();
  const names = registry.descriptors().map(({ name }) => name);
  assert(names.length >= 5);
  for (const name of names) assert(/^(?:nodejs|promslab)_/.test(name), name);
});

Deno.test("guideline 21: users' tests can ask for the value of a sample", () => {
  const registry = newRegistry();
  const source = new Collector(registry);
  const logins = new Counter({ name: "logins_total", help: "L.", labelNames: ["result"], registry });
  logins.inc({ result: "ok" }, 3);
  assertEquals(getSampleValue("logins_total", { source, labels: { result: "ok" } }), 3);
  assertEquals(getSampleValue("logins_total", { source, labels: { result: "wrong" } }), undefined);
});

async function* modulesUnder(folder: URL): AsyncIterable<URL> {
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    if (isDirectory) yield* modulesUnder(new URL(`${name}/`, folder));
    else yield new URL(name, folder);
  }
}

Deno.test("guideline 22: the core needs no package and no bridge to HTTP", async () => {
  const seen: string[] = [];
  for (const layer of CORE) {
    const folder = new URL(`../../src/${layer}/`, import.meta.url);
    for await (const file of modulesUnder(folder)) {
      const source = await Deno.readTextFile(file);
      for (const [, target] of source.matchAll(/^(?:import|export)\b[^;]*?\bfrom "([^"]+)"/gm)) {
        seen.push(target);
        assert(target.startsWith("."), `${file.pathname} imports ${target}`);
        const room = /\/src\/(\w+)\//.exec(new URL(target, file).pathname)?.[1];
        assert(room !== undefined && CORE.includes(room), `${file.pathname} imports ${target}`);
      }
    }
  }
  assert(seen.length > 200, "imports were found");
});

Deno.test("guideline 23: an update never waits for a scrape, and a child is looked up once", () => {
  const fleet = new Fleet();
  const registry = fleet.start(0).registry;
  const counter = new Counter({ name: "a_total", help: "A.", labelNames: ["x"], registry });
  const histogram = new Histogram({ name: "b", help: "B.", buckets: [1], registry });
  const child = counter.labels("1");
  child.inc();
  // The scrape stops after its first family: whoever waited for it to end would wait for ever.
  const scrape = fleet.collector.blocks()[Symbol.iterator]();
  assertEquals(scrape.next().value.descriptor.name, "a_total");
  child.inc();
  counter.inc({ x: "2" });
  histogram.observe(0.5);
  assertStrictEquals(counter.labels("1"), child);
  assertEquals(scrape.next().value.values[2], 0.5);
  assertEquals([...fleet.scrape(new Set(["a_total"]))], [['a_total{x="1"}', 2], ['a_total{x="2"}', 1]]);
});
