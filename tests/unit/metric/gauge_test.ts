import { assert, assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import { Gauge } from "../../../src/metric/gauge.ts";
import { givenText } from "../../../src/model/given_text.ts";
import { Fleet } from "../../_support/fleet.ts";

Deno.test("Gauge.set(), inc() and dec() work with and without labels and through children", () => {
  const fleet = new Fleet();
  const registry = fleet.main;
  const plain = new Gauge({ name: "a", help: "A.", registry });
  const labelled = new Gauge({ name: "b", help: "B.", labelNames: ["x", "y"], registry });
  plain.set(5);
  plain.inc();
  plain.dec(0.5);
  labelled.set({ x: 1, y: 2 }, -4);
  labelled.inc({ y: 2, x: 1 }, 2);
  labelled.dec({ x: 1, y: 2 });
  labelled.labels(1, 2).inc(10);
  labelled.labels(1, 2).dec();
  assertEquals([...fleet.scrape()], [["a", 5.5], ['b{x="1",y="2"}', 6]]);
});

Deno.test("Gauge.set() takes any number and refuses what is none", () => {
  const fleet = new Fleet();
  const gauge = new Gauge({ name: "a", help: "A.", registry: fleet.main });
  for (const value of [NaN, Infinity, -Infinity, -0, 1e308]) {
    gauge.set(value);
    assertEquals(fleet.scrape().get("a"), value);
  }
  for (const bad of ["1", undefined]) {
    assertThrows(
      () => gauge.set(bad as unknown as number),
      TypeError,
      `Cannot set gauge "a": wanted a number, given ${givenText(bad)}`,
    );
  }
  assertThrows(
    () => gauge.inc("1" as unknown as number),
    TypeError,
    'Cannot increment gauge "a": wanted a number, given "1"',
  );
  assertEquals(fleet.scrape().get("a"), 1e308);
});

Deno.test("case 23: Gauge.inc() has no meaning where values are ordered in time", () => {
  for (const mode of ["mostrecent", "livemostrecent", "latest"] as const) {
    const fleet = new Fleet();
    const gauge = new Gauge({ name: "a", help: "A.", mode, labelNames: ["x"], registry: fleet.main });
    const message = `Cannot add to gauge "a": merge mode ${mode} knows only set()`;
    assertThrows(() => gauge.inc({ x: 1 }), TypeError, message);
    assertThrows(() => gauge.dec({ x: 1 }), TypeError, message);
    assertThrows(() => gauge.labels(1).inc(), TypeError, message);
  }
});

Deno.test("Gauge.set() of mode latest wants a version", () => {
  const fleet = new Fleet();
  const gauge = new Gauge({ name: "a", help: "A.", mode: "latest", registry: fleet.main });
  for (const version of [undefined, NaN, "1"]) {
    assertThrows(
      () => gauge.set(1, version as number),
      TypeError,
      `Cannot set gauge "a": merge mode latest wants a version, given ${givenText(version)}`,
    );
  }
  gauge.set(7, 3);
  gauge.set(8, 2);
  assertEquals(fleet.scrape().get("a"), 8, "one thread's own last set, which its version belongs to");
});

Deno.test("case 25: Gauge refuses a label of its own that is named like the one that the mode adds", () => {
  const { main: registry } = new Fleet();
  for (const mode of ["all", "liveall"] as const) {
    const message = `the label "worker" is reserved, merge mode ${mode} adds it`;
    assertThrows(
      () => new Gauge({ name: "a", help: "A.", mode, labelNames: ["worker"], registry }),
      RangeError,
      message,
    );
    assertThrows(
      () => new Gauge({ name: "a", help: "A.", mode, constLabels: { worker: 1 }, registry }),
      RangeError,
      message,
    );
  }
  new Gauge({ name: "a", help: "A.", mode: "sum", labelNames: ["worker"], registry });
});

Deno.test("Gauge.setToCurrentTime() and startTimer() set seconds", () => {
  const fleet = new Fleet();
  const gauge = new Gauge({ name: "a", help: "A.", labelNames: ["x"], registry: fleet.main });
  gauge.setToCurrentTime({ x: "now" });
  const seconds = gauge.startTimer({ x: "timer" })();
  const samples = fleet.scrape();
  assertAlmostEquals(samples.get('a{x="now"}')!, Date.now() / 1000, 60);
  assertEquals(samples.get('a{x="timer"}'), seconds);
  assert(seconds >= 0 && seconds < 60);
});

Deno.test("Gauge without labels goes on after clear() and reset()", () => {
  const fleet = new Fleet();
  const gauge = new Gauge({ name: "a", help: "A.", registry: fleet.main });
  gauge.set(5);
  gauge.reset();
  assertEquals([...fleet.scrape()], [["a", 0]]);
  gauge.inc(2);
  assertEquals([...fleet.scrape()], [["a", 2]]);
  gauge.clear();
  gauge.inc(3);
  assertEquals([...fleet.scrape()], [["a", 3]]);
});
