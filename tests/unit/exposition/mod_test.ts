import { assertEquals } from "@std/assert";
import * as exposition from "promslab/exposition";

Deno.test("promslab/exposition offers exactly this", () => {
  assertEquals(Object.keys(exposition).sort(), [
    "ESCAPING_SCHEMES",
    "FINDING_CODES",
    "FORMAT_NAMES",
    "FamilyCensus",
    "FormatSet",
    "LINT_CODES",
    "checkExposition",
    "createFormat",
    "createOpenMetrics2Format",
    "createOpenMetricsFormat",
    "createProtobufFormat",
    "createTextFormat",
    "lintFamilies",
    "negotiate",
    "negotiateEncoding",
    "parseExposition",
    "parseProtobuf",
  ]);
});
