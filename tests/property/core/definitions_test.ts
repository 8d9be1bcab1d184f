/**
 * Definitions on their way through a slab: whatever an author may write, a reader can read.
 */
import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { defineDescriptor, type DefinitionOptions } from "../../../src/model/define.ts";
import type { Descriptor } from "../../../src/model/descriptor.ts";
import { METRIC_TYPES, type MetricType } from "../../../src/model/metric_type.ts";
import { readDescriptor } from "../../../src/model/read_descriptor.ts";
import { testProperty } from "../../_support/property.ts";

const odd = fc.constantFrom<unknown>(
  ...[undefined, null, true, 0, -0, 1, -1, 0.01, 0.5, 60, 2 ** 53, Infinity, -Infinity, NaN, "", "0.5", "60"],
  ...[
    "a_b",
    "\ud800",
    [],
    [0.5],
    ["0.5"],
    [1, 2],
    [Infinity],
    [-Infinity, 1],
    {},
    new Number(0.5),
    new String("b"),
  ],
);

/** A value that is right most of the time, so that many definitions are accepted, and anything at all. */
function mostly(...right: unknown[]): fc.Arbitrary<unknown> {
  return fc.oneof(
    { weight: 30, arbitrary: fc.constant(undefined) },
    { weight: 6, arbitrary: fc.constantFrom(...right) },
    { weight: 2, arbitrary: odd },
  );
}

const definition = fc.record({
  name: mostly("a_b", "a_b_total", new String("a_b")).map((name) => name ?? "a_b_total"),
  help: mostly("A.").map((help) => help ?? "A.\n\ud800"),
  unit: mostly("b", new String("b")),
  labelNames: mostly(["x"], ["x", "y"]),
  constLabels: mostly({ z: 1 }, { z: "\ud800" }, { z: true }),
  buckets: mostly([1, 2], [-1.5, Infinity], new Float64Array([1])),
  quantiles: mostly([0.5], [0, 1], ["0.5"]),
  relativeError: mostly(0.01, "0.01"),
  windowSeconds: mostly(0, 60, "60"),
  states: mostly(["on", "off"], ["\u0000"]),
  native: mostly(true, false, { factor: 2 }, { factor: "2" }, { schema: 8, maxZeroThreshold: 1 }),
  exemplars: mostly(true, false),
  perWorker: mostly(true, false),
  maxSeries: mostly(1, 1e9),
  ttlSeconds: mostly(5, 0.5),
});

/** The definition, or nothing if it is refused. */
function accepted(type: MetricType, options: unknown): Descriptor | undefined {
  try {
    return defineDescriptor(type, options as DefinitionOptions);
  } catch {
    return undefined;
  }
}

testProperty(
  "readDescriptor() reads back whatever defineDescriptor() accepts",
  fc.property(fc.constantFrom(...METRIC_TYPES), definition, (type, options) => {
    const descriptor = accepted(type, options);
    if (descriptor === undefined) return;
    const json = JSON.stringify(descriptor);
    assertEquals(readDescriptor(json), JSON.parse(json));
  }),
  { runs: 3000 },
);

Deno.test("defineDescriptor() accepts many of those definitions, so that the property says something", () => {
  const tries = fc.sample(fc.tuple(fc.constantFrom(...METRIC_TYPES), definition), { numRuns: 1000, seed: 1 });
  const count = tries.filter(([type, options]) => accepted(type, options) !== undefined).length;
  assert(count >= 100, `only ${count} of 1000 are accepted`);
});
