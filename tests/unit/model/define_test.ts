import { assert, assertEquals, assertThrows } from "@std/assert";
import {
  DEFAULT_BUCKETS,
  DEFAULT_MAX_SERIES,
  defineDescriptor,
  type DefinitionOptions,
  descriptorDifference,
  sampleNames,
  takenNames,
} from "../../../src/model/define.ts";
import type { MetricType } from "../../../src/model/metric_type.ts";

Deno.test("defineDescriptor() fills in what is left out and freezes the result", () => {
  const descriptor = defineDescriptor("counter", { name: "a_total", help: "A." });
  assertEquals(descriptor, {
    name: "a_total",
    help: "A.",
    type: "counter",
    unit: "",
    labelNames: [],
    constLabels: {},
    mode: "sum",
    buckets: [],
    quantiles: [],
    relativeError: 0,
    windowSeconds: 0,
    states: [],
    exemplars: false,
    maxSeries: DEFAULT_MAX_SERIES,
    ttlSeconds: 0,
  });
  for (const part of [descriptor, descriptor.labelNames, descriptor.constLabels, descriptor.buckets]) {
    assert(Object.isFrozen(part));
  }
  assertEquals(defineDescriptor("gauge", { name: "a", help: "A." }).mode, "livesum");
  assertEquals(defineDescriptor("histogram", { name: "a", help: "A." }).buckets, DEFAULT_BUCKETS);
});

const REFUSED: [MetricType, Partial<Record<keyof DefinitionOptions, unknown>>, string][] = [
  ["counter", { name: undefined }, "Cannot define metric: wanted a name, given undefined"],
  ["counter", { name: "" }, 'Cannot define metric "": wanted a name of letters'],
  ["counter", { name: "1_total" }, 'Cannot define metric "1_total": wanted a name of letters'],
  ["counter", { name: "a-b_total" }, 'Cannot define metric "a-b_total"'],
  ["counter", { name: "é_total" }, 'Cannot define metric "é_total"'],
  ["counter", { name: "a" }, 'Cannot define counter "a": wanted a name that ends in "_total"'],
  ["gauge", { help: "" }, 'Cannot define gauge "a": wanted a help text, given an empty one'],
  ["gauge", { help: undefined }, 'Cannot define gauge "a": wanted a help text, given undefined'],
  ["gauge", { labelNames: "x" }, 'Cannot define gauge "a": wanted labelNames as an array, given string'],
  ["gauge", { labelNames: ["x", "x"] }, 'label "x" of metric "a": the name is given twice'],
  ["gauge", { labelNames: ["x"], constLabels: { x: 1 } }, 'label "x" of metric "a": the name is given twice'],
  ["gauge", { labelNames: ["__x"] }, 'names that start with "__" are reserved for Prometheus'],
  ["gauge", { labelNames: ["x y"] }, 'label "x y" of metric "a": wanted a name of letters'],
  ["gauge", { labelNames: [1] }, 'label 1 of metric "a": wanted a string, given number'],
  ["histogram", { labelNames: ["le"] }, "the name is reserved for the samples of a histogram"],
  ["summary", { labelNames: ["quantile"] }, "the name is reserved for the samples of a summary"],
  ["gauge", { unit: "seconds" }, 'Cannot define gauge "a": wanted a name that ends in its unit "seconds"'],
  ["gauge", { maxSeries: 0 }, "wanted maxSeries as a whole number from 1, given 0"],
  ["gauge", { maxSeries: 1.5 }, "wanted maxSeries as a whole number from 1, given 1.5"],
  ["gauge", { mode: "average" }, "wanted a merge mode of"],
  ["histogram", { buckets: [2, 1] }, "wanted buckets in ascending order, given 1 after 2"],
  ["histogram", { buckets: [1, 1] }, "wanted buckets in ascending order, given 1 after 1"],
  ["histogram", { buckets: [1, NaN] }, "wanted finite numbers as buckets, given NaN"],
  ["histogram", { buckets: [-Infinity, 1] }, "wanted finite numbers as buckets, given -Infinity"],
  ["histogram", { buckets: ["1"] }, "wanted finite numbers as buckets"],
  ["histogram", { buckets: [] }, "wanted at least one bucket, given none"],
  ["histogram", { buckets: [Infinity] }, "wanted at least one bucket, given none"],
  ["histogram", { buckets: 5 }, "wanted buckets as an array, given number"],
  ["gauge", { ttlSeconds: -1, labelNames: ["x"] }, "wanted ttlSeconds as a number from 0, given -1"],
  ["gauge", { ttlSeconds: 5 }, "cannot have ttlSeconds"],
  ["counter", { name: "a_total", exemplars: 1 }, "wanted exemplars as true or false, given 1"],
  ["summary", { quantiles: ["0.5"] }, 'wanted quantiles from 0 to 1, given "0.5"'],
  [
    "summary",
    { quantiles: [0.5], relativeError: "0.01" },
    'wanted a relativeError from 0.001 to 0.5, given "0.01"',
  ],
  [
    "summary",
    { quantiles: [0.5], windowSeconds: "60" },
    'wanted windowSeconds from 1, or 0 for ever, given "60"',
  ],
  ["histogram", { native: { factor: "2" } }, 'wanted a factor above 1, given "2"'],
  ["gauge", { unit: 5 }, "wanted unit as text, given 5"],
  ["gauge", { unit: null }, "wanted unit as text, given null"],
  ["gauge", { constLabels: null }, "wanted constLabels as an object, given null"],
  ["gauge", { constLabels: 7 }, "wanted constLabels as an object, given 7"],
];

