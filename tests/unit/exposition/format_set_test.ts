import { assertEquals, assertNotStrictEquals, assertStrictEquals } from "@std/assert";
import { FormatSet } from "../../../src/exposition/format_set.ts";
import { TestFamily, textOf } from "../../_support/sample_blocks.ts";

const OPENMETRICS = "application/openmetrics-text;version=1.0.0";

Deno.test("FormatSet gives all who ask for the same the same format", () => {
  const formats = new FormatSet();
  assertStrictEquals(formats.get(null), formats.get("text/plain"));
  assertStrictEquals(formats.get(OPENMETRICS), formats.get(`${OPENMETRICS};q=0.5,*/*;q=0.1`));
  assertNotStrictEquals(formats.get(null), formats.get(OPENMETRICS));
  assertNotStrictEquals(formats.get(OPENMETRICS), formats.get(`${OPENMETRICS};escaping=dots`));
});

Deno.test("FormatSet forgets the format that was not used for the longest time", () => {
  const formats = new FormatSet({ formatsMax: 2 });
  const text = formats.get(null);
  const openMetrics = formats.get(OPENMETRICS);
  assertStrictEquals(formats.get(null), text);
  formats.get("application/openmetrics-text;version=2.0.0");
  assertStrictEquals(formats.get(null), text);
  assertNotStrictEquals(formats.get(OPENMETRICS), openMetrics);
});

Deno.test("FormatSet hands its options to the formats", () => {
  const format = new FormatSet({ created: true }).get(OPENMETRICS);
  const samples = new TestFamily({ name: "a_total", type: "counter" }).samples([1], {
    created: Float64Array.of(5),
  });
  assertEquals(textOf(format, [samples]), "# TYPE a counter\na_total 1.0\na_created 5.0\n# EOF\n");
});
