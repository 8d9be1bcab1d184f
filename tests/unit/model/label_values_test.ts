import { assertEquals, assertThrows } from "@std/assert";
import {
  canonicalLabelValue,
  decodeLabelValues,
  encodeLabelValues,
  wellFormed,
} from "../../../src/model/label_values.ts";

Deno.test("canonicalLabelValue() writes numbers and booleans as String() does", () => {
  for (const value of [0, -0, 1.5, 1e21, NaN, Infinity, true, false]) {
    assertEquals(canonicalLabelValue(value, "l"), String(value));
  }
});

Deno.test("canonicalLabelValue() names the label whose value it refuses", () => {
  assertThrows(
    () => canonicalLabelValue(null, "route"),
    TypeError,
    'Cannot use label "route": wanted a string, number or boolean, given null',
  );
});

Deno.test("wellFormed() replaces each half of a pair by U+FFFD", () => {
  assertEquals(wellFormed("a\uD83Db\uDE42"), "a\uFFFDb\uFFFD");
  assertEquals(wellFormed("\uFEFFa🙂"), "\uFEFFa🙂");
});

Deno.test("case 47: decodeLabelValues() reads long and mixed values whole", () => {
  for (
    const values of [[], [""], ["a", "", "b"], ["x".repeat(70_000), "é".repeat(5000)], ["🙂", "\uFEFF", "\0"]]
  ) {
    assertEquals(decodeLabelValues(encodeLabelValues(values), values.length), values);
  }
});

Deno.test("decodeLabelValues() refuses bytes that do not hold exactly so many values", () => {
  const bytes = encodeLabelValues(["ab", "c"]);
  const refused: [Uint8Array, number][] = [
    [bytes, 1],
    [bytes, 3],
    [bytes.subarray(0, bytes.length - 1), 2],
    [new Uint8Array([...bytes, 0]), 2],
    [Uint8Array.of(255, 255, 255, 255, 0), 1],
    [Uint8Array.of(255, 255, 255, 127, 0), 1],
    [new Uint8Array(3), 1],
  ];
  for (const [damaged, count] of refused) {
    assertThrows(
      () => decodeLabelValues(damaged, count),
      RangeError,
      `wanted ${count} in ${damaged.length} bytes`,
    );
  }
});
