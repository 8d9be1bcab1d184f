import { assert, assertEquals, assertThrows } from "@std/assert";
import { Histogram } from "../../../src/metric/histogram.ts";
import { DEFAULT_BUCKETS } from "../../../src/model/define.ts";
import { givenText } from "../../../src/model/given_text.ts";
import { Fleet } from "../../_support/fleet.ts";

Deno.test("Histogram.observe() counts with and without labels and through children", () => {
  const fleet = new Fleet();
  const registry = fleet.main;
  const plain = new Histogram({ name: "a", help: "A.", buckets: [1, 2], registry });
  const labelled = new Histogram({ name: "b", help: "B.", buckets: [1], labelNames: ["x"], registry });
  for (const value of [0.5, 1, 1.5, 99]) plain.observe(value);
  labelled.observe({ x: 1 }, 3);
  labelled.labels(1).observe(0.25);
  assertEquals([...fleet.scrape()], [
    ['a_bucket{le="1"}', 2],
    ['a_bucket{le="2"}', 3],
    ['a_bucket{le="+Inf"}', 4],
    ["a_count", 4],
    ["a_sum", 102],
    ['b_bucket{x="1",le="1"}', 1],
    ['b_bucket{x="1",le="+Inf"}', 2],
    ['b_count{x="1"}', 2],
    ['b_sum{x="1"}', 3.25],
  ]);
});

Deno.test("case 38: Histogram.observe() refuses NaN and what is no number, and neither counts nor makes a series", () => {
  const fleet = new Fleet();
  const registry = fleet.main;
  const plain = new Histogram({ name: "a", help: "A.", buckets: [1], registry });
  const labelled = new Histogram({ name: "b", help: "B.", buckets: [1], labelNames: ["x"], registry });
  for (const bad of [NaN, "1", null, undefined, true]) {
    const value = bad as number;
    if (bad !== null) {
      assertThrows(
        () => plain.observe(value),
        RangeError,
        `Cannot observe with histogram "a": wanted a number that is not NaN, given ${givenText(bad)}`,
      );
    }
    assertThrows(() => labelled.observe({ x: 1 }, value), RangeError, 'Cannot observe with histogram "b"');
  }
  assertEquals(fleet.scrape().get("a_count"), 0);
  assertEquals(fleet.scrape().size, 4);
});

Deno.test("Histogram has the client libraries' buckets unless told otherwise, and takes +Inf as last bound", () => {
  const { main: registry } = new Fleet();
  assertEquals(new Histogram({ name: "a", help: "A.", registry }).descriptor.buckets, DEFAULT_BUCKETS);
  const given = new Histogram({ name: "b", help: "B.", buckets: [1, Infinity], registry });
  assertEquals(given.descriptor.buckets, [1]);
});

Deno.test("Histogram.startTimer() and time() observe seconds", async () => {
  const fleet = new Fleet();
  const histogram = new Histogram({
    name: "a",
    help: "A.",
    buckets: [60],
    labelNames: ["x"],
    registry: fleet.main,
  });
  const seconds = histogram.startTimer({ x: 1 })();
  assertEquals(histogram.time({ x: 1 }, () => "result"), "result");
  assertEquals(await histogram.time({ x: 1 }, () => Promise.resolve(7)), 7);
  assertThrows(
    () =>
      histogram.time({ x: 1 }, () => {
        throw new Error("work");
      }),
    Error,
    "work",
  );
  const samples = fleet.scrape();
  assertEquals(samples.get('a_bucket{x="1",le="60"}'), 4);
  assert(samples.get('a_sum{x="1"}')! >= seconds);
});
