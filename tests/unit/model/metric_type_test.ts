import { assertArrayIncludes, assertEquals } from "@std/assert";
import { MERGE_MODES, METRIC_TYPES, reservedLabelName } from "../../../src/model/metric_type.ts";

Deno.test("MERGE_MODES has client_python's words", () => {
  const words = ["all", "sum", "min", "max", "mostrecent"].flatMap((mode) => [mode, `live${mode}`]);
  for (const word of words) assertArrayIncludes(MERGE_MODES, [word]);
  assertArrayIncludes(MERGE_MODES, ["latest"]);
});

Deno.test("reservedLabelName() names the label that a type's samples carry", () => {
  const reserved = METRIC_TYPES.map((type) => [type, reservedLabelName(type)]).filter(([, name]) =>
    name !== undefined
  );
  assertEquals(reserved, [["histogram", "le"], ["summary", "quantile"], ["gaugehistogram", "le"]]);
});
