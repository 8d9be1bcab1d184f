import { assert, assertEquals, assertThrows } from "@std/assert";
import { Histogram, type HistogramOptions } from "../../../src/metric/histogram.ts";
import { ClassicChild, NativeChild } from "../../../src/metric/histogram_child.ts";
import type { FamilySamples } from "../../../src/model/samples.ts";
import { Fleet } from "../../_support/fleet.ts";

/** A series of a histogram with the bounds 1 and 2, and what a scrape finds of it. */
function seriesOf(options: Partial<HistogramOptions<"a">> = {}) {
  const fleet = new Fleet();
  const histogram = new Histogram({
    name: "h",
    help: "H.",
    buckets: [1, 2],
    labelNames: ["a"],
    registry: fleet.main,
    ...options,
  });
  const block = (): FamilySamples => [...fleet.collector.blocks(new Set(["h"]))][0];
  return {
    histogram,
    child: histogram.labels("x"),
    block,
    /** The cumulative counts up to 1, to 2 and to +Inf, then the sum. */
    values: () => [...block().values],
    /** The value of the exemplar at each bucket. */
    exemplars: () => [0, 1, 2].map((column) => block().exemplars?.get(column)?.value),
  };
}

/** Both kinds of children, which must do the same with classic buckets. */
const KINDS: readonly [kind: string, options: Partial<HistogramOptions<"a">>][] = [
  ["classic", {}],
  ["native", { native: true }],
];

Deno.test("Histogram.labels() gives children that are as small as their buckets allow", () => {
  assert(seriesOf().child instanceof ClassicChild);
  assert(seriesOf({ native: true }).child instanceof NativeChild);
});

for (const [kind, options] of KINDS) {
  Deno.test(`a ${kind} child counts a value that is a bound in the bucket of that bound`, () => {
    const { child, values } = seriesOf(options);
    for (const value of [1, 1.5, 2, 2.5]) child.observe(value);
    assertEquals(values(), [1, 3, 4, 7]);
  });

  Deno.test(`a ${kind} child takes every number, negative and infinite ones too`, () => {
    const { child, values } = seriesOf(options);
    for (const value of [-5, -0, Number.MIN_VALUE]) child.observe(value);
    assertEquals(values().slice(0, 3), [3, 3, 3]);
    child.observe(Infinity);
    assertEquals(values(), [3, 3, 4, Infinity]);
  });

  Deno.test(`a ${kind} child refuses what is no number, and counts nothing then`, () => {
    const { child, values } = seriesOf(options);
    for (const bad of ["1", null, undefined, true, 1n, {}]) {
      assertThrows(
        () => child.observe(bad as number),
        RangeError,
        'Cannot observe with histogram "h": wanted a number that is not NaN, given ',
      );
    }
    assertEquals(values(), [0, 0, 0, 0]);
  });

  Deno.test(`a ${kind} child keeps an exemplar with the bucket that its value falls in`, () => {
    const { child, exemplars, values } = seriesOf({ ...options, exemplars: true });
    child.observe(2, { exemplar: { id: "a" } });
    child.observe(7, { exemplar: { id: "b" } });
    child.observe(0.5);
    assertEquals([exemplars(), values()], [[undefined, 2, 7], [1, 2, 3, 9.5]]);
  });

  Deno.test(`a ${kind} child refuses an exemplar that is not valid, and counts nothing then`, () => {
    const { child, values } = seriesOf({ ...options, exemplars: true });
    assertThrows(() => child.observe(1, { exemplar: { id: "x".repeat(127) } }), RangeError);
    assertThrows(() => child.observe(1, { exemplar: "id" as never }), TypeError);
    assertEquals(values(), [0, 0, 0, 0]);
  });

  Deno.test(`a ${kind} child goes on in another place after its series was removed and came back`, () => {
    const { child, histogram, values } = seriesOf(options);
    child.observe(1);
    histogram.remove("x");
    histogram.labels("x").observe(2);
    child.observe(2);
    assertEquals(values(), [0, 2, 2, 4]);
  });

  Deno.test(`a ${kind} child's timer observes once for each end, in seconds`, () => {
    const { child, values } = seriesOf(options);
    const startMs = performance.now();
    const end = child.startTimer();
    const seconds = end();
    assert(seconds >= 0 && seconds <= (performance.now() - startMs) / 1000, String(seconds));
    assertEquals(child.time(() => "done"), "done");
    assertThrows(
      () =>
        child.time(() => {
          throw new Error("no");
        }),
      Error,
      "no",
    );
    assertEquals(values()[2], 3, "what fails takes time too");
  });
}

Deno.test("a classic child refuses NaN, which a native one counts without a bucket", () => {
  const classic = seriesOf();
  assertThrows(() => classic.child.observe(NaN), RangeError, "given NaN");
  assertEquals(classic.values(), [0, 0, 0, 0]);
  const native = seriesOf({ native: true });
  native.child.observe(NaN);
  assertEquals(native.values(), [0, 0, 1, NaN]);
});
