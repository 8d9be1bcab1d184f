import { assertEquals } from "@std/assert";
import {
  escapeLabelName,
  escapeMetricName,
  type EscapingScheme,
} from "../../../src/exposition/escape_name.ts";

/** What client_golang makes of these metric names. */
const METRIC_NAMES: [name: string, underscores: string, dots: string, values: string][] = [
  ["", "", "", ""],
  ["no:escaping_required", "no:escaping_required", "no:escaping_required", "no:escaping_required"],
  ["a.b_c/ü", "a_b_c__", "a_dot_b__c____", "U__a_2e_b__c_2f__fc_"],
  ["1st", "_st", "__st", "U___31_st"],
  ["a1", "a1", "a1", "a1"],
  ["with space", "with_space", "with__space", "U__with_20_space"],
  ["🦕", "_", "__", "U___1f995_"],
  ["\ud800", "_", "__", "U___FFFD_"],
];

Deno.test("escapeMetricName() follows each scheme", () => {
  for (const [name, underscores, dots, values] of METRIC_NAMES) {
    const wanted: Record<EscapingScheme, string> = { "allow-utf-8": name, underscores, dots, values };
    for (const [scheme, text] of Object.entries(wanted)) {
      assertEquals(escapeMetricName(name, scheme as EscapingScheme), text, `${name} by ${scheme}`);
    }
  }
});

Deno.test("escapeLabelName() takes a colon for invalid", () => {
  assertEquals(escapeLabelName("a:b", "underscores"), "a_b");
  assertEquals(escapeLabelName("a:b", "dots"), "a__b");
  assertEquals(escapeLabelName("a:b", "values"), "U__a_3a_b");
  assertEquals(escapeLabelName("a:b", "allow-utf-8"), "a:b");
  assertEquals(escapeLabelName("a_b", "values"), "a_b");
});
