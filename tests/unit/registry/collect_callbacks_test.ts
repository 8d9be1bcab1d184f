import { assert, assertEquals, assertThrows } from "@std/assert";
import { Collector, Counter, Gauge, Registry } from "promslab";
import { CollectCallbacks } from "../../../src/registry/collect_callbacks.ts";
import type { FamilySamples } from "../../../src/model/samples.ts";

/** The first value of each series of each family, by name and label values. */
function valuesOf(collector: Collector): Record<string, number> {
  const values: Record<string, number> = {};
  collector.gather({
    samples({ descriptor, block, stride, values: numbers }: FamilySamples) {
      block.series.forEach((labels, i) => {
        values[[descriptor.name, ...labels].join(" ")] = numbers[i * stride];
      });
    },
  });
  return values;
}

Deno.test("Collector.prepare() runs the collect callback of every metric before the pass", async () => {
  const registry = new Registry();
  let pool = 3;
  new Gauge({ name: "pool_size", help: "Size.", registry, collect: (gauge) => gauge.set(pool) });
  new Gauge({
    name: "pool_free",
    help: "Free.",
    labelNames: ["kind"],
    registry,
    collect: async (gauge) => {
      await Promise.resolve();
      gauge.set({ kind: "a" }, pool - 1);
    },
  });
  const collector = new Collector(registry);
  await collector.prepare();
  assertEquals(valuesOf(collector)["pool_size"], 3);
  pool = 5;
  await collector.prepare();
  assertEquals(valuesOf(collector)["pool_size"], 5);
  assertEquals(valuesOf(collector)["pool_free a"], 4);
});

Deno.test("case 59: Collector.prepare() leaves out only the family whose callback fails, and counts it", async () => {
  const registry = new Registry();
  let broken = true;
  const failWhenBroken = () => {
    if (broken) throw new Error("no connection");
  };
  new Gauge({ name: "a_broken", help: "Throws.", registry, collect: failWhenBroken });
  new Gauge({
    name: "b_broken",
    help: "Rejects.",
    registry,
    collect: () => broken ? Promise.reject(new Error("no")) : undefined,
  });
  new Counter({ name: "c_total", help: "Fine.", registry }).inc(2);
  const collector = new Collector(registry);
  await collector.prepare();
  assertEquals(valuesOf(collector), {
    c_total: 2,
    "promslab_collect_errors_total a_broken": 1,
    "promslab_collect_errors_total b_broken": 1,
  });
  broken = false;
  await collector.prepare();
  assertEquals(valuesOf(collector)["a_broken"], 0);
  assertEquals(valuesOf(collector)["promslab_collect_errors_total a_broken"], 1);
});

Deno.test("Collector.prepare() does not wait longer than its timeout for a late callback", async () => {
  const registry = new Registry();
  let calls = 0;
  let finish = () => {};
  new Gauge({
    name: "late",
    help: "Late.",
    registry,
    collect: (gauge) => {
      calls++;
      return new Promise<void>((resolve) => {
        finish = () => {
          gauge.set(7);
          resolve();
        };
      });
    },
  });
  const collector = new Collector(registry);
  await collector.prepare(1);
  assertEquals("late" in valuesOf(collector), false);
  await collector.prepare(1);
  assertEquals(calls, 1, "a callback that has not ended is not started again");
  const preparing = collector.prepare(10_000);
  assertEquals(collector.prepare(), preparing, "overlapping calls share one run");
  finish();
  await preparing;
  assertEquals(valuesOf(collector)["late"], 7);
  assertEquals(valuesOf(collector)["promslab_collect_errors_total late"], 2);
});

Deno.test("Registry.register() takes a callback for several families, Registry.unregister() gives it back", async () => {
  const registry = new Registry();
  const a = new Gauge({ name: "a", help: "A.", registry });
  const b = new Gauge({ name: "b", help: "B.", registry });
  let calls = 0;
  const callback = {
    families: ["a", "b"],
    collect() {
      calls++;
      a.set(calls);
      b.set(10 * calls);
    },
  };
  registry.register(callback);
  registry.register(callback);
  const collector = new Collector(registry);
  await collector.prepare();
  assertEquals(calls, 1);
  assertEquals(valuesOf(collector)["b"], 10);
  registry.unregister(callback);
  await collector.prepare();
  assertEquals(calls, 1);
});

Deno.test("Registry.beat() runs callbacks at once, but not at every beat", () => {
  const registry = new Registry();
  let calls = 0;
  new Gauge({ name: "a", help: "A.", registry, collect: () => void calls++ });
  registry.beat();
  registry.beat();
  assertEquals(calls, 1);
});

Deno.test("CollectCallbacks.runIfDue() runs once a second", () => {
  const callbacks = new CollectCallbacks(new Registry());
  let calls = 0;
  callbacks.add({ families: ["a"], collect: () => void calls++ }, "a");
  for (const nowMs of [0, 250, 999, 1000, 1250, 2001]) callbacks.runIfDue(nowMs);
  assertEquals(calls, 3);
});

Deno.test("Gauge.getOrCreate() keeps the callback that is there", async () => {
  const registry = new Registry();
  const ran: string[] = [];
  const options = { name: "a", help: "A.", registry };
  Gauge.getOrCreate({ ...options, collect: () => void ran.push("first") });
  Gauge.getOrCreate({ ...options, collect: () => void ran.push("second") });
  await registry.collect();
  assertEquals(ran, ["first"]);
});

Deno.test("Gauge() refuses a collect that is no function, and defines nothing", () => {
  const registry = new Registry();
  const collect = 5 as unknown as () => void;
  assertThrows(
    () => new Gauge({ name: "a", help: "A.", registry, collect }),
    TypeError,
    'Cannot define "a": wanted a function as collect, given number',
  );
  assertEquals(registry.descriptors(), []);
});

Deno.test("CollectCallbacks.run() gives no names without callbacks", async () => {
  const callbacks = new CollectCallbacks(new Registry());
  assert((await callbacks.run()).size === 0);
});

Deno.test("Collector.prepare() leaves callbacks alone that set none of the wanted families", async () => {
  const registry = new Registry({ slabBytes: 1 << 20 });
  const runs: string[] = [];
  for (const name of ["a", "b"]) {
    new Gauge({ name, help: "h", registry, collect: () => void runs.push(name) });
  }
  const collector = new Collector(registry);
  await collector.prepare(undefined, new Set(["b", "c"]));
  assertEquals(runs, ["b"]);
  await collector.prepare(undefined, new Set(["c"]));
  assertEquals(runs, ["b"]);
  await collector.prepare();
  assertEquals(runs, ["b", "a", "b"]);
});