Deno.test("defineDescriptor() refuses what the data model does not know, and says what was given and wanted", () => {
  for (const [type, options, message] of REFUSED) {
    const all = { name: "a", help: "A.", ...options } as DefinitionOptions;
    assertThrows(() => defineDescriptor(type, all), Error, message, JSON.stringify(options));
  }
  assertThrows(
    () => defineDescriptor("gauge", null as unknown as DefinitionOptions),
    TypeError,
    "given null",
  );
});

Deno.test("defineDescriptor() writes constant labels as strings", () => {
  const { constLabels } = defineDescriptor("gauge", {
    name: "a",
    help: "A.",
    constLabels: { n: 1, b: true, s: "\uD800" },
  });
  assertEquals(constLabels, { n: "1", b: "true", s: "\uFFFD" });
});

Deno.test("defineDescriptor() joins namespace, subsystem and name", () => {
  const { name } = defineDescriptor("gauge", {
    namespace: "app",
    subsystem: "pool",
    name: "size",
    help: "A.",
  });
  assertEquals(name, "app_pool_size");
});

Deno.test("case 43: descriptorDifference() names the first field in which two definitions disagree", () => {
  const base: DefinitionOptions = { name: "a", help: "A.", labelNames: ["x"], buckets: [1, 2] };
  const define = (type: MetricType, more: Partial<DefinitionOptions> = {}) =>
    defineDescriptor(type, { ...base, ...more });
  const one = define("histogram");
  assertEquals(descriptorDifference(one, define("histogram")), undefined);
  assertEquals(
    descriptorDifference(one, define("histogram", { maxSeries: 5 })),
    undefined,
    "each worker may have its own",
  );
  assertEquals(descriptorDifference(one, define("gauge")), 'type "histogram" against "gauge"');
  assertEquals(descriptorDifference(one, define("histogram", { help: "B." })), 'help "A." against "B."');
  assertEquals(
    descriptorDifference(one, define("histogram", { labelNames: ["y"] })),
    'labelNames ["x"] against ["y"]',
  );
  assertEquals(
    descriptorDifference(one, define("histogram", { buckets: [1, 3] })),
    "buckets [1,2] against [1,3]",
  );
  assertEquals(
    descriptorDifference(define("gauge", { mode: "sum" }), define("gauge", { mode: "max" })),
    'mode "sum" against "max"',
  );
});

Deno.test("takenNames() adds what OpenMetrics calls the family", () => {
  assertEquals(takenNames({ name: "a_total", type: "counter" }), ["a_total", "a_created", "a"]);
  assertEquals(takenNames({ name: "a_info", type: "info" }), ["a_info", "a_info_info", "a"]);
  assertEquals(takenNames({ name: "a", type: "gauge" }), ["a"]);
});

Deno.test("case 45: sampleNames() lists what a family writes", () => {
  assertEquals(sampleNames({ name: "a_total", type: "counter" }), ["a_total", "a_created"]);
  assertEquals(sampleNames({ name: "a", type: "histogram" }), [
    "a",
    "a_bucket",
    "a_sum",
    "a_count",
    "a_created",
  ]);
  assertEquals(sampleNames({ name: "a", type: "gaugehistogram" }), ["a", "a_bucket", "a_gsum", "a_gcount"]);
  assertEquals(sampleNames({ name: "a", type: "summary" }), ["a", "a_sum", "a_count", "a_created"]);
  assertEquals(sampleNames({ name: "a", type: "info" }), ["a", "a_info"]);
  assertEquals(sampleNames({ name: "a", type: "gauge" }), ["a"]);
});
