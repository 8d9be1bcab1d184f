import { assertEquals } from "@std/assert";
import { type LineStyle, sampleLines } from "../../../src/exposition/sample_lines.ts";
import type { Descriptor } from "../../../src/model/descriptor.ts";
import { strideOf } from "../../../src/model/samples.ts";
import { descriptorOf } from "../../_support/sample_blocks.ts";

const STYLE: LineStyle = {
  name: "n",
  stateLabel: "n",
  escaping: "underscores",
  float: () => "float",
  total: () => "total",
  count: () => "count",
  bucket: () => "bucket",
  formatBound: (bound) => `<${bound}>`,
  sumAndCount: ["_sum", "_count"],
};
const WRITERS = new Map([
  [STYLE.float, "float"],
  [STYLE.total, "total"],
  [STYLE.count, "count"],
  [STYLE.bucket, "bucket"],
]);

/** The lines of a family: name, label, column and how its value is written. */
function linesOf(
  parts: Partial<Descriptor> & Pick<Descriptor, "type">,
  style: Partial<LineStyle> = {},
): string[] {
  const descriptor = descriptorOf({ name: "n", ...parts });
  const lines = sampleLines(descriptor, { ...STYLE, ...style });
  const columns = lines.map(({ column }) => column);
  assertEquals(new Set(columns).size, columns.length, "no value stands in two lines");
  assertEquals(columns.every((column) => column >= 0 && column < strideOf(descriptor)), true);
  return lines.map(({ name, label, column, write }) =>
    [name, ...(label === undefined ? [] : [label.join("=")]), column, WRITERS.get(write)].join(" ")
  );
}

Deno.test("sampleLines() gives single values one line", () => {
  assertEquals(linesOf({ type: "counter" }), ["n 0 total"]);
  for (const type of ["gauge", "unknown", "info"] as const) assertEquals(linesOf({ type }), ["n 0 float"]);
});

Deno.test("sampleLines() puts a histogram's buckets before its sum and count, which is the bucket +Inf", () => {
  const descriptor = { type: "histogram", buckets: [1, 2.5] } as const;
  const buckets = [
    "n_bucket le=<1> 0 bucket",
    "n_bucket le=<2.5> 1 bucket",
    "n_bucket le=<Infinity> 2 bucket",
  ];
  assertEquals(linesOf(descriptor, { sumAndCount: undefined }), buckets);
  const lines = sampleLines(descriptorOf({ name: "n", ...descriptor }), STYLE);
  assertEquals(lines.slice(3).map(({ name, column, write }) => [name, column, WRITERS.get(write)]), [
    ["n_sum", 3, "float"],
    ["n_count", 2, "count"],
  ]);
});

Deno.test("sampleLines() names sum and count as the style does", () => {
  const descriptor = descriptorOf({ name: "n", type: "gaugehistogram" });
  const lines = sampleLines(descriptor, { ...STYLE, sumAndCount: ["_gsum", "_gcount"] });
  assertEquals(lines.map(({ name, column }) => [name, column]), [["n_bucket", 0], ["n_gsum", 1], [
    "n_gcount",
    0,
  ]]);
});

Deno.test("sampleLines() puts a summary's quantiles before its sum and count", () => {
  assertEquals(linesOf({ type: "summary", quantiles: [0.5, 0.9] }), [
    "n quantile=<0.5> 0 float",
    "n quantile=<0.9> 1 float",
    "n_sum 2 float",
    "n_count 3 count",
  ]);
  assertEquals(linesOf({ type: "summary" }), ["n_sum 0 float", "n_count 1 count"]);
});

Deno.test("sampleLines() gives each state a line with the family's own label, escaped", () => {
  assertEquals(linesOf({ type: "stateset", states: ["on", "off"] }, { stateLabel: "my.state" }), [
    "n my_state=on 0 count",
    "n my_state=off 1 count",
  ]);
});
