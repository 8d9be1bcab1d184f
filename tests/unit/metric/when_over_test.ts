import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { Counter } from "../../../src/metric/counter.ts";
import { Gauge } from "../../../src/metric/gauge.ts";
import { Histogram } from "../../../src/metric/histogram.ts";
import { whenOver } from "../../../src/metric/when_over.ts";
import { Fleet } from "../../_support/fleet.ts";

Deno.test("whenOver() ends once, after work that returns, throws, resolves or rejects", async () => {
  const ends: unknown[] = [];
  const end = (failure?: { error: unknown }) => ends.push(failure?.error ?? "fine");
  assertEquals(whenOver(() => 1, end), 1);
  const error = new Error("no");
  assertThrows(
    () =>
      whenOver(() => {
        throw error;
      }, end),
    Error,
    "no",
  );
  assertEquals(ends, ["fine", error]);
  const { promise, resolve } = Promise.withResolvers<number>();
  const result = whenOver(() => promise, end);
  assertEquals(ends.length, 2);
  resolve(7);
  assertEquals(await result, 7);
  await assertRejects(() => whenOver(() => Promise.reject(error), end), Error, "no");
  assertEquals(await whenOver(() => ({ then: (use: (value: number) => void) => use(5) }), end), 5);
  assertEquals(ends, ["fine", error, "fine", error, "fine"]);
});

Deno.test("Gauge.trackInProgress() counts work while it lasts", async () => {
  const fleet = new Fleet();
  const { registry } = fleet.start(0);
  const calls = new Gauge({ name: "calls", help: "Calls.", labelNames: ["to"], registry });
  const bare = new Gauge({ name: "bare", help: "Bare.", registry });
  const { promise, resolve } = Promise.withResolvers<string>();
  const call = calls.trackInProgress({ to: "a" }, () => promise);
  assertEquals(bare.trackInProgress(() => fleet.scrape().get("bare")), 1);
  assertEquals(fleet.scrape().get(`calls{to="a"}`), 1);
  resolve("done");
  assertEquals(await call, "done");
  await assertRejects(() => calls.labels("a").trackInProgress(() => Promise.reject(new Error("no"))));
  assertEquals(fleet.scrape(), new Map([["bare", 0], [`calls{to="a"}`, 0]]));
});

Deno.test("Counter.countErrors() counts failures, those that the filter wants", async () => {
  const fleet = new Fleet();
  const { registry } = fleet.start(0);
  const failures = new Counter({ name: "failures_total", help: "Failures.", labelNames: ["to"], registry });
  const bare = new Counter({ name: "bare_total", help: "Bare.", registry });
  const fail = () => {
    throw new RangeError("no");
  };
  assertThrows(() => failures.countErrors({ to: "a" }, fail), RangeError);
  assertThrows(() => bare.countErrors(fail), RangeError);
  const only = (error: unknown) => error instanceof TypeError;
  assertThrows(() => bare.countErrors(fail, { only }), RangeError);
  await assertRejects(() => bare.countErrors(() => Promise.reject(new TypeError("no")), { only }), TypeError);
  assertEquals(failures.labels("a").countErrors(() => 3), 3);
  assertEquals(fleet.scrape(), new Map([["bare_total", 2], [`failures_total{to="a"}`, 1]]));
});

Deno.test("time() measures work, failed work too", async () => {
  const fleet = new Fleet();
  const { registry } = fleet.start(0);
  const took = new Histogram({ name: "took_seconds", help: "Took.", labelNames: ["to"], registry });
  const last = new Gauge({ name: "last_seconds", help: "Last.", registry });
  assertEquals(took.time({ to: "a" }, () => 1), 1);
  await assertRejects(() => took.labels("a").time(() => Promise.reject(new Error("no"))));
  last.set(-1);
  last.time(() => {});
  const samples = fleet.scrape();
  assertEquals(samples.get(`took_seconds_count{to="a"}`), 2);
  assertEquals((samples.get("last_seconds") ?? -1) >= 0, true);
});
