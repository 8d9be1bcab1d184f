import { assertEquals, assertStrictEquals, assertThrows } from "@std/assert";
import { Counter } from "../../../src/metric/counter.ts";
import { DuplicateFamilyError } from "../../../src/model/errors.ts";
import { givenText } from "../../../src/model/given_text.ts";
import { Fleet } from "../../_support/fleet.ts";

Deno.test("Counter.inc() adds 1 or a given amount, with labels in any order or without", () => {
  const fleet = new Fleet();
  const registry = fleet.main;
  const plain = new Counter({ name: "a_total", help: "A.", registry });
  const labelled = new Counter({ name: "b_total", help: "B.", labelNames: ["x", "y"], registry });
  plain.inc();
  plain.inc(2.5);
  plain.inc(0);
  labelled.inc({ x: "1", y: "2" });
  labelled.inc({ y: 2, x: 1 }, 4);
  labelled.labels("1", "2").inc(10);
  labelled.labels({ x: 1, y: "2" }).inc();
  assertEquals([...fleet.scrape()], [["a_total", 3.5], ['b_total{x="1",y="2"}', 16]]);
});

Deno.test("Counter.labels() gives the same child for the same labels, and makes the series at 0", () => {
  const fleet = new Fleet();
  const counter = new Counter({ name: "a_total", help: "A.", labelNames: ["x"], registry: fleet.main });
  assertStrictEquals(counter.labels({ x: "1" }), counter.labels(1));
  assertEquals([...fleet.scrape()], [['a_total{x="1"}', 0]]);
});

Deno.test("case 37: Counter.inc() refuses what is no number from 0, and neither counts nor makes a series", () => {
  const fleet = new Fleet();
  const registry = fleet.main;
  const plain = new Counter({ name: "a_total", help: "A.", registry });
  const labelled = new Counter({ name: "b_total", help: "B.", labelNames: ["x"], registry });
  const child = labelled.labels("there");
  plain.inc(2);
  for (const bad of [NaN, -1, -0.1, -Infinity, "1", null, true, {}, 1n, Symbol("1"), () => 1]) {
    const amount = bad as number;
    if (typeof bad !== "object") {
      assertThrows(
        () => plain.inc(amount),
        RangeError,
        `Cannot increment counter "a_total": wanted a number from 0, given ${givenText(bad)}`,
      );
    }
    assertThrows(() => labelled.inc({ x: "new" }, amount), RangeError, 'Cannot increment counter "b_total"');
    assertThrows(() => child.inc(amount), RangeError, 'Cannot increment counter "b_total"');
  }
  assertEquals([...fleet.scrape()], [["a_total", 2], ['b_total{x="there"}', 0]]);
});

Deno.test("Counter.inc() refuses to count without the labels that the definition wants", () => {
  const fleet = new Fleet();
  const labelled = new Counter({ name: "b_total", help: "B.", labelNames: ["x"], registry: fleet.main });
  assertThrows(
    () => (labelled as unknown as Counter).inc(),
    TypeError,
    'Cannot update "b_total" without labels: wanted {x}',
  );
  const plain = new Counter({ name: "a_total", help: "A.", registry: fleet.main });
  for (const wrong of [() => plain.labels({ x: "1" } as never), () => plain.labels("1")]) {
    assertThrows(wrong, TypeError, 'Cannot find series of "a_total"');
  }
  assertEquals([...fleet.scrape()], [["a_total", 0]]);
});

Deno.test("case 42: Counter.getOrCreate() shares the family of an equal definition and refuses another", () => {
  const fleet = new Fleet();
  const options = { name: "a_total", help: "A.", labelNames: ["x"] as const, registry: fleet.main };
  new Counter(options).inc({ x: "1" });
  Counter.getOrCreate(options).inc({ x: "1" });
  assertEquals([...fleet.scrape()], [['a_total{x="1"}', 2]]);
  const error = assertThrows(
    () => Counter.getOrCreate({ ...options, help: "Another." }),
    DuplicateFamilyError,
    'it is defined already as a counter, but help "A." against "Another."',
  );
  assertEquals([error.existing.help, error.rejected.help], ["A.", "Another."]);
});

Deno.test("case 10: an exception between two updates leaves both as they were", () => {
  const fleet = new Fleet();
  const counter = new Counter({ name: "a_total", help: "A.", registry: fleet.main });
  assertThrows(
    () => {
      counter.inc(0.5);
      if (counter.descriptor.name !== "") throw new Error("handler");
      counter.inc(0.5);
    },
    Error,
    "handler",
  );
  assertEquals([...fleet.scrape()], [["a_total", 0.5]]);
  counter.inc(0.5);
  assertEquals([...fleet.scrape()], [["a_total", 1]]);
});
